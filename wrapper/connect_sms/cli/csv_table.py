"""A CSV file with a header: its columns by field, and its lines as recipients."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, Final, Literal, cast

import attrs

from connect_sms.errors.base import InvalidArgument
from connect_sms.models.redaction import scrub

from .parsing import parse_time

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Format = Literal["auto", "csv", "list"]

#: The possible fields of a column: the fields of `connect_sms.Message` that fit a cell.
FIELDS: Final = (
    *("destination", "text", "sender", "encoding", "scheduled", "expiry", "receipt_url"),
    *("client_message_id", "country", "client_ip", "track"),
)
_TIMES: Final = ("scheduled", "expiry")
_DELIMITERS: Final = ",;\t|"
_SHOWN: Final = 20
_SHOWN_WIDTH: Final = 40

_is_long_number = re.compile(r"(?=.{7})\+?[0-9][0-9 ().\-/]*").fullmatch
_sounds_like_number = re.compile(r"phone|mobile|number|msisdn|recipient|tel|cell|^to$", re.IGNORECASE).search


class InputProblem(InvalidArgument):
    """The input as a whole cannot be used. Nothing was sent."""

    def __init__(self, message: str) -> None:
        super().__init__(message, argument="input")


@attrs.frozen
class Layout:
    """How to read the input.

    Attributes:
        format: ``csv``, ``list``, or ``auto`` to detect it.
        columns: Column names by field, where they differ.
        ignore_others: Ignore columns without a field.
        delimiter: The character between cells; detected from the header when None.
        encoding: The character encoding; UTF-8, or UTF-16 with a byte order mark, when None.
    """

    format: Format = "auto"
    columns: Mapping[str, str] = attrs.field(factory=dict[str, str])
    ignore_others: bool = False
    delimiter: str | None = None
    encoding: str | None = None


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


def columns_of(destination: str | None, text: str | None, others: list[str] | None) -> dict[str, str]:
    """Columns by field, from the options that name them.

    Args:
        destination: The column of the numbers.
        text: The column of the texts.
        others: ``FIELD=NAME`` each.

    Raises:
        InvalidArgument: Not of that form, an unknown field, or a field named twice.
    """
    found = {
        field: name for field, name in (("destination", destination), ("text", text)) if name is not None
    }
    for pair in others or []:
        field, equals, name = pair.partition("=")
        field = field.strip().lower().replace("-", "_")
        if not equals or field not in FIELDS or not name.strip():
            raise InvalidArgument(
                f"--column takes FIELD=NAME, where FIELD is one of {', '.join(FIELDS)}", argument="column"
            )
        if field in found:
            raise InvalidArgument(f"the column for {field} is named twice", argument="column")
        found[field] = name.strip()
    return found


class CsvTable:
    """Reads the lines of a CSV file.

    Args:
        layout: How to read it.
        name: Its name in messages.
        delimiter: The character between cells; detected from the header when None.
    """

    def __init__(self, layout: Layout, name: str, delimiter: str | None) -> None:
        self._layout = layout
        self._name = name
        self._delimiter = delimiter
        self._ids: set[str] = set()

    def lines(self, raw: Iterator[str], header_line: str, start: int) -> Iterator[Line]:
        """Read the header and then the recipients.

        Args:
            raw: The lines of the file, the header included.
            header_line: The header.
            start: The number of its line.

        Raises:
            InputProblem: The header or the CSV itself cannot be used.
        """
        delimiter = self._delimiter or _delimiter_of(header_line)
        try:
            reader = csv.reader(raw, delimiter=delimiter, strict=True)
        except (TypeError, ValueError):
            raise InputProblem("--delimiter takes one character that is in no cell") from None
        number = start
        try:
            fields = self._fields([column.strip() for column in next(reader)])
            number = start + reader.line_num
            for cells in reader:
                if any(cells):
                    yield self._line(number, cells, fields)
                number = start + reader.line_num
        except csv.Error as fault:
            raise InputProblem(
                f"{self._name} cannot be read as CSV from line {number} on: {fault}. "
                "Is a quotation mark missing?"
            ) from None

    def _line(self, number: int, cells: list[str], fields: list[str | None]) -> Line:
        item: dict[str, object] = {}
        for field, raw in zip(fields, cells, strict=False):
            cell = raw if field == "text" else raw.strip()
            if field is not None and cell:
                item[field] = cell
        destination = str(item.get("destination", ""))
        problem = self._problem(cells, fields, item)
        own_id = cast("str | None", item.get("client_message_id"))
        return Line(number, item if problem is None else None, destination, problem, own_id)

    def _problem(self, cells: list[str], fields: list[str | None], item: dict[str, object]) -> str | None:
        if len(cells) != len(fields):
            return (
                f"it has {len(cells)} cells and the header {len(fields)}: "
                'a cell with a delimiter in it must be in "quotation marks"'
            )
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

    def _fields(self, header: list[str]) -> list[str | None]:
        """Which field each column holds.

        Raises:
            InputProblem: A column is missing, unknown or duplicate; the message lists those found.
        """
        named = {column: field for field, column in self._layout.columns.items()}
        fields = [named.get(column) or self._field(column) for column in header]
        for field, column in self._layout.columns.items():
            if column not in header:
                raise InputProblem(f"there is no column {_shown(column)} in {self._name}. {_found(header)}")
            if fields.count(field) > 1:  # an explicit option outranks a column's name
                fields = [
                    None if found == field and header[at] != column else found
                    for at, found in enumerate(fields)
                ]
        if "destination" not in fields:
            raise InputProblem(self._without_destination(header))
        if twice := next((field for field in fields if field and fields.count(field) > 1), None):
            raise InputProblem(f"{self._name} has two columns for {twice}. {_found(header)}")
        others = [column for column, field in zip(header, fields, strict=True) if column and field is None]
        if others and not self._layout.ignore_others:
            raise InputProblem(
                f"{self._name} has columns that mean nothing here: "
                f"{', '.join(map(_shown, others[:_SHOWN]))}. "
                f"Known are {', '.join(FIELDS)}. To send without them: --ignore-other-columns"
            )
        return fields

    def _field(self, column: str) -> str | None:
        if any(column == taken for taken in self._layout.columns.values()):
            return None
        word = re.sub(r"[\s\-]+", "_", column.lower())
        return word if word in FIELDS else None

    def _without_destination(self, header: list[str]) -> str:
        if any(_is_long_number(column) for column in header):
            return (
                f"{self._name} begins with a row of data. The first line must name the columns, "
                "for example: destination,text"
            )
        guess = next((column for column in header if _sounds_like_number(column)), "NAME")
        return (
            f'there is no column "destination" in {self._name}. {_found(header)}. '
            f"Say which holds the numbers: --destination-column {_shown(guess)} "
            "(or --format list, if it is a plain list of numbers)"
        )


def _delimiter_of(header: str) -> str:
    outside = re.sub(r'"[^"]*"', "", header)
    return max(_DELIMITERS, key=outside.count)


def _found(header: list[str]) -> str:
    more = f", and {len(header) - _SHOWN} more" if len(header) > _SHOWN else ""
    return f"Columns found: {', '.join(_shown(column) for column in header[:_SHOWN])}{more}"


def _shown(column: str) -> str:
    name = scrub(column)
    name = name if len(name) <= _SHOWN_WIDTH else f"{name[:_SHOWN_WIDTH]}..."
    return f'"{name}"' if not name or re.search(r"\s", name) else name
