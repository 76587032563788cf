"""Splits a text into parts: encoding, units, parts, and the characters that force UCS-2.

A text of GSM-7 characters takes 160 septets in one part and 153 in each of several; any other character makes
it UCS-2, with 70 units in one part and 67 in each of several. Escape and surrogate pairs are never split,
so a text can take more parts than a division suggests. Sources: 3GPP TS 23.038 (alphabets) and
TS 23.040 (part sizes).

Parts are packed by code point, as in the standard. So a grapheme of several code points (a family emoji, a
letter with a combining accent) may be split between parts. Handsets join the parts before they show them.
"""

from __future__ import annotations

import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Literal

import attrs

from connect_sms.errors.base import InvalidArgument, InvalidText
from connect_sms.models.private import clears_locals, plain, type_name

from .gsm7 import (
    ABOVE_LETTERS,
    BASIC_BYTES,
    EXTENSION_BYTES,
    ONE_PART,
    PER_PART,
    characters,
    coded,
    ends,
    offending,
    unit_map,
)
from .transliteration import replacement

if TYPE_CHECKING:
    import re


MAX_PARTS: Final = 10
"""Parts 8x8 sends of one text; it cuts off the rest without an error."""

Encoding = Literal["AUTO", "GSM7", "UCS2"]
"""How a text is to be encoded; ``AUTO`` is GSM-7 when that has every character, and UCS-2 otherwise."""

_ENCODINGS: Final[dict[str, Encoding]] = {
    "AUTO": "AUTO",
    "GSM7": "GSM7",
    "GSM7BIT": "GSM7",
    "UCS2": "UCS2",
    "UCS-2": "UCS2",
}


def describe_character(char: str) -> str:
    """A character by code point and name, but for letters, digits and their marks: these are the text."""
    if _is_letter_or_digit(char):
        return "letter or digit"
    return f"U+{ord(char):04X} {unicodedata.name(char, '')}".rstrip()


def _is_letter_or_digit(char: str) -> bool:
    return unicodedata.category(char)[0] in "LMN"


@attrs.frozen
class NonGsmCharacter:
    """A character outside GSM-7, which forces UCS-2.

    Attributes:
        char: The character. The repr shows signs by code point, and no letters or digits.
        positions: Its positions in the text, in code points from 0.
        replacement: The GSM-7 replacement, empty for an invisible character; None when there is none.
    """

    char: str = attrs.field(repr=describe_character)
    positions: tuple[int, ...] = attrs.field(repr=lambda positions: f"<{len(positions)}>")
    replacement: str | None = attrs.field(repr=False)

    def to_dict(self, *, show_text: bool = False) -> dict[str, Any]:
        """The character, ready for JSON. Of a letter or digit it tells the positions alone.

        Args:
            show_text: Write the character itself, and letters and digits as well.
        """
        shown = show_text or not _is_letter_or_digit(self.char)
        return {
            **({"char": self.char} if show_text else {}),
            "code_point": f"U+{ord(self.char):04X}" if shown else None,
            "name": unicodedata.name(self.char, None) if shown else None,
            "positions": list(self.positions),
            "replacement": self.replacement if shown else None,
        }


