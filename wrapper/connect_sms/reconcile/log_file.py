"""Opens the file of a log export: in UTF-8 or UTF-16, as it is or in gzip."""

from __future__ import annotations

import gzip
import io
import os
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, cast

_GZIP: Final = b"\x1f\x8b"
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")


class Unreadable(Exception):
    """Why a log cannot be read, in words that hold nothing of it."""


@contextmanager
def open_log(path: str | os.PathLike[str]) -> Generator[io.TextIOBase]:
    """The text of a file, with its line ends as they are.

    Raises:
        Unreadable: A file in gzip ends early or is damaged; raised while it is read.
        OSError: It cannot be read.
    """
    with Path(path).open("rb") as file:
        packed = cast("BinaryIO", gzip.GzipFile(fileobj=file)) if file.peek(2).startswith(_GZIP) else file
        plain = io.BufferedReader(_Whole(packed))
        encoding = "utf-16" if plain.peek(2).startswith(_UTF_16) else "utf-8-sig"
        # Invalid bytes are in a text or a name, and must not lose the state of a message.
        yield io.TextIOWrapper(plain, encoding=encoding, errors="replace", newline="")


class _Whole(io.RawIOBase):
    """Reads a file, in gzip or not, to its very end."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # all that BufferedReader gives
        """Fill a buffer.

        Raises:
            Unreadable: The file ends early.
        """
        try:
            found = self._file.read(len(buffer))
        except (EOFError, gzip.BadGzipFile, zlib.error):
            found = None
        if found is None:
            raise Unreadable("is a gzip file that ends early or is damaged")
        buffer[: len(found)] = found
        return len(found)
