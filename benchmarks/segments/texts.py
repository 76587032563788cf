"""Seeded texts to count: many of them within a few units of where another part begins."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Final

from connect_sms.text.gsm7 import BASIC, EXTENSION

if TYPE_CHECKING:
    from collections.abc import Iterator

_ASCII: Final = "".join(char for char in BASIC if char.isascii() and char.isprintable())
_SIGNS: Final = "\u2018\u2019\u201c\u201d\u2013\u2014\u2026\u00a0\u2022`\t\u00ea\u00e7\u0151\u200b"
_SCRIPTS: Final = (
    "".join(map(chr, range(0x0430, 0x0450))),  # Cyrillic
    "".join(map(chr, range(0x05D0, 0x05EB))),  # Hebrew
    "".join(map(chr, range(0x4E00, 0x4E80))),  # Chinese
    "".join(map(chr, range(0x3041, 0x3091))),  # Hiragana
)
_EMOJI: Final = "".join(map(chr, [*range(0x1F600, 0x1F640), *range(0x1F680, 0x1F6A0)]))
_JOINED: Final = (
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",  # a family
    "\U0001f44d\U0001f3fd",  # a thumb with a skin tone
    "\U0001f1f8\U0001f1ec",  # a flag
    "\u2764\ufe0f",  # a heart in colour
    "1\ufe0f\u20e3",  # a keycap
    "e\u0301",  # a letter and its accent apart
    "\u0e17\u0e35\u0e48",  # a Thai consonant with vowel and tone
    "\u0928\u093f",  # a Devanagari consonant with its vowel
)
# Few parts far more often than many: Twilio's calculator takes time with the square of the length.
_PARTS: Final = (1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 4, 5, 10)
_SIZES: Final = {"GSM7": (160, 153), "UCS2": (70, 67)}


def _mixed(chance: random.Random, common: str, rare: tuple[str, ...], length: int) -> str:
    """About `length` units of common characters; one in ten is a rare one."""
    pieces: list[str] = []
    taken = 0
    while taken < length:
        piece = chance.choice(rare) if chance.random() < 0.1 else chance.choice(common)
        pieces.append(piece)
        taken += len(piece.encode("utf-16-le")) // 2 + (piece in EXTENSION)
    return "".join(pieces)


def generate(number: int, seed: int) -> Iterator[tuple[str, str]]:
    """Pairs of a kind and a text."""
    chance = random.Random(seed)
    kinds = {
        "ASCII": (_ASCII, tuple(_ASCII), "GSM7"),
        "GSM-7": (BASIC, tuple(BASIC), "GSM7"),
        "GSM-7 with extension": (BASIC, tuple(EXTENSION), "GSM7"),
        "extension only": (EXTENSION, tuple(EXTENSION), "GSM7"),
        "curly quotes and such": (_ASCII, tuple(_SIGNS), "UCS2"),
        "emoji": (_ASCII, tuple(_EMOJI), "UCS2"),
        "emoji only": (_EMOJI, tuple(_EMOJI), "UCS2"),
        "script": ("", (), "UCS2"),
        "joined characters": (_ASCII, _JOINED, "UCS2"),
    }
    for _ in range(number):
        kind = chance.choice(list(kinds))
        common, rare, encoding = kinds[kind]
        if kind == "script":
            common = chance.choice(_SCRIPTS)
            rare = tuple(_EMOJI) if chance.random() < 0.5 else tuple(common)
        draw = chance.random()
        if draw < 0.6:
            parts = chance.choice(_PARTS)
            alone, each = _SIZES[encoding]
            length = (alone if parts == 1 else each * parts) + chance.randint(-3, 3)
        elif draw < 0.98:
            length = chance.randint(0, 180)
        else:
            length = chance.randint(180, 1600)
        yield kind, _mixed(chance, common, rare, length)