@attrs.frozen
class Segments:
    """What a text takes as SMS. Made by `segments`.

    The costlier attributes (`non_gsm_characters`, `part_texts`, `plain`) are computed at each access.

    Attributes:
        encoding: ``"GSM7"`` or ``"UCS2"``.
        units: Septets (GSM-7; an extension character takes 2) or 16-bit units (UCS-2; most emoji take 2).
        parts: The number of parts, each billed as one SMS. An empty text has one empty part.
        units_left: Free units in the last part.
        text: The text itself; not in the repr.
    """

    encoding: Literal["GSM7", "UCS2"]
    units: int
    parts: int
    units_left: int
    text: str = attrs.field(repr=False)

    @property
    def concatenated(self) -> bool:
        """Whether the text takes several parts, and so a header in each."""
        return self.parts > 1

    @property
    def units_per_part(self) -> int:
        """Units each part holds: 160 or 70 when there is one, 153 or 67 when there are several."""
        return (PER_PART if self.concatenated else ONE_PART)[self.encoding]

    @property
    def non_gsm_characters(self) -> tuple[NonGsmCharacter, ...]:
        """The characters outside GSM-7, in order of first appearance, each with all its positions."""
        places: dict[str, list[int]] = {}
        for match in offending.finditer(self.text):
            places.setdefault(match[0], []).append(match.start())
        return tuple(NonGsmCharacter(char, tuple(where), replacement(char)) for char, where in places.items())

    @property
    def part_texts(self) -> tuple[str, ...]:
        """The text of each part; joined they are the whole text."""
        if not self.concatenated:
            return (self.text,)
        as_bytes = _utf16(self.text) if self.encoding == "UCS2" else coded(self.text, "replace")
        units = unit_map(as_bytes, self.encoding)
        cuts = [characters(units, end) for end in (0, *ends(units, PER_PART[self.encoding]))]
        return tuple(self.text[start:end] for start, end in pairwise(cuts))

    @property
    def plain(self) -> Transliteration:
        """The transliterated text and its size: `transliterate` of this text."""
        return transliterate(self.text)

    def to_dict(self, *, show_text: bool = False) -> dict[str, Any]:
        """The count, ready for JSON; ``sendable`` is false for an empty text and for more than 10 parts.

        Args:
            show_text: Write the text of each part and the plain wording as well.
        """
        return {
            "encoding": self.encoding,
            "units": self.units,
            "units_per_part": self.units_per_part,
            "units_left": self.units_left,
            "parts": self.parts,
            "sendable": bool(self.text) and self.parts <= MAX_PARTS,
            "non_gsm_characters": [char.to_dict(show_text=show_text) for char in self.non_gsm_characters],
            **({"part_texts": list(self.part_texts)} if show_text else {}),
            "plain": self.plain.to_dict(show_text=show_text),
        }


@attrs.frozen
class Transliteration:
    """A text transliterated to GSM-7, if possible. Made by `transliterate`.

    Attributes:
        text: The transliterated text, or the original when a character has no replacement. The repr shows
            only its length.
        segments: What `text` takes.
        parts_saved: The number of parts saved; negative when the replacements are longer.
        blocked_by: The characters without a replacement. Any of them keeps the text
            UCS-2, so nothing is replaced.
    """

    text: str = attrs.field(repr=lambda text: f"<{len(text)} characters>")
    segments: Segments
    parts_saved: int
    blocked_by: tuple[NonGsmCharacter, ...]

    def to_dict(self, *, show_text: bool = False) -> dict[str, Any]:
        """The wording's size, ready for JSON; ``blocked_by`` names signs, but no letters and digits.

        Args:
            show_text: Write the wording, and in ``blocked_by`` the characters themselves.
        """
        return {
            **({"text": self.text} if show_text else {}),
            "encoding": self.segments.encoding,
            "parts": self.segments.parts,
            "parts_saved": self.parts_saved,
            "blocked_by": [
                char.char if show_text else describe_character(char.char) for char in self.blocked_by
            ],
        }


