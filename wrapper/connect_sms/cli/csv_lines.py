"""The lines of a CSV file as recipients."""

from __future__ import annotations

import csv
import re
import unicodedata
from typing import TYPE_CHECKING, Final, cast

import attrs

from connect_sms._validation.wording import plural
from connect_sms.errors.base import InvalidArgument
from connect_sms.text.printable import text_of

from .csv_table import Header, InputProblem
from .parsing import parse_time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .csv_table import Layout

_TIMES: Final = ("scheduled", "expiry")
_MARKED: Final = ("destination", "client_message_id")
_is_quoted_later = re.compile(r"[^\S ]\s*\".*\"\s*", re.DOTALL).fullmatch
"""Told of a cell in quotation marks after a blank that CSV does not know as one, such as a tab or NBSP."""

_BLANKS: Final = "\x1a\u115f\u1160\u2800\u3164\uffa0"
"""Show nothing, and are neither blanks nor format characters to Unicode."""


@attrs.frozen
class Line:
    """A recipient in the input.

    Attributes:
        number: The number of its line in the input, counted from 1.
        item: The item for `SmsClient.iter_batch`; None when the line cannot be used.
        destination: The phone number in the line, if found.
        problem: Why the line cannot be used.
        client_message_id: The id of its message; made when None.
    """

    number: int
    item: str | dict[str, object] | None = attrs.field(repr=False)
    destination: str = attrs.field(repr=False)
    problem: str | None = None
    client_message_id: str | None = None


def is_blank(cell: str) -> bool:
    """Whether a cell shows nothing: spreadsheets and exports fill empty cells with blanks of many kinds."""
    return all(char.isspace() or char in _BLANKS or unicodedata.category(char) == "Cf" for char in cell)


class CsvTable:
    """Reads the lines of a CSV file.

    Args:
        layout: How to read it.
        name: Its name in messages.
        delimiter: The character between cells.
    """

    def __init__(self, layout: Layout, name: str, delimiter: str) -> None:
        self._header = Header(layout, name)
        self._delimiter = delimiter
        self._ids: set[str] = set()

    def lines(self, raw: Iterator[str], start: int) -> Iterator[Line]:
        """Read the header and then the recipients.

        Args:
            raw: The lines of the file, the header included.
            start: The number of the header's line.

        Raises:
            InputProblem: The header or the CSV itself cannot be used.
        """
        fields: list[str | None] | None = None
        for number, cells in self._records(raw, start):
            if fields is None:
                fields = self._header.fields(self._header.columns(cells))
            elif not all(map(is_blank, cells)):
                yield self._line(number, cells, fields)

    def _records(self, raw: Iterator[str], start: int) -> Iterator[tuple[int, list[str]]]:
        """The cells of each row, and the number of its first line."""
        read: list[str] = []

        def lines() -> Iterator[str]:
            for line in raw:
                read.append(line)
                yield line

        delimiter, number = self._delimiter, start
        begins_with_blank = re.compile(rf"(?:^|{re.escape(delimiter)}) ").search
        try:
            reader = csv.reader(lines(), delimiter=delimiter, strict=True, skipinitialspace=delimiter != " ")
        except (TypeError, ValueError):
            raise InputProblem("--delimiter takes one character that is in no cell") from None
        try:
            for cells in reader:
                blanks = begins_with_blank("".join(read)) is not None
                yield number, _with_blanks(cells, read, delimiter) if blanks else cells
                number = start + reader.line_num
                read.clear()
        except csv.Error as fault:
            raise InputProblem(
                f"{self._header.name} cannot be read as CSV from line {number} on: {fault}. "
                "Is a quotation mark missing?"
            ) from None

    def _line(self, number: int, cells: list[str], fields: list[str | None]) -> Line:
        item: dict[str, object] = {}
        for field, cell in zip(fields, cells, strict=False):  # a spreadsheet drops empty cells at the end
            if field is not None and not is_blank(cell):
                given = cell if field == "text" else cell.strip()
                # Our own files, and people for their spreadsheets, mark what is no formula.
                item[field] = text_of(given) if field in _MARKED else given
        destination = str(item.get("destination", ""))
        problem = self._problem(cells, fields, item)
        own_id = cast("str | None", item.get("client_message_id"))
        return Line(number, item if problem is None else None, destination, problem, own_id)

    def _problem(self, cells: list[str], fields: list[str | None], item: dict[str, object]) -> str | None:
        if misplaced := self._misplaced(cells, fields):
            return f'{misplaced}: a cell with a delimiter in it must be in "quotation marks"'
        if any(map(_is_quoted_later, cells)):
            return "a tab or another blank stands before a quotation mark: remove it, or put it inside"
        if "destination" not in item:
            return "it has no number"
        for field in _TIMES:
            if field in item:
                try:
                    item[field] = parse_time(str(item[field]), field)
                except InvalidArgument as wrong:
                    return str(wrong)
        own_id = item.get("client_message_id")
        if isinstance(own_id, str):
            if own_id in self._ids:
                return "another line has the same client_message_id; their results would be mixed up"
            self._ids.add(own_id)
        return None

    def _misplaced(self, cells: list[str], fields: list[str | None]) -> str | None:
        """What is said of a cell that belongs to no column, and may be the rest of a text."""
        if not all(map(is_blank, cells[len(fields) :])):
            return f"it has {plural(len(cells), 'cell')} and the header {len(fields)}"
        if self._header.layout.ignore_others:
            return None
        nameless = (at for at, (field, cell) in enumerate(zip(fields, cells, strict=False), 1)
                    if field is None and not is_blank(cell))  # fmt: skip
        at = next(nameless, None)
        return None if at is None else f"its cell {at} is in a column without a name"


def _with_blanks(cells: list[str], lines: list[str], delimiter: str) -> list[str]:
    """The cells of a row with the blanks that they begin with, but for those before a quotation mark."""
    kept = next(csv.reader(lines, delimiter=delimiter))
    if len(kept) != len(cells):  # a delimiter in a quoted cell with a blank before it
        return cells
    return [full if full.lstrip(" ") == cell else cell for full, cell in zip(kept, cells, strict=True)]
