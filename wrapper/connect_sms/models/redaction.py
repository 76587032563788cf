"""Masks phone numbers, and strings that were sent, in what a server wrote."""

from __future__ import annotations

import re
from typing import Final

_QUOTE: Final = 12
"""Characters in a row from which on a server's words repeat ours by no coincidence."""
_is_written_number = re.compile(r"\+?[0-9 ().\-/]+").fullmatch
_number_in_words = re.compile(r"\+?\(?\d(?:[\s().\-/+\u2010-\u2015]{0,3}\d){6,}")


def mask(number: str) -> str:
    """A phone number fit for a log line: ``+447700900123`` becomes ``+4477*****123``.

    Numbers of fewer than 11 digits would give too much away, and anything else may be a text or a key:
    both become ``***``.
    """
    if _is_written_number(number):
        digits = re.sub(r"[^0-9]", "", number)
        if len(digits) >= 11:  # noqa: PLR2004  4 in front and 3 behind leave 4 to guess
            plus = "+" if number.startswith("+") else ""
            return f"{plus}{digits[:4]}{'*' * (len(digits) - 7)}{digits[-3:]}"
    return "***"


def scrub(text: str, *known: str | None) -> str:
    """A server's words, fit for an error message.

    Replaces each known string (key, text, number), also when 12 characters or more of it are quoted from
    anywhere in it, and then masks every run of 7 digits or more, however it is spaced. It rather hides a
    date than shows a number.

    Args:
        text: What the server wrote.
        known: What was sent to it and must not come back; None and empty strings are passed over.
            Strings of under 4 characters are replaced only where they stand alone as a word.
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
    if len(secret) >= 4:  # noqa: PLR2004  a text of "a" must not shred every sentence
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
