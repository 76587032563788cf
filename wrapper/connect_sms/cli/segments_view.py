"""The size of a text as SMS: as text, in colour and as JSON."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from connect_sms._validation.wording import plural
from connect_sms.text.counting import MAX_PARTS, segments
from connect_sms.text.printable import visible

if TYPE_CHECKING:
    from rich.text import Text

    from connect_sms.text.counting import NonGsmCharacter, Segments

    from .output import Output

_UNITS = {"GSM7": "septets", "UCS2": "16-bit units"}


def headline(found: Segments) -> str:
    """A line with parts, encoding and units."""
    return (
        f"{plural(found.parts, 'part')}, {found.encoding}: {found.units:,} {_UNITS[found.encoding]}, "
        f"{found.units_left} left in the last part of {found.units_per_part}"
    )


def name_of(char: str) -> str:
    """Code point and name of a character."""
    return f"U+{ord(char):04X} {unicodedata.name(char, '')}".rstrip()


def character_line(found: NonGsmCharacter) -> str:
    """A non-GSM character, its positions, and its replacement."""
    times = f"{len(found.positions)} x " if len(found.positions) > 1 else ""
    where = ", ".join(str(position) for position in found.positions[:5])
    more = ", ..." * (len(found.positions) > 5)  # noqa: PLR2004  as many as shown
    plain = found.replacement
    instead = "no replacement" if plain is None else f'"{plain}" in its place' if plain else "leave it out"
    return f"{times}{found.char}  {name_of(found.char)}, at {where}{more}: {instead}"


def advice(found: Segments) -> list[str]:
    """Advice on shortening the text or reducing its cost."""
    lines: list[str] = []
    if found.parts > MAX_PARTS:
        lines.append(f"Too long to send: 8x8 sends {MAX_PARTS} parts and cuts off the rest. Shorten it.")
    plain = found.plain
    if plain.parts_saved > 0:
        lines.append(
            f"Cheaper, {plural(plain.segments.parts, 'part')} instead of {found.parts} "
            f"({plain.segments.encoding}):"
        )
        lines.append(f"  {plain.text}")
    elif plain.blocked_by:
        signs = " ".join(character.char for character in plain.blocked_by[:10])
        bare = "".join(
            char for char in found.text if not any(char == found.char for found in plain.blocked_by)
        )
        without = segments(bare).plain.segments
        if without.parts < found.parts and bare.strip():
            lines.append(f"Without {signs} it would take {plural(without.parts, 'part')}.")
    return lines


def document(found: Segments) -> dict[str, Any]:
    """The same as JSON."""
    return found.to_dict(show_text=True)


def show(out: Output, found: Segments) -> None:
    """Print the parts, the non-GSM characters marked, and a cheaper wording."""
    console = out.console()
    from rich.panel import Panel  # noqa: PLC0415  loaded only for drawing

    out.say(headline(found))
    costly = {character.char for character in found.non_gsm_characters}
    for number, part in enumerate(found.part_texts, 1):
        title = f"part {number} of {found.parts}"
        units = segments(part, found.encoding).units
        with console.capture() as drawn:
            console.print(
                Panel(
                    _marked(part, costly),
                    title=title,
                    subtitle=f"{units} of {found.units_per_part}",
                    title_align="left",
                    subtitle_align="right",
                    border_style="red" if number > MAX_PARTS else "green",
                )
            )
        out.draw(drawn.get())
    if found.non_gsm_characters:
        out.say(f"{plural(len(found.non_gsm_characters), 'character')} outside GSM-7:")
        for character in found.non_gsm_characters:
            out.say(f"  {character_line(character)}")
    for line in advice(found):
        out.say(line)


def _marked(part: str, costly: set[str]) -> Text:
    from rich.text import Text  # noqa: PLC0415  as above

    text = Text()
    for char in part:
        shown = f"{visible(char)}\n" if char == "\n" else visible(char)
        text.append(shown, style="bold reverse red" if char in costly else "")
    return text
