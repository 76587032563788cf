"""The layout of an input, and the header of a CSV file: which field each column holds."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, Final, Literal

import attrs

from connect_sms.errors.base import InvalidArgument
from connect_sms.models.redaction import scrub

if TYPE_CHECKING:
    from collections.abc import Mapping

Format = Literal["auto", "csv", "list"]

#: The possible fields of a column: the fields of `connect_sms.Message` that fit a cell.
FIELDS: Final = (
    *("destination", "text", "sender", "encoding", "scheduled", "expiry", "receipt_url"),
    *("client_message_id", "country", "client_ip", "track"),
)
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


@attrs.frozen
class Header:
    """Reads the header of a CSV file.

    Attributes:
        layout: How the file is read.
        name: Its name in messages.
    """

    layout: Layout
    name: str

    def is_in(self, line: str, delimiter: str) -> bool:
        """Whether a line that begins with ``#`` is a header, and not a comment."""
        cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), list[str]())
        return "destination" in self._fields_of(self.columns(cells))

    def columns(self, cells: list[str]) -> list[str]:
        """The names of the columns. A first one like ``#destination`` is named without the sign."""
        names = [cell.strip() for cell in cells]
        if names and names[0] not in self.layout.columns.values():
            names[0] = names[0].lstrip("#").strip() or names[0]
        return names

    def fields(self, header: list[str]) -> list[str | None]:
        """Which field each column holds.

        Raises:
            InputProblem: A column is missing, unknown or duplicate; the message lists those found.
        """
        fields = self._fields_of(header)
        for field, column in self.layout.columns.items():
            if column not in header:
                raise InputProblem(f"there is no column {_shown(column)} in {self.name}. {_found(header)}")
            if fields.count(field) > 1:  # an explicit option outranks a column's name
                fields = [
                    None if found == field and header[at] != column else found
                    for at, found in enumerate(fields)
                ]
        if "destination" not in fields:
            raise InputProblem(self._without_destination(header))
        if twice := next((field for field in fields if field and fields.count(field) > 1), None):
            raise InputProblem(f"{self.name} has two columns for {twice}. {_found(header)}")
        others = [column for column, field in zip(header, fields, strict=True) if column and field is None]
        if others and not self.layout.ignore_others:
            raise InputProblem(
                f"{self.name} has columns that mean nothing here: "
                f"{', '.join(map(_shown, others[:_SHOWN]))}. "
                f"Known are {', '.join(FIELDS)}. To send without them: --ignore-other-columns"
            )
        return fields

    def _fields_of(self, header: list[str]) -> list[str | None]:
        named = {column: field for field, column in self.layout.columns.items()}
        return [named.get(column) or self._field(column) for column in header]

    def _field(self, column: str) -> str | None:
        if any(column == taken for taken in self.layout.columns.values()):
            return None
        word = re.sub(r"[\s\-]+", "_", column.lower())
        return word if word in FIELDS else None

    def _without_destination(self, header: list[str]) -> str:
        if has_data(header):
            return (
                f"{self.name} begins with a row of data. The first line must name the columns, "
                "for example: destination,text"
            )
        guess = next((column for column in header if _sounds_like_number(column)), "NAME")
        return (
            f'there is no column "destination" in {self.name}. {_found(header)}. '
            f"Say which holds the numbers: --destination-column {_shown(guess)} "
            "(or --format list, if it is a plain list of numbers)"
        )


def delimiter_of(header: str, declared: str | None = None) -> str:
    """The character between the cells of a header: the declared one if it is there at all."""
    outside = re.sub(r'"[^"]*"', "", header)
    return declared if declared and declared in outside else max(_DELIMITERS, key=outside.count)


def has_data(cells: list[str]) -> bool:
    """Whether a row in the place of the header has a phone number in it."""
    return any(_is_long_number(cell.strip()) for cell in cells)


def _found(header: list[str]) -> str:
    more = f", and {len(header) - _SHOWN} more" if len(header) > _SHOWN else ""
    return f"Columns found: {', '.join(_shown(column) for column in header[:_SHOWN])}{more}"


def _shown(column: str) -> str:
    name = scrub(column)
    name = name if len(name) <= _SHOWN_WIDTH else f"{name[:_SHOWN_WIDTH]}..."
    return f'"{name}"' if not name or re.search(r"\s", name) else name
