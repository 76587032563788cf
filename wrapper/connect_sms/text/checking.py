"""Refuses a text that would not arrive whole: 8x8 sends 10 parts at most, and cuts off the rest silently."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from connect_sms.errors.base import InvalidArgument, InvalidText

from .counting import MAX_PARTS, describe_character, segments

if TYPE_CHECKING:
    from .counting import Encoding, NonGsmCharacter, Segments

_NAMED_AT_MOST: Final = 5


def check_text(text: str, encoding: Encoding = "AUTO", *, max_parts: int = MAX_PARTS) -> Segments:
    """Counts a text and refuses one that would not arrive whole.

    Args:
        text: The text to send.
        encoding: As in `segments`.
        max_parts: Maximum number of parts, 1 to 10. 8x8 bills each part, and drops the text after the tenth.

    Raises:
        InvalidText: Empty, not a ``str``, not encodable as requested, or more than `max_parts` parts. The
            message gives the number and advice; it does not show the text.
        InvalidArgument: An unknown encoding, or `max_parts` outside 1 to 10.
    """
    if not isinstance(max_parts, int) or isinstance(max_parts, bool) or not 1 <= max_parts <= MAX_PARTS:
        raise InvalidArgument(
            f"max_parts must be a whole number from 1 to {MAX_PARTS}: 8x8 sends at most {MAX_PARTS} parts",
            argument="max_parts",
        )
    found = segments(text, encoding)
    if not text:
        raise InvalidText("the text is empty, and 8x8 refuses a message without one", argument="text")
    # AUTO never picks GSM-7 for a text with non_gsm_characters, so only a forced GSM-7 needs this check.
    if encoding != "AUTO" and found.encoding == "GSM7" and (non_gsm_characters := found.non_gsm_characters):
        raise InvalidText(_explain_loss(found, non_gsm_characters), argument="text")
    if found.parts > max_parts:
        raise InvalidText(_explain_length(found, max_parts), argument="text")
    return found


def _describe(non_gsm_characters: tuple[NonGsmCharacter, ...]) -> str:
    """Characters by code point and count, in the order of their code points so that the text stays hidden."""
    counts = Counter[str]()
    for character in sorted(non_gsm_characters, key=lambda character: character.char):
        counts[describe_character(character.char)] += len(character.positions)
    named = [f"{times} x {name}" for name, times in counts.items()]
    listed = ", ".join(named[:_NAMED_AT_MOST]) + ", ..." * (len(named) > _NAMED_AT_MOST)
    return f"{_count(counts.total(), 'character')} outside GSM-7 ({listed})"


def _explain_length(found: Segments, max_parts: int) -> str:
    why = (
        f"8x8 would send the first {MAX_PARTS} and cut off the rest without saying so"
        if max_parts == MAX_PARTS
        else "8x8 bills each part as one SMS"
    )
    non_gsm_characters = found.non_gsm_characters
    cause = f" It has {_describe(non_gsm_characters)}." if non_gsm_characters else ""
    plain = found.plain.segments
    advice = "Shorten it."
    if plain.parts < found.parts:
        which = "transliterate(text).text says the same" if non_gsm_characters else "it could go out"
        then = "" if plain.parts <= max_parts else ", still too many: shorten it"
        advice = f"In GSM7 {which} in {_count(plain.parts, 'part')}{then}."
    return (
        f"the text takes {_count(found.parts, 'part')} as {found.encoding}, more than the {max_parts} "
        f"allowed: {why}.{cause} {advice}"
    )


def _explain_loss(found: Segments, non_gsm_characters: tuple[NonGsmCharacter, ...]) -> str:
    advice = "" if found.plain.blocked_by else ", or send transliterate(text).text, which says the same"
    return (
        f"encoding GSM7 was asked for and the text has {_describe(non_gsm_characters)}, "
        f"which would be lost or garbled. Use AUTO or UCS2{advice}."
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
