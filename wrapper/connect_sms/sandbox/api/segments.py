"""Counts the parts of a text as the service does, written from the documentation.

The client has its own counter. This one shares no code with it, so that a test with the sandbox finds
mistakes in either.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

MAX_PARTS: Final = 10
"""The service cuts a longer text without an error and sends the rest."""

_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED: Final = "\f^{}\\[~]|€"
_GSM7: Final = _BASIC | frozenset(_EXTENDED)
_LAST_BMP_CODE_POINT: Final = 0xFFFF


class Segments(NamedTuple):
    """Size of a text.

    Attributes:
        encoding: ``GSM7`` or ``UCS2``.
        parts: 1 to 10.
        cut: How many leading characters are sent, or None when all are.
    """

    encoding: str
    parts: int
    cut: int | None


@lru_cache(maxsize=2048)
def count_segments(text: str, encoding: str = "AUTO") -> Segments:
    """Encoding and number of parts of ``text``, and where it is cut.

    ``AUTO`` picks UCS-2 as soon as one character is outside GSM-7. How the live service treats such a
    character with forced ``GSM7`` is not documented: here it counts as one unit (sent as ``?``).
    """
    gsm7 = encoding == "GSM7" or (encoding == "AUTO" and _GSM7.issuperset(text))
    name, alone, joined = ("GSM7", 160, 153) if gsm7 else ("UCS2", 70, 67)
    doubles = (
        sum(map(text.count, _EXTENDED))
        if gsm7
        else 0
        if text.isascii()
        else sum(ord(c) > _LAST_BMP_CODE_POINT for c in text)
    )
    units = len(text) + doubles
    if units <= alone:
        return Segments(name, 1, None)
    if not doubles:
        parts = -(-units // joined)
        return (
            Segments(name, parts, None)
            if parts <= MAX_PARTS
            else Segments(name, MAX_PARTS, MAX_PARTS * joined)
        )
    return _count_by_part(text, name, joined)


def _count_by_part(text: str, name: str, room: int) -> Segments:
    """Count part by part: an escape pair or a surrogate pair never straddles two parts."""
    gsm7 = name == "GSM7"
    parts, left = 1, room
    for position, character in enumerate(text):
        cost = 2 if (character in _EXTENDED if gsm7 else ord(character) > _LAST_BMP_CODE_POINT) else 1
        if cost > left:
            if parts == MAX_PARTS:
                return Segments(name, MAX_PARTS, position)
            parts, left = parts + 1, room
        left -= cost
    return Segments(name, parts, None)