@clears_locals
def segments(text: str, encoding: Encoding = "AUTO") -> Segments:
    """Counts what a text takes as SMS. Nothing is sent.

    Args:
        text: Any text, of any length, also empty.
        encoding: ``AUTO`` picks UCS-2 as soon as one character is outside GSM-7; ``GSM7`` and ``UCS2`` force
            one; for other spellings see `normalise_encoding`. With forced GSM-7, a character outside it
            counts as one unit and is in `Segments.non_gsm_characters`.

    Raises:
        InvalidText: Not a ``str``, or with half of a surrogate pair, which cannot be encoded.
        InvalidArgument: An unknown encoding.
    """
    if not isinstance(text, str):
        raise InvalidText(f"the text must be a str, not {type_name(text)}", argument="text")
    wanted = "AUTO" if encoding == "AUTO" else normalise_encoding(encoding)
    if wanted == "AUTO" and text >= ABOVE_LETTERS and text[0] != "\u20ac":
        wanted = "UCS2"  # compared from the start: another script differs at once
    if wanted != "UCS2":
        as_bytes = coded(text)
        not_basic = as_bytes.translate(None, BASIC_BYTES)
        foreign = not_basic.translate(None, EXTENSION_BYTES) if not_basic else b""
        carried = not foreign and len(as_bytes) == len(text)
        if wanted == "GSM7" and not carried:
            _utf16(text)  # half a pair is refused in any encoding
            as_bytes = coded(text, "replace")
            carried = True
        if carried:
            return _fill("GSM7", len(text) + len(not_basic) - len(foreign), text, as_bytes)
    as_bytes = _utf16(text)
    return _fill("UCS2", len(as_bytes) // 2, text, as_bytes)


@clears_locals
def split(text: str, encoding: Encoding = "AUTO") -> tuple[str, ...]:
    """The text of each part, for a preview; joined they are the whole text.

    Arguments and errors are those of `segments`.
    """
    return segments(text, encoding).part_texts


@clears_locals
def transliterate(text: str) -> Transliteration:
    """Transliterate a text to GSM-7, when replacing signs and accents is enough.

    One character without a replacement, such as an emoji, keeps the text UCS-2; it is then unchanged.

    Raises:
        InvalidText: As `segments`.
    """
    before = segments(text)
    if before.encoding == "GSM7":
        return Transliteration(plain(text), before, parts_saved=0, blocked_by=())
    blocked = tuple(found for found in before.non_gsm_characters if found.replacement is None)
    if blocked:
        return Transliteration(plain(text), before, parts_saved=0, blocked_by=blocked)
    # Composed first: an e and its accent apart are outside GSM-7, together they are in it.
    replaced = offending.sub(_replace, unicodedata.normalize("NFC", text))
    after = segments(replaced)
    return Transliteration(replaced, after, parts_saved=before.parts - after.parts, blocked_by=())


def normalise_encoding(encoding: str) -> Encoding:
    """The name of an encoding in 8x8's live service.

    Args:
        encoding: ``AUTO``, ``GSM7``, ``UCS2``, or the catalogue's ``GSM7bit`` and ``UCS-2``, in any case.

    Raises:
        InvalidArgument: Any other value. The message does not repeat it: it may be a text in the wrong place.
    """
    known = _ENCODINGS.get(encoding.upper()) if isinstance(encoding, str) else None
    if known is None:
        raise InvalidArgument(
            "encoding must be one of AUTO, GSM7 (or GSM7bit) and UCS2 (or UCS-2)", argument="encoding"
        )
    return known


def _utf16(text: str) -> bytes:
    try:
        return text.encode("utf-16-le")
    except UnicodeEncodeError as fault:
        position = fault.start
    # Raised here: inside `except`, the original error would be its context, and that holds the text.
    raise InvalidText(
        f"character {position} of the text is half of a surrogate pair (U+{ord(text[position]):04X}), which "
        "no encoding carries; text.encode('utf-16', 'surrogatepass').decode('utf-16') joins two halves",
        argument="text",
    )


def _fill(encoding: Literal["GSM7", "UCS2"], units: int, text: str, as_bytes: bytes) -> Segments:
    parts, units_left = 1, ONE_PART[encoding] - units
    if units_left < 0:
        per_part = PER_PART[encoding]
        if units == len(text):  # nothing takes two units, so no pair can be split
            parts = -(-units // per_part)
            units_left = parts * per_part - units
        else:
            *_, start, end = found = ends(unit_map(as_bytes, encoding), per_part)
            parts, units_left = len(found), per_part - (end - start)
    return Segments(encoding, units, parts, units_left, plain(text))


def _replace(match: re.Match[str]) -> str:
    plain = replacement(match[0])
    return match[0] if plain is None else plain
