"""Where recipients come from: a file or standard input, as CSV with a header or as a plain list of numbers.

Everything is read as it is needed, so that a file of a million lines takes no more memory than one of ten.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Literal, cast

import attrs

from connect_sms.errors.base import InvalidArgument
from connect_sms.models.redaction import scrub

from .times import parse_time

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Format = Literal["auto", "csv", "list"]

#: What a column may hold: the fields of `connect_sms.Message` that fit a cell.
FIELDS: Final = (
    "destination",
    "text",
    "sender",
    "encoding",
    "scheduled",
    "expiry",
    "receipt_url",
    "client_message_id",
    "country",
    "client_ip",
    "track",
)
_TIMES: Final = ("scheduled", "expiry")
_DELIMITERS: Final = ",;\t|"
_SHOWN: Final = 20
_SHOWN_WIDTH: Final = 40

_is_number = re.compile(r"\+?[0-9][0-9 ().\-/]*").fullmatch
_sounds_like_number = re.compile(r"phone|mobile|number|msisdn|recipient|tel|cell|^to$", re.IGNORECASE).search


class InputProblem(InvalidArgument):
    """The input as a whole cannot be used. Nothing was sent."""

    def __init__(self, message: str) -> None:
        super().__init__(message, argument="input")


@attrs.frozen
class Layout:
    """How to read the input.

    Attributes:
        format: ``csv``, ``list``, or ``auto`` to see for itself.
        columns: The column that holds a field, where its name is not the field's own.
        ignore_others: Leave out columns that hold no field.
        delimiter: Between cells; found out from the header when None.
        encoding: The character encoding; UTF-8, or UTF-16 with its mark, when None.
    """

    format: Format = "auto"
    columns: Mapping[str, str] = attrs.field(factory=dict[str, str])
    ignore_others: bool = False
    delimiter: str | None = None
    encoding: str | None = None


@attrs.frozen
class Line:
    """A recipient as the input has it.

    Attributes:
        number: Of its line in the input, counted from 1.
        item: What goes to `SmsClient.send_batch`; None when the line cannot be used.
        destination: The number as it stands there, if it can be told.
        problem: Why the line cannot be used.
    """

    number: int
    item: str | dict[str, object] | None = attrs.field(repr=False)
    destination: str = attrs.field(repr=False)
    problem: str | None = None


@attrs.frozen
class Source:
    """A file, or standard input (``-``).

    Attributes:
        path: Of the file.
        layout: How to read it.
        kept: What standard input held, when it is to be read twice.
    """

    path: str
    layout: Layout = attrs.field(factory=Layout)
    kept: bytes | None = attrs.field(default=None, repr=False)

    @property
    def name(self) -> str:
        """What to call it."""
        return "standard input" if self.path == "-" else self.path

    @property
    def is_live(self) -> bool:
        """True when it can be read only once, as it comes."""
        return self.path == "-" and self.kept is None

    def keep(self) -> Source:
        """The same, able to be read more than once."""
        return attrs.evolve(self, kept=_standard_input().read()) if self.is_live else self

    def lines(self) -> Iterator[Line]:
        """Its recipients.

        Raises:
            InputProblem: It cannot be read or understood.
        """
        try:
            with self._open() as binary:
                yield from _lines(binary, self.layout, self.name)
        except OSError as fault:
            problem = f"{self.name} cannot be read: {fault.strerror or type(fault).__name__}"
        except UnicodeDecodeError as fault:
            # A message of ours, for the fault holds what it failed at.
            problem = (
                f"{self.name} is not {fault.encoding}: byte 0x{fault.object[fault.start]:02X}. {_RESAVE}"
            )
        except UnicodeError:
            problem = f"{self.name} is not in the encoding it was said to be in. {_RESAVE}"
        else:
            return
        raise InputProblem(problem)

    def _open(self) -> BinaryIO:
        if self.kept is not None:
            return io.BytesIO(self.kept)
        return _standard_input() if self.path == "-" else cast("BinaryIO", Path(self.path).open("rb"))


_RESAVE: Final = "Save it as UTF-8 (in Excel: CSV UTF-8), or say what it is: --input-encoding cp1252"


def _standard_input() -> BinaryIO:
    return cast("BinaryIO", sys.stdin.buffer)


def _lines(binary: BinaryIO, layout: Layout, name: str) -> Iterator[Line]:
    if not hasattr(binary, "peek"):
        binary = cast("BinaryIO", io.BufferedReader(cast("io.RawIOBase", binary)))
    encoding = layout.encoding or _encoding_of(cast("io.BufferedReader", binary).peek(4))
    try:
        text = io.TextIOWrapper(binary, encoding=encoding, newline="")
    except LookupError:
        raise InputProblem(f"there is no encoding {encoding!r}; try utf-8, utf-16 or cp1252") from None
    with text:
        first, skipped = "", 0
        while not first.strip():
            first = text.readline()
            if not first:
                raise InputProblem(f"{name} is empty: there is nobody to send to")
            skipped += 1
        delimiter = layout.delimiter
        if found := re.fullmatch(r"sep=(.)\s*", first):  # a line of Excel's own
            delimiter, first, skipped = delimiter or found[1], text.readline(), skipped + 1
        if _is_list(first, layout):
            yield from _numbers(chain([first], text), skipped)
        else:
            yield from _Table(layout, name, delimiter).rows(chain([first], text), first, skipped)


def _encoding_of(beginning: bytes) -> str:
    return "utf-16" if beginning[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"


def _is_list(first: str, layout: Layout) -> bool:
    if layout.format != "auto":
        return layout.format == "list"
    return first.startswith("#") or _is_number(first.strip()) is not None


def _numbers(lines: Iterator[str], start: int) -> Iterator[Line]:
    for number, raw in enumerate(lines, start):
        line = raw.strip()
        if line and not line.startswith("#"):
            yield Line(number, line, line)


class _Table:
    """CSV, with a header that says what its columns hold."""

    def __init__(self, layout: Layout, name: str, delimiter: str | None) -> None:
        self._layout = layout
        self._name = name
        self._delimiter = delimiter
        self._ids: set[str] = set()

    def rows(self, lines: Iterator[str], header_line: str, start: int) -> Iterator[Line]:
        delimiter = self._delimiter or _delimiter_of(header_line)
        try:
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
        except (TypeError, ValueError):
            raise InputProblem("--delimiter takes one character that stands in no cell") from None
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
        return Line(number, item if problem is None else None, destination, problem)

    def _problem(self, cells: list[str], fields: list[str | None], item: dict[str, object]) -> str | None:
        if len(cells) != len(fields):
            return (
                f"it has {len(cells)} cells and the header {len(fields)}: "
                'a cell with a delimiter in it must stand in "quotation marks"'
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
            InputProblem: A column is missing, unknown or there twice; the message names those found.
        """
        named = {column: field for field, column in self._layout.columns.items()}
        fields = [named.get(column) or self._field(column) for column in header]
        for field, column in self._layout.columns.items():
            if column not in header:
                raise InputProblem(f"there is no column {_shown(column)} in {self._name}. {_found(header)}")
            if fields.count(field) > 1:  # what is said outranks what is only called so
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
        if any(_is_number(column) and len(column) > 6 for column in header):  # noqa: PLR2004  digits of a number
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
