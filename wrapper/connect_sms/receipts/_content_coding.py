"""Undoes the ``Content-Encoding`` of a body, within a limit: a few bytes can hold gigabytes."""

from __future__ import annotations

import zlib
from typing import Final

from connect_sms.models.private import PrivateBytes, clears_locals

ACCEPTED: Final = "gzip, deflate"

#: zlib's window bits for each form: with a header of gzip, with one of zlib, and without any, which RFC 9110
#: (8.4.1.2) does not allow and some senders write all the same.
_WINDOWS: Final = {"gzip": (31,), "x-gzip": (31,), "deflate": (15, -15), "identity": (), "": ()}


class TooLarge(ValueError):
    """More than the limit, decompressed."""


class Damaged(ValueError):
    """It cannot be decompressed to its end."""


def coding_of(header: str) -> str | None:
    """The one coding in a ``Content-Encoding`` header; None for others, and for several."""
    codings = [name for part in header.split(",") if (name := part.strip().lower()) not in {"", "identity"}]
    if not codings:
        return "identity"
    return codings[0] if len(codings) == 1 and codings[0] in _WINDOWS else None


@clears_locals
def decoded(body: bytes, coding: str, limit: int) -> bytes:
    """The body as it was before its coding.

    Args:
        body: The body as it came.
        coding: As `coding_of` gives it.
        limit: Maximum bytes of the result.

    Raises:
        TooLarge: It has more.
        Damaged: It is not of this coding, or ends early.
    """
    windows = _WINDOWS[coding]
    if not windows:
        return body
    for bits in windows:
        try:
            return PrivateBytes(_inflated(body, bits, limit))
        except zlib.error:
            continue
    raise Damaged(f"a damaged {coding} body")


def _inflated(body: bytes, bits: int, limit: int) -> bytes:
    pieces, left = b"", body
    while True:
        member = zlib.decompressobj(bits)
        pieces += member.decompress(left, limit + 1 - len(pieces))
        if len(pieces) > limit:
            raise TooLarge
        if not member.eof:
            raise zlib.error("it ends early")
        left = member.unused_data
        if not left.strip(b"\0"):  # gzip may be padded with zeros, and be several members in a row
            return pieces
