"""A file that appears under its name whole or not at all. All of it blocks."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO


class PartFile:
    """A file that is written beside its target and moved there when it is complete.

    For its owner alone to read, since a log names people where the account is cleared for that.

    Attributes:
        path: The target.
        size: Bytes written so far.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.size = 0
        self._part = self.path.with_name(self.path.name + ".part")
        self._file: BinaryIO | None = None

    def open(self) -> None:
        """Make the file.

        Raises:
            OSError: It cannot be made there.
        """
        self._file = open(self._part, "w+b", opener=_private)  # noqa: SIM115  closed by finish or discard

    def write(self, data: bytes) -> None:
        """Append bytes.

        Raises:
            OSError: They cannot be written.
        """
        self._opened.write(data)
        self.size += len(data)

    def cut(self, size: int) -> None:
        """Take back what was written beyond a size.

        Raises:
            OSError: The file cannot be cut.
        """
        self._opened.seek(size)
        self._opened.truncate()
        self.size = size

    def end_line(self) -> None:
        """Let what is written next begin on a line of its own.

        Raises:
            OSError: The file cannot be read or written.
        """
        self._opened.seek(self.size - 1)
        if self._opened.read(1) != b"\n":
            self.write(b"\n")

    def finish(self) -> None:
        """Put the file in its place.

        Raises:
            OSError: It cannot be put there.
        """
        self._opened.close()
        self._part.replace(self.path)

    def discard(self) -> None:
        """Leave nothing behind."""
        with suppress(OSError):
            if self._file is not None:
                self._file.close()
        with suppress(OSError):
            self._part.unlink(missing_ok=True)

    @property
    def _opened(self) -> BinaryIO:
        if self._file is None:
            raise ValueError("the file is not open")
        return self._file


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)
