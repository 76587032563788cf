"""A failing pytest that prints every variable shows no key, number or text of our frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.canaries import leaks_in_report
from tests.support.paths import ROOT
from tests.support.processes import PLUGIN_ALONE, python

if TYPE_CHECKING:
    from pathlib import Path

#: Those of the scenarios that fail at different places, by the two clients in turn; tests/unit/test_frames.py
#: has all of them, and each by both.
_SCENARIOS = (
    *("a key with a space", "a proxy that is no URL", "a number with a space", "a text that is too long"),
    *("further fields that are no JSON", "a send that is refused", "a send without an answer"),
    *("a send that is stopped", "a wait that is too short", "a confirmation that fails"),
    *("a batch that is refused", "a batch that is stopped", "a batch whose mapping breaks"),
    *("a batch that is iterated and stopped", "a download that is refused", "a download that is stopped"),
)

_FAILING = f"""
import pytest
from tests.support import CALLERS, Caller, canaries
from tests.support.leak_scenarios import DOWNLOADS, SCENARIOS

@pytest.mark.parametrize(("place", "name"), enumerate({_SCENARIOS}))
def test_that_fails(place, name, tmp_path):
    colour = CALLERS[place % 2]
    try:
        if name in SCENARIOS:
            SCENARIOS[name](Caller(colour))
        else:
            DOWNLOADS[name](Caller(colour), tmp_path)
    except BaseException as problem:  # pytest ends at Ctrl-C
        raise AssertionError("it failed") from problem

def test_with_a_leak():
    ours = {{}}
    source = "def fail(number):\\n    raise KeyError"
    exec(compile(source, canaries.OURS[0] + "made_up.py", "exec"), ours)
    ours["fail"](canaries.NUMBER)
"""


def test_nothing_shows_of_calls_that_fail(tmp_path: Path) -> None:
    """But for the control, a leak in a frame that is made to look like one of ours."""
    (tmp_path / "test_failing.py").write_text(_FAILING, encoding="utf-8")
    shown = ("-vv", "--showlocals", "--tb=long", "--show-capture=no", "--color=no")
    place = ("-p", "no:cacheprovider", "-c", "/dev/null", "--rootdir", str(ROOT), str(tmp_path))
    done = python("-m", "pytest", *shown, *place, **PLUGIN_ALONE)
    report = done.stdout + done.stderr
    assert f"{len(_SCENARIOS) + 1} failed" in report
    for file in ("client.py", "async_client.py", "_transport/runners.py", "_api/request.py"):
        assert f"wrapper/connect_sms/{file}:" in report
    found = leaks_in_report(report)
    assert found
    assert [leak for leak in found if "made_up.py" not in leak] == []
