"""The guide has the sandbox's own tables, and its snippets run; so does the test in the README."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from connect_sms.sandbox import KINDS, SCENARIOS, Sandbox, serve
from connect_sms.sandbox.pytest_plugin import sms_sandbox
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from connect_sms import SmsClient
    from connect_sms.sandbox import SandboxServer

__all__ = ["sms_sandbox"]

GUIDE = (ROOT / "docs" / "sandbox.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def snippets(text: str, begin: str) -> list[str]:
    """The Python of a page that begins like this."""
    return re.findall(rf"```python\n({begin}.*?)```", text, re.DOTALL)


@pytest.mark.parametrize("ending", SCENARIOS)
def test_every_destination_of_the_table_is_in_the_guide(ending: str) -> None:
    assert f"| {ending} | {SCENARIOS[ending].title} |" in GUIDE


@pytest.mark.parametrize("kind", KINDS)
def test_every_fault_is_in_the_guide(kind: str) -> None:
    assert f"| `{kind}` | {KINDS[kind]} |" in GUIDE


def test_the_guide_has_no_row_too_many() -> None:
    rows = [line for line in GUIDE.splitlines() if line.startswith("| ")]
    named = {line.split("|")[1].strip().strip("`") for line in rows}
    assert {name for name in named if name.isdigit() or name in KINDS} == {*SCENARIOS, *KINDS}


def send_code(sms: SmsClient, to: str) -> None:
    """What the guide's example tests."""
    sms.send(to, "Your code is 482910")


@pytest.mark.parametrize("page", [README, GUIDE], ids=["readme", "guide"])
def test_the_first_test_of_a_page_passes(page: str, sms_sandbox: SandboxServer) -> None:
    names: dict[str, Any] = {"send_code": send_code}
    [shown] = snippets(page, "def test_")
    exec(shown, names)  # noqa: S102  what a reader is told to run
    names["test_a_code_is_sent"](sms_sandbox)


def test_the_other_snippets_of_the_guide_run() -> None:
    shown = snippets(GUIDE, "sandbox")
    assert len(shown) == 2
    with Sandbox() as sandbox:
        for snippet in shown:
            exec(snippet, {"sandbox": sandbox})  # noqa: S102  as above
        assert sandbox.clock.factor == 100
        assert len(sandbox.faults) == 3
    [alone] = snippets(GUIDE, "from connect_sms.sandbox import serve")
    assert alone.splitlines()[-1] == "serve(port=8288)"
    assert serve.__defaults__ == ("127.0.0.1", 8288)
