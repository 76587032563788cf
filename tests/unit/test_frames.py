"""The variables of our frames in a traceback show no key, number or text: a failing pytest prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from connect_sms.models.private import Private
from tests.support import canaries
from tests.support.canaries import leaks_in_frames
from tests.support.leak_scenarios import DOWNLOADS, SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support import Caller


@pytest.mark.parametrize("fail", SCENARIOS.values(), ids=SCENARIOS)
def test_of_a_call_that_fails(caller: Caller, fail: Callable[[Caller], object]) -> None:
    with pytest.raises(BaseException) as caught:  # noqa: PT011  also Ctrl-C and a cancellation
        fail(caller)
    assert leaks_in_frames(caught.value) == []


@pytest.mark.parametrize("fail", DOWNLOADS.values(), ids=DOWNLOADS)
def test_of_a_download_that_fails(
    caller: Caller, fail: Callable[[Caller, Path], object], tmp_path: Path
) -> None:
    with pytest.raises(BaseException) as caught:  # noqa: PT011  also Ctrl-C and a cancellation
        fail(caller, tmp_path)
    assert leaks_in_frames(caught.value) == []


def test_a_variable_that_shows_a_number_is_found() -> None:
    """The control of all these tests: a leak in a frame of ours, in the cause of an error."""
    source = """
def fail(number):
    try:
        1 / 0
    except ZeroDivisionError:
        raise KeyError
"""
    ours: dict[str, Any] = {"__name__": "connect_sms.made_up"}
    exec(compile(source, f"{canaries.OURS[0]}made_up.py", "exec"), ours)  # noqa: S102  a frame of ours
    with pytest.raises(KeyError) as caught:
        ours["fail"](canaries.NUMBER)
    assert canaries.NUMBER in str(leaks_in_frames(caught.value))
    with pytest.raises(KeyError) as caught:
        ours["fail"](Private(canaries.NUMBER))
    assert leaks_in_frames(caught.value) == []
