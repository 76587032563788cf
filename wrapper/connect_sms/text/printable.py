"""Text of strangers made harmless: for a terminal or a log line, and for a cell of a CSV file."""

from __future__ import annotations

import re
from typing import Final

#: What controls a terminal, ends a line, or turns the direction of the text around it; and halves of
#: surrogate pairs, which no file takes. JSON writes these as ``\u001b``.
UNSAFE: Final = (
    "\x00-\x1f\x7f-\x9f"
    "\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f"  # Unicode's controls of direction, lines and paragraphs
    "\ufff9-\ufffb\ud800-\udfff"
)

_unsafe: Final = re.compile(f"[{UNSAFE}]")

#: The beginnings of a formula: those of OWASP's page on CSV injection, and their full-width forms, which
#: Excel takes in East Asian settings. The apostrophe in front is the spreadsheets' own mark of a text. A
#: semicolon ends a cell where the comma is the decimal sign.
_formula: Final = re.compile("(^|;)('*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20])")
_marked: Final = re.compile(_formula.pattern.replace("(^|;)(", "(^|;)'("))

#: A phone number, whole or masked: a spreadsheet may take it for a number, and runs nothing.
_is_number: Final = re.compile(r"\+(?=[0-9*]{7,15}$)[0-9]+\**[0-9]*").fullmatch


def printable(text: str) -> str:
    """A text as one line, with a visible sign for each character that could control a terminal."""
    return _unsafe.sub(lambda found: visible(found[0]), text)


def printable_lines(text: str) -> str:
    """The same, for a text whose line breaks are ours."""
    return "\n".join(map(printable, text.split("\n")))


def visible(char: str) -> str:
    """A visible sign for a character; an ordinary one is its own."""
    code = ord(char)
    if code < 0x20:  # noqa: PLR2004  ASCII
        return chr(0x2400 + code)
    if code == 0x7F:  # noqa: PLR2004  ASCII's DEL
        return "\u2421"
    return f"<{code:02X}>" if _unsafe.match(char) else char


def one_line(text: str) -> str:
    """A text as it is read back from a cell: blanks for line breaks, signs for control characters."""
    return printable(text.replace("\r", " ").replace("\n", " "))


def cell_of(text: str) -> str:
    """A text as a cell of a CSV file: one line that no spreadsheet takes for a formula.

    A cell that would be one gets an apostrophe in front, phone numbers with a plus sign do not.
    """
    line = one_line(text)
    return line if _is_number(line) else _formula.sub(r"\1'\2", line)


def text_of(cell: str) -> str:
    """The text of a cell that `cell_of` wrote: what `one_line` made of it."""
    return _marked.sub(r"\1\2", cell)
