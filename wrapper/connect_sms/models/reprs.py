"""Reprs that show no phone number and no text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .redaction import mask

if TYPE_CHECKING:
    from collections.abc import Mapping, Sized


_NOTHING: Final[Mapping[str, Any]] = {}


def _masked(number: str | None) -> str:
    return "None" if number is None else mask(number)


def _count(rows: Sized) -> str:
    return str(len(rows))


def _word(said: str | None) -> str:
    # One of 8x8's words, or it may be anything.
    return repr(said) if _is_word(said) else _length(said)


def _is_word(said: str | None) -> bool:
    return said is None or said.replace("_", "").isalpha()


def _length(text: str | None) -> str:
    return "None" if text is None else f"<{len(text)} characters>"
