"""The GSM-7 alphabet, and where a text may be cut into parts.

The two tables are those of 3GPP TS 23.038, clauses 6.2.1 (default alphabet) and 6.2.1.1 (extension table).
A character of the default alphabet takes one septet; one of the extension table takes two, an escape and
itself. Part sizes follow from the 140 octets of a short message (3GPP TS 23.040), of which a concatenation
header takes 6.

Texts are processed as byte strings of one byte a character, for speed: the loops then run in C.
"""

from __future__ import annotations

import re
from codecs import charmap_build, charmap_encode
from itertools import count
from typing import Final, Literal

# Position 0x1B is the escape itself, which stands for no character: U+001B is outside GSM-7.
BASIC: Final = (
    "@\u00a3$\u00a5\u00e8\u00e9\u00f9\u00ec\u00f2\u00c7\n\u00d8\u00f8\r\u00c5\u00e5"
    "\u0394_\u03a6\u0393\u039b\u03a9\u03a0\u03a8\u03a3\u0398\u039e\u00c6\u00e6\u00df\u00c9"
    " !\"#\u00a4%&'()*+,-./0123456789:;<=>?"
    "\u00a1ABCDEFGHIJKLMNOPQRSTUVWXYZ\u00c4\u00d6\u00d1\u00dc\u00a7"
    "\u00bfabcdefghijklmnopqrstuvwxyz\u00e4\u00f6\u00f1\u00fc\u00e0"
)
"""The 127 characters that take one septet."""

EXTENSION: Final = "\f^{}\\[~]|\u20ac"
"""The 10 characters that take two septets."""

ONE_PART: Final = {"GSM7": 160, "UCS2": 70}
"""Units in a text that fits one part: septets, or 16-bit units."""

PER_PART: Final = {"GSM7": 153, "UCS2": 67}
"""Units in each part of a text that takes several."""

ABOVE_LETTERS: Final = "\u03aa"
"""From this code point on GSM-7 has only the euro sign."""

_LEADS: Final = frozenset(range(0xD8, 0xDC))
"""In a unit map: the first unit of a pair, marked by the upper bytes of U+D800 to U+DBFF."""


def _byte_table() -> str:
    # ASCII stays where it is, so that an ASCII text needs no table; the others go to the free upper half.
    # Zero maps to zero, or CPython falls back from its compiled map to a slow dict. U+FFFE means undefined.
    table = ["\0"] + ["\ufffe"] * 255
    free = count(0x80)
    for char in BASIC + EXTENSION:
        table[ord(char) if char.isascii() else next(free)] = char
    return "".join(table)


_TABLE: Final = _byte_table()
_MAP: Final = charmap_build(_TABLE)
BASIC_BYTES: Final = bytes(_TABLE.index(char) for char in BASIC)
EXTENSION_BYTES: Final = bytes(_TABLE.index(char) for char in EXTENSION)

_IS_WIDE: Final = bytes(byte in EXTENSION_BYTES for byte in range(256))
_ESCAPED: Final = bytes([min(_LEADS), 1])

offending: Final = re.compile(f"[^{re.escape(BASIC + EXTENSION)}]")
"""Finds the characters outside GSM-7."""


def coded(text: str, errors: str = "ignore") -> bytes:
    """One byte for each character of a text, so that `BASIC_BYTES` and `EXTENSION_BYTES` are distinguishable.

    Args:
        text: Any text.
        errors: What to do with a character outside GSM-7. ``ignore`` omits it from a non-ASCII text, and
            keeps it in an ASCII text as a byte of neither set; ``replace`` makes it a question mark.
    """
    if errors == "ignore" and text.isascii():
        return text.encode()
    return charmap_encode(text, errors, _MAP)[0]


def unit_map(octets: bytes, encoding: Literal["GSM7", "UCS2"]) -> bytes:
    """One byte for each unit of a text, marking the first halves of pairs that must stay together.

    Pairs are an escape with its character, or two surrogates.

    Args:
        octets: The text as `coded`, or as UTF-16-LE.
        encoding: Which of the two it is.
    """
    if encoding == "UCS2":
        return octets[1::2]
    return octets.translate(_IS_WIDE).replace(b"\1", _ESCAPED)


def ends(units: bytes, per_part: int) -> list[int]:
    """Where each part of a text ends, in units: as full as possible, without splitting a pair."""
    found: list[int] = []
    end, total = per_part, len(units)
    while end < total:
        if units[end - 1] in _LEADS:
            end -= 1
        found.append(end)
        end += per_part
    found.append(total)
    return found


def characters(units: bytes, end: int) -> int:
    """The number of characters before a unit."""
    return end - sum(units.count(lead, 0, end) for lead in _LEADS)
