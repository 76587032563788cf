"""Counting a text the way the service does, written from the documentation.

The client has a counter of its own. This one shares no line with it on purpose: the sandbox is a witness.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

__all__ = ["MAX_PARTS", "Content", "measure"]

MAX_PARTS: Final = 10
"""Longer text is silently cut and sent."""

_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWO_UNITS: Final = "\f^{}\\[~]|€"
_GSM7: Final = _BASIC | frozenset(_TWO_UNITS)
_LAST_OF_ONE_UNIT: Final = 0xFFFF


class Content(NamedTuple):
    """What a text costs.

    Attributes:
        encoding: ``GSM7`` or ``UCS2``.
        parts: 1 to 10.
        cut: how many leading characters are sent, or None when all are.
    """

    encoding: str
    parts: int
    cut: int | None


@lru_cache(maxsize=2048)
def measure(text: str, encoding: str = "AUTO") -> Content:
    """Encoding, parts and cut of ``text``.

    ``AUTO`` picks UCS-2 as soon as one character is outside GSM-7. What the live service does with such a
    character under a forced ``GSM7`` is not documented: here it counts as one unit (a ``?`` goes out).
    """
    gsm7 = encoding == "GSM7" or (encoding == "AUTO" and _GSM7.issuperset(text))
    name, alone, joined = ("GSM7", 160, 153) if gsm7 else ("UCS2", 70, 67)
    doubles = (
        sum(map(text.count, _TWO_UNITS))
        if gsm7
        else 0
        if text.isascii()
        else sum(ord(c) > _LAST_OF_ONE_UNIT for c in text)
    )
    units = len(text) + doubles
    if units <= alone:
        return Content(name, 1, None)
    if not doubles:
        parts = -(-units // joined)
        return (
            Content(name, parts, None) if parts <= MAX_PARTS else Content(name, MAX_PARTS, MAX_PARTS * joined)
        )
    return _walk(text, name, joined)


def _walk(text: str, name: str, room: int) -> Content:
    """Count part by part: an escape pair or a surrogate pair never straddles two parts."""
    gsm7 = name == "GSM7"
    parts, left = 1, room
    for position, character in enumerate(text):
        cost = 2 if (character in _TWO_UNITS if gsm7 else ord(character) > _LAST_OF_ONE_UNIT) else 1
        if cost > left:
            if parts == MAX_PARTS:
                return Content(name, MAX_PARTS, position)
            parts, left = parts + 1, room
        left -= cost
    return Content(name, parts, None)
