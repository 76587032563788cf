"""The text of an input: its encoding, by name or by its mark; what is no text is told by its first bytes."""

from __future__ import annotations

import codecs
import io
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from connect_sms.models.redaction import shown_value

from .csv_table import InputProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD: Final = 8
_BUFFER: Final = 65_536
_SUBSTITUTE: Final = "\x1a"
"""Ends a text file of DOS (Ctrl-Z)."""

_SHEET: Final = "Save the sheet with the recipients as CSV UTF-8, and give that file"
_UNPACK: Final = "Unpack it first: gunzip -c FILE | connect-sms batch -"

#: First bytes of what people take for CSV, what that is, and what to do.
_KINDS: Final = (
    (b"PK\x03\x04", "a spreadsheet (.xlsx, .ods, .numbers) or another zip archive", _SHEET),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a spreadsheet (.xls, or .xlsx with a password)", _SHEET),
    *((page, "HTML or XML, which some programs save as .xls", _SHEET)
      for page in (b"<?xml", b"<!doc", b"<html", b"<head", b"<meta", b"<table")),
    (b"%pdf-", "a PDF", _SHEET),
    (b"\x1f\x8b", "compressed", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "compressed", _UNPACK.replace("gunzip -c", "zstd -dc")),
    (b"\xfd7zxz", "compressed", _UNPACK.replace("gunzip", "xz -d")),
)  # fmt: skip

#: Byte order marks, how to read on, and the names that agree. UTF-32 first: its mark begins as UTF-16's.
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32", {"utf-32", "utf-32-le"}),
    (codecs.BOM_UTF32_BE, "utf-32", {"utf-32", "utf-32-be"}),
    (codecs.BOM_UTF16_LE, "utf-16", {"utf-16", "utf-16-le"}),
    (codecs.BOM_UTF16_BE, "utf-16", {"utf-16", "utf-16-be"}),
    (codecs.BOM_UTF8, "utf-8-sig", {"utf-8", "utf-8-sig"}),
)


def open_text(binary: BinaryIO, encoding: str | None, name: str) -> io.TextIOWrapper:
    """Decode an input.

    Args:
        binary: Its bytes.
        encoding: Its encoding; by its byte order mark, or UTF-8, when None.
        name: Its name in messages.

    Raises:
        InputProblem: It is no text, or not in that encoding.
    """
    head = binary.read(_HEAD)  # not peek(): a pipe may deliver a single byte
    for begins, kind, advice in _KINDS:
        if head.removeprefix(codecs.BOM_UTF8).lower().startswith(begins.lower()):
            raise InputProblem(f"{name} is {kind}, not CSV. {advice}")
    encoding = _encoding_of(head, encoding, name)
    joined = io.BufferedReader(cast("io.RawIOBase", _Joined(head, binary)), _BUFFER)
    return io.TextIOWrapper(joined, encoding=encoding, newline="")


def lines_of(text: io.TextIOWrapper) -> Iterator[str]:
    """The lines of a text, without marks at its beginning and its end."""
    yield text.readline().lstrip("\ufeff").removesuffix(_SUBSTITUTE)
    for line in text:
        yield line.removesuffix(_SUBSTITUTE)  # before a line's end it is not at the end of the text


def _encoding_of(head: bytes, named: str | None, name: str) -> str:
    codec = None
    if named is not None:
        try:
            codec = codecs.lookup(named).name
            "".encode(named)
        except LookupError:
            raise InputProblem(
                f"there is no encoding {shown_value(named)}; try utf-8, utf-16 or cp1252"
            ) from None
    found = [(reading, names) for mark, reading, names in _MARKS if head.startswith(mark)]
    for reading, names in found:
        if codec is None or codec in names:
            return reading
    if found:
        raise InputProblem(
            f"{name} begins with the byte order mark of {found[0][0].removesuffix('-sig')}, "
            f"so it is not {named}: leave out --input-encoding"
        )
    if b"\0" in head and not (codec or "").startswith(("utf-16", "utf-32")):
        raise InputProblem(
            f"{name} begins with zero bytes: it is no text, or UTF-16 without a byte order mark. {_SHEET} "
            "(or try --input-encoding utf-16-le)"
        )
    return named or "utf-8"


class _Joined(io.RawIOBase):
    """Bytes that were read, and the rest of what they were read from."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head, self._rest = head, rest

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]  # a buffer of any kind there
        """Read the next bytes, as many as there are without waiting for more."""
        found, self._head = self._head, b""
        if not found:
            found = cast("io.BufferedReader", self._rest).read1(len(buffer))
        buffer[: len(found)] = found
        return len(found)
