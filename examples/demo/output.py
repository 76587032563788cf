"""Where the demo writes."""

from __future__ import annotations

import os
import textwrap
from typing import Final, TextIO

_WIDTH: Final = 78
_BOLD, _FAINT, _RESET = "\x1b[1m", "\x1b[2m", "\x1b[0m"


class Output:
    """Writes chapters with code and rows; in colour only to a terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._in_colour = stream.isatty() and "NO_COLOR" not in os.environ
        self._chapters = 0

    def line(self, text: str = "") -> None:
        """Write a line."""
        self._stream.write(f"{text}\n")
        self._stream.flush()

    def chapter(self, title: str, code: str) -> None:
        """Write a heading, and the code of the chapter."""
        self._chapters += 1
        head = f"-- {self._chapters}  {title} "
        self.line("\n" + self._styled(_BOLD, head.ljust(_WIDTH, "-")))
        for line in code.splitlines():
            self.line(self._styled(_FAINT, f"    {line}"))
        self.line()

    def row(self, name: str, *values: object) -> None:
        """Write a name, and values of which each begins a line."""
        wrapped = (textwrap.wrap(str(value), _WIDTH - 15) or [""] for value in values)
        for number, line in enumerate(line for lines in wrapped for line in lines):
            self.line(f"  {'' if number else name:<13}{line}")

    def _styled(self, style: str, text: str) -> str:
        return f"{style}{text}{_RESET}" if self._in_colour else text
