"""How error messages describe a wrong value without showing it."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Final

from connect_sms.models.private import type_name
from connect_sms.models.redaction import shown_value

_COMMON_SIGNS: Final = {
    " ": "a space", "-": "a dash", "(": "a bracket", ")": "a bracket", ".": "a full stop", "/": "a slash",
    "+": "a +", "\n": "a line break", "\r": "a line break", "\t": "a tab",
}  # fmt: skip
_KINDS: Final = {
    "Nd": "a digit of another script,",
    "L": "a letter outside ASCII,",
    "C": "the invisible character",
    "Z": "the invisible character",
}


def plural(number: int, noun: str) -> str:
    """A count with its noun: ``1 part``, ``1,000 parts``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def character_at(text: str, position: int) -> str:
    character = text[position]
    if character in _COMMON_SIGNS:
        what = _COMMON_SIGNS[character]
    elif character.isascii() and character.isprintable():
        what = "a letter" if character.isalpha() else f"the sign {character}"
    else:
        kind = unicodedata.category(character)
        what = _KINDS.get(kind) or _KINDS.get(kind[0], "the character")
        what = f"{what} U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()
    return f"{what} at position {position} (counted from 0)"


def shown_path(path: str) -> str:
    """The path of a missing or unusable file, unless it may be a key that was given in its place."""
    try:
        is_path = len(Path(path).parts) > 1 and Path(path).expanduser().parent.is_dir()
    except (OSError, RuntimeError, ValueError):
        is_path = False
    return path if is_path else shown_value(path)


def length_of(value: object) -> str:
    return f"a str of length {len(value)}" if isinstance(value, str) else type_of(value)


def type_of(value: object) -> str:
    return "None" if value is None else type_name(value)
