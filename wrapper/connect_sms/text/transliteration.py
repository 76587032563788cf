"""GSM-7 replacements for characters that force UCS-2.

Replacements never change the meaning of a text, whatever stands beside the character. So a superscript, a
fraction or a circled digit has none ("10\u00b2" is not "102", "2\u207f" is not "2n"), nor has a middle dot (a
decimal point, a product, or a part of a Catalan word), a hollow star ("\u2605\u2606" is not "**"), a sign of
negation, a stroke or a line through or over a letter or sign, an emoji, or another script.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

from .gsm7 import BASIC, EXTENSION

_INSTEAD: Final = {
    "'": (
        "`\u00b4\u02b9\u02bb\u02bc\u02bd\u02c8\u02ca\u02cb"
        "\u2018\u2019\u201a\u201b\u2032\u2035\u2039\u203a\u275b\u275c"
    ),
    '"': "\u00ab\u00bb\u02ba\u02ee\u201c\u201d\u201e\u201f\u2033\u2036\u275d\u275e\u301d\u301e\u301f",
    "-": "\u02d7\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2500\u2796\u30fc",
    "*": "\u2022\u2023\u2217\u25aa\u25cf\u2605\u2731",
    "/": "\u00f7\u2044\u2215\u29f8",
    "\\": "\u2216\u29f5\u29f9",
    "|": "\u00a6\u01c0\u2223\u2502",
    "~": "\u02dc\u223c\u301c",
    "^": "\u02c6\u2303",
    "_": "\u02cd\u2017",
    ",": "\u00b8\u060c\u3001",
    ".": "\u2024\u3002\u06d4",
    ":": "\u02d0\u2236\ua789",
    ";": "\u061b\u204f",
    "?": "\u061f\u2047\u2753",
    "!": "\u01c3\u2755\u2757",
    "<": "\u2329\u3008",
    ">": "\u232a\u3009",
    "[": "\u3010\u3014",
    "]": "\u3011\u3015",
    "(c)": "\u00a9",
    "(R)": "\u00ae",
    "<=": "\u2264",
    ">=": "\u2265",
    "!=": "\u2260",
    "+/-": "\u00b1",
    "->": "\u2192\u27a1\u279c\u2794",
    "<-": "\u2190",
    "=>": "\u21d2",
    "Rs": "\u20b9",
    # Spaces and line ends that have no compatibility form of their own
    " ": "\t\u1680\u180e",
    "\n": "\v\x1c\x1d\x1e\x85\u2028\u2029",
    # Invisible: joiners, direction marks, soft hyphens, variation selectors
    "": (
        "\u00ad\u034f\u061c\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
        "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff\ufe0e\ufe0f"
    ),
    # Latin letters without a decomposition
    "ae": "\u01e3\u01fd",
    "oe": "\u0153",
    "OE": "\u0152",
    "th": "\u00fe",
    "Th": "\u00de",
    "d": "\u00f0\u0111\u0501",
    "D": "\u00d0\u0110",
    "h": "\u0127\u04bb",
    "H": "\u0126\u0397\u041d",
    "i": "\u0131\u0456",
    "l": "\u0142\u04cf",
    "L": "\u0141",
    "'n": "\u0149",
    "n": "\u014b",
    "N": "\u014a\u039d",
    "t": "\u0167",
    "T": "\u0166\u03a4\u0422",
    "u": "\u00b5",
    "\u00df": "\u1e9e",
    # Greek and Cyrillic letters that look like Latin ones; the GSM alphabet itself counts on this for Greek
    "A": "\u0391\u0410",
    "B": "\u0392\u0412",
    "C": "\u0421",
    "E": "\u0395\u0415",
    "I": "\u0399\u0406\u04c0",
    "J": "\u0408",
    "K": "\u039a\u041a",
    "M": "\u039c\u041c",
    "O": "\u039f\u041e",
    "P": "\u03a1\u0420",
    "S": "\u0405",
    "X": "\u03a7\u0425",
    "Y": "\u03a5\u0423\u04ae",
    "Z": "\u0396",
    "a": "\u0430",
    "c": "\u0441",
    "e": "\u0435",
    "j": "\u0458",
    "o": "\u03bf\u043e",
    "p": "\u0440",
    "s": "\u0455",
    "x": "\u0445",
    "y": "\u0443",
}

_PIECES: Final = {char: char for char in BASIC + EXTENSION} | {
    char: plain for plain, chars in _INSTEAD.items() for char in chars
}

# Overlays (U+0334 to U+0338) are not accents: without them a struck-out word changes its meaning.
# Lines over a sign (U+0305, U+033F) mean a mean, a repeated digit or a thousandfold.
_NO_ACCENTS: Final = frozenset({0x0305, 0x033F, *range(0x0334, 0x0339)})
_ACCENTS: Final = frozenset(chr(code) for code in range(0x0300, 0x0370) if code not in _NO_ACCENTS)

#: How Unicode marks what stands raised or lowered.
_RAISED_OR_LOWERED: Final = ("<super>", "<sub>")


@lru_cache(maxsize=4096)
def replacement(char: str) -> str | None:
    """The replacement of a character that forces UCS-2.

    Returns:
        Characters of GSM-7, none for an invisible character, or None when nothing has the same meaning.
    """
    known = _PIECES.get(char)
    if known is not None:
        return known
    composed = unicodedata.normalize("NFC", char)
    if composed in _PIECES:
        return _PIECES[composed]
    category = unicodedata.category(char)
    if category == "Cc":
        return ""
    # Raised symbols are whole words, as in TM.
    if category == "No" or (
        category != "So" and unicodedata.decomposition(char).startswith(_RAISED_OR_LOWERED)
    ):
        return None
    found = [_piece(piece) for piece in unicodedata.normalize("NFKD", char)]
    plain = "".join(piece for piece in found if piece is not None)
    if None in found or (plain.isspace() and not char.isspace()):
        return None
    return plain


def _piece(char: str) -> str | None:
    return "" if char in _ACCENTS else _PIECES.get(char)
