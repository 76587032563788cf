"""Masks phone numbers, strings that were sent, and values that were refused."""

from __future__ import annotations

import re
from typing import Final

from .private import type_name

_QUOTE: Final = 12
"""The length from which a shared run of characters is no coincidence."""
_SMALL: Final = 1_000_000
"""A number below this is neither a phone number nor a code that somebody was sent."""
_is_written_number = re.compile(r"\+?[0-9 ().\-/]+").fullmatch
_number_in_words = re.compile(r"\+?\(?\d(?:[\s().\-/+\u2010-\u2015]{0,3}\d){6,}")


def mask(number: str) -> str:
    """A phone number for a log line: ``+447700900123`` becomes ``+4477*****123``.

    Numbers of fewer than 11 digits would reveal too much, and anything else may be a text or a key:
    both become ``***``.
    """
    if _is_written_number(number):
        digits = re.sub(r"[^0-9]", "", number)
        if len(digits) >= 11:  # noqa: PLR2004  4 in front and 3 behind leave 4 to guess
            plus = "+" if number.startswith("+") else ""
            return f"{plus}{digits[:4]}{'*' * (len(digits) - 7)}{digits[-3:]}"
    return "***"


def shown_value(value: object) -> str:
    """A refused value as errors show it: whole, unless it could be a key, a phone number or a text.

    Of a str of 12 characters or more only the length is shown, of anything else but a small number the type.
    """
    if isinstance(value, str):
        bare = str.__str__(value)
        return repr(scrub(bare)) if len(bare) < _QUOTE else f"a str of length {len(bare)}"
    if isinstance(value, int | float) and -_SMALL < value < _SMALL:
        return repr(value)
    return "None" if value is None else type_name(value)


def scrub(text: str, *known: str | None) -> str:
    """A server's text, masked for an error message.

    Replaces each known string (key, text, number), also when 12 characters or more of it are quoted from
    anywhere in it, and then masks every run of 7 digits or more, however it is spaced. It may hide a
    date, but never shows a number.

    Args:
        text: What the server wrote.
        known: Strings that were sent and must not appear; None and empty strings are ignored.
            Strings of under 4 characters are replaced only as whole words.
    """
    pieces = _pieces(text)
    for secret in sorted({entry for entry in known if entry}, key=lambda entry: (-len(entry), entry)):
        if len(secret) < _QUOTE:
            text = _without_word(text, secret)
        elif not pieces.isdisjoint(_pieces(secret)):
            text = _without_quotes(text, secret)
    return _number_in_words.sub(lambda match: mask(match[0]), text)


def _pieces(text: str) -> set[str]:
    return {text[at : at + _QUOTE] for at in range(len(text) - _QUOTE + 1)}


def _without_word(text: str, secret: str) -> str:
    if len(secret) >= 4:  # noqa: PLR2004  a text of "a" must not destroy every sentence
        return text.replace(secret, mask(secret))
    return re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", "***", text)


def _without_quotes(text: str, secret: str) -> str:
    pieces, kept, start, at = _pieces(secret), list[str](), 0, 0
    while at + _QUOTE <= len(text):
        if text[at : at + _QUOTE] not in pieces:
            at += 1
            continue
        end = at + _QUOTE
        while end < len(text) and text[end + 1 - _QUOTE : end + 1] in pieces:
            end += 1
        kept += [text[start:at], mask(secret)]
        start = at = end
    return "".join([*kept, text[start:]])
