"""A file that is written atomically. All calls block."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO


class PartFile:
    """A file that is written beside its target and moved there when it is complete.

    Readable by its owner only, since a log may hold phone numbers.

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
        """Create the file.

        Raises:
            OSError: It cannot be created there.
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
        """Truncate the file to a size.

        Raises:
            OSError: The file cannot be truncated.
        """
        self._opened.seek(size)
        self._opened.truncate()
        self.size = size

    def end_line(self, mark: bytes = b"\n") -> None:
        """End the current line if it is not ended.

        Args:
            mark: What ends a line, in the encoding of the file.

        Raises:
            OSError: The file cannot be read or written.
        """
        self._opened.seek(self.size - len(mark))
        if self._opened.read(len(mark)) != mark:
            self.write(mark)

    def finish(self) -> None:
        """Move the file to its path.

        Raises:
            OSError: It cannot be moved there.
        """
        self._opened.close()
        self._part.replace(self.path)

    def discard(self) -> None:
        """Delete the temporary file."""
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
