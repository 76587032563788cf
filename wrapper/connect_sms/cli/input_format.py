"""What an input holds: a CSV file with a header, or a plain list of numbers, and where it begins."""

from __future__ import annotations

import csv
import re
from itertools import chain
from typing import TYPE_CHECKING, Final

from .csv_lines import CsvTable, Line, is_blank
from .csv_table import Header, InputProblem, delimiter_of, has_data

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .csv_table import Layout

is_number: Final = re.compile(r"\+?[0-9][0-9 ().\-/]*").fullmatch
"""Whether a string may be a phone number."""

#: A line for Excel that names the delimiter: in quotation marks or not, and padded when it was saved again.
_sep_line = re.compile(r'(")?sep=(\\t|[^"])?(?(1)")(([^\w"])\4*)? *', re.IGNORECASE).fullmatch


def recipients(lines: Iterator[str], layout: Layout, name: str) -> Iterator[Line]:
    """The recipients in the lines of an input.

    Args:
        lines: The lines, with their ends.
        layout: How to read them.
        name: The name of the input in messages.

    Raises:
        InputProblem: They cannot be parsed.
    """
    numbered = enumerate(lines, 1)
    number, first = _next_filled(numbered, name)
    delimiter = layout.delimiter
    if found := _sep_line(first.strip(" \r\n")):
        number, first = _next_filled(numbered, name)
        # What pads the line is what the program that saved it again puts between cells.
        declared = (found[4] or found[2] or "").replace("\\t", "\t")
        delimiter = delimiter or delimiter_of(first, declared)
    comment: tuple[int, str] | None = None
    while layout.format != "list" and _is_comment(first) and not _is_header(first, layout, name, delimiter):
        comment = number, first
        number, first = _next_filled(numbered, name)
    if layout.format == "list" or (layout.format == "auto" and is_number(first.strip())):
        yield from _numbers(chain([(number, first)], numbered))
        return
    delimiter = delimiter or delimiter_of(first)
    rest: Iterator[str] = (line for _, line in numbered)
    if comment is not None and _is_header_of(comment[1], first, delimiter):
        number, rest = comment[0], chain([first], rest)  # refused, in words about the header
        first = comment[1]
    yield from CsvTable(layout, name, delimiter).lines(chain([first], rest), number)


def _next_filled(numbered: Iterator[tuple[int, str]], name: str) -> tuple[int, str]:
    for number, line in numbered:
        if not is_blank(line):
            return number, line
    raise InputProblem(f"{name} is empty: it has no recipients")


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def _is_header(line: str, layout: Layout, name: str, delimiter: str | None) -> bool:
    return Header(layout, name).is_in(line, delimiter or delimiter_of(line))


def _is_header_of(comment: str, row: str, delimiter: str) -> bool:
    """Whether a comment is the header of a row of data: it has as many cells."""
    header, data = csv.reader([comment, row], delimiter=delimiter)
    return len(header) == len(data) > 1 and has_data(data)


def _numbers(numbered: Iterator[tuple[int, str]]) -> Iterator[Line]:
    for number, raw in numbered:
        line = raw.strip()
        if not is_blank(line) and not _is_comment(line):
            yield Line(number, line, line)
