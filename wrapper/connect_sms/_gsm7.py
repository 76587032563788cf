"""The alphabet of an SMS part, and where a text may be cut. Pure, and without an opinion.

The two tables are those of 3GPP TS 23.038, clauses 6.2.1 (default alphabet) and 6.2.1.1 (extension table).
A character of the default alphabet takes one septet; one of the extension table takes two, an escape and
itself. Part sizes follow from the 140 octets of a short message (3GPP TS 23.040), of which a concatenation
header takes 6.

Texts are looked at through byte strings of one byte a character: C code then does in nanoseconds what a
loop over characters does in microseconds.
"""

from __future__ import annotations

import re
from codecs import charmap_build, charmap_encode
from itertools import count
from typing import Final, Literal

__all__ = [
    "BASIC",
    "BASIC_BYTES",
    "EXTENSION",
    "EXTENSION_BYTES",
    "ONE_PART",
    "PER_PART",
    "characters",
    "coded",
    "cuts",
    "offending",
    "unit_map",
]

Cut = tuple[int, int]
"""One part as (first unit, unit after the last)."""

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

_LEAD: Final = 2
"""In a unit map: a unit that is nothing without the next one."""


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

_WIDE_GSM7: Final = bytes(byte in EXTENSION_BYTES for byte in range(256))
_HIGH_SURROGATES: Final = range(0xD8, 0xDC)  # as upper bytes: U+D800 to U+DBFF
_LEADS_UCS2: Final = bytes(_LEAD if byte in _HIGH_SURROGATES else 0 for byte in range(256))

offending: Final = re.compile(f"[^{re.escape(BASIC + EXTENSION)}]")
"""Finds the characters that GSM-7 cannot carry."""


def coded(text: str) -> bytes:
    """One byte for each character of a text, so that `BASIC_BYTES` and `EXTENSION_BYTES` can be told apart.

    A character outside GSM-7 is left out when the text is not ASCII, and is a byte of neither set when it is.
    """
    return text.encode() if text.isascii() else charmap_encode(text, "ignore", _MAP)[0]


def unit_map(text: str, encoding: Literal["GSM7", "UCS2"]) -> bytes:
    """One byte for each unit of a text: 2 for the first half of a pair that must stay together, else less.

    Pairs are an escape with its character, or two surrogates. As GSM-7, a character that cannot be carried
    counts as one unit.
    """
    if encoding == "UCS2":
        return text.encode("utf-16-le")[1::2].translate(_LEADS_UCS2)
    return charmap_encode(text, "replace", _MAP)[0].translate(_WIDE_GSM7).replace(b"\1", b"\2\1")


def cuts(units: bytes, per_part: int) -> list[Cut]:
    """Where a text of several parts is cut: each part as full as can be, without parting a pair."""
    found: list[Cut] = []
    start, total = 0, len(units)
    while total - start > per_part:
        end = start + per_part
        if units[end - 1] == _LEAD:
            end -= 1
        found.append((start, end))
        start = end
    return [*found, (start, total)]


def characters(units: bytes, cut: Cut) -> int:
    """How many characters stand in a part."""
    start, end = cut
    return end - start - units.count(_LEAD, start, end)
