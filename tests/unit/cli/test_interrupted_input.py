"""A signal that arrives while an input is read: every recipient in it is known all the same, once."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from connect_sms.cli.batch_input import InputLines, Source

if TYPE_CHECKING:
    from pathlib import Path
    from types import FrameType

CONTACTS = "destination,text\n+447700900101,one\n+447700900102,two\n+447700900103,\n+447700900104,four\n"
READING = ("batch_input.py", "csv_lines.py", "csv_table.py", "input_format.py", "input_text.py")


class InterruptAt:
    """Raises KeyboardInterrupt, once, at the so many-th line of the modules that read an input."""

    def __init__(self, number: int) -> None:
        self._left = number

    def trace(self, frame: FrameType, event: str, _: object) -> Any:
        if not frame.f_code.co_filename.endswith(READING):
            return None
        if event == "line":
            self._left -= 1
            if self._left == 0:
                raise KeyboardInterrupt
        return self.trace


def known_after(interrupt: InterruptAt, path: Path) -> tuple[list[int], bool]:
    """The numbers of the lines that are held or unread, and whether there was an interruption."""
    source, interrupted = Source(str(path)), False
    lines = InputLines(source.lines)
    before = sys.gettrace()
    sys.settrace(interrupt.trace)
    try:
        for _ in lines.messages():
            pass
    except KeyboardInterrupt:
        interrupted = True
    finally:
        sys.settrace(before)
    assert not lines.broken
    return sorted(line.number for line in [*lines.held(), *lines.unread()]), interrupted


# Between being opened and being used a file is closed by its last reference alone.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_at_any_line_nobody_is_lost_and_nobody_is_there_twice(tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    path.write_text(CONTACTS)
    moments, interrupted = 0, True
    while interrupted:
        moments += 1
        known, interrupted = known_after(InterruptAt(moments), path)
        assert known == [2, 3, 4, 5], moments
    assert moments > 100
