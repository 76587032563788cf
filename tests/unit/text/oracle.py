"""How a text is cut into parts, told one character at a time, to check the fast way against.

The alphabet is written out here a second time, column by column as the tables of 3GPP TS 23.038 print it.
"""

from __future__ import annotations

from dataclasses import dataclass

_COLUMNS = (
    "@ £ $ ¥ è é ù ì ò Ç LF Ø ø CR Å å",
    "Δ _ Φ Γ Λ Ω Π Ψ Σ Θ Ξ ESC Æ æ ß É",
    "SP ! \" # ¤ % & ' ( ) * + , - . /",
    "0 1 2 3 4 5 6 7 8 9 : ; < = > ?",
    "¡ A B C D E F G H I J K L M N O",
    "P Q R S T U V W X Y Z Ä Ö Ñ Ü §",
    "¿ a b c d e f g h i j k l m n o",
    "p q r s t u v w x y z ä ö ñ ü à",
)
_SPELT = {"LF": "\n", "CR": "\r", "SP": " "}

ONE_SEPTET = frozenset(
    _SPELT.get(cell, cell) for column in _COLUMNS for cell in column.split() if cell != "ESC"
)
TWO_SEPTETS = frozenset("\f^{}\\[~]|€")


@dataclass
class Counted:
    encoding: str
    units: int
    parts: list[str]
    units_left: int


def is_gsm(char: str) -> bool:
    return char in ONE_SEPTET or char in TWO_SEPTETS


def width(char: str, encoding: str) -> int:
    if encoding == "GSM7":
        return 2 if char in TWO_SEPTETS else 1
    return 2 if ord(char) > 0xFFFF else 1


def count(text: str, encoding: str = "AUTO") -> Counted:
    if encoding == "AUTO":
        encoding = "GSM7" if all(is_gsm(char) for char in text) else "UCS2"
    alone, each = (160, 153) if encoding == "GSM7" else (70, 67)
    units = sum(width(char, encoding) for char in text)
    if units <= alone:
        return Counted(encoding, units, [text], alone - units)
    parts, room = [""], each
    for char in text:
        if width(char, encoding) > room:
            parts.append("")
            room = each
        parts[-1] += char
        room -= width(char, encoding)
    return Counted(encoding, units, parts, room)
