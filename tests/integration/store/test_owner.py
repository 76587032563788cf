"""Who a process is, and whether it is gone."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from connect_sms.store import owner
from connect_sms.store.owner import is_gone, this_process

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="only /proc tells that a process is gone")


def another(change: Callable[[dict[str, str]], dict[str, str]]) -> str:
    """The owner text of this process, changed."""
    names = ("host", "boot", "namespace", "pid", "start")
    parts: dict[str, str] = dict(zip(names, this_process().split(" "), strict=True))
    return " ".join((parts | change(parts)).values())


def ended_process() -> int:
    """The id of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-S", "-c", ""])
    process.wait()
    return process.pid


def test_a_process_is_not_gone_while_it_asks() -> None:
    assert not is_gone(this_process())


@on_linux
def test_a_process_that_ended_is_gone_and_so_is_one_whose_id_was_used_again() -> None:
    gone = str(ended_process())
    assert is_gone(another(lambda _: {"pid": gone}))
    assert is_gone(another(lambda mine: {"start": str(int(mine["start"]) - 1)}))


@on_linux
def test_a_process_that_nobody_has_waited_for_is_gone() -> None:
    process = subprocess.Popen([sys.executable, "-S", "-c", "input()"], stdin=subprocess.PIPE)
    seen = owner._state_and_start(str(process.pid))
    assert seen is not None
    known = another(lambda _: {"pid": str(process.pid), "start": seen[1]})
    assert not is_gone(known)
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert is_gone(known)
    process.communicate()


@on_linux
@pytest.mark.parametrize("part", ["host", "boot", "namespace"])
def test_a_process_of_another_machine_or_container_is_never_called_gone(part: str) -> None:
    gone = str(ended_process())
    assert not is_gone(another(lambda _: {"pid": gone, part: "another"}))


@on_linux
@pytest.mark.parametrize(
    "damaged",
    [
        "", " ", "x", "1 2", f"{this_process()} 1", this_process().rpartition(" ")[0],
        *(
            another(change)
            for change in (
                lambda _: {"pid": "x"},
                lambda _: {"pid": "-1"},
                lambda _: {"pid": "9" * 30},
                lambda _: {"pid": "../1"},
                lambda _: {"start": "x"},
                lambda _: {"start": ""},
            )
        ),
    ],
    ids=range(12),
)  # fmt: skip
def test_who_cannot_be_read_is_not_called_gone(damaged: str) -> None:
    assert not is_gone(damaged)


def test_a_process_that_proc_hides_is_not_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = another(lambda _: {"pid": "1", "start": "1"})
    monkeypatch.setattr(owner, "_PROC", tmp_path)
    assert not is_gone(hidden)


def test_without_proc_nobody_is_called_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owner, "_PROC", tmp_path)
    owner._owner.cache_clear()
    try:
        mine = this_process()
        assert mine == this_process()
        assert not is_gone(mine)
        assert not is_gone(another(lambda _: {"pid": str(ended_process())}))
    finally:
        owner._owner.cache_clear()
