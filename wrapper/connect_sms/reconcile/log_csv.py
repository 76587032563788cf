"""Reads 8x8's log export, row by row.

8x8 documents the names of the columns, but not the format of the cells; no file from a live account was
available. So a column is found by any of its likely names, in any order and spelling, an invalid cell is
None, and unknown columns are kept in ``extra``.
"""

# ruff: noqa: TC001  at run time too, so that `typing.get_type_hints` finds every name

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext
from itertools import chain, pairwise
from operator import methodcaller
from typing import Any, Final

import attrs

from connect_sms.errors.base import InvalidArgument
from connect_sms.models.decoding import price_from, status_from_fields
from connect_sms.models.delivery_errors import DeliveryErrors
from connect_sms.models.outcomes import Outcome, classify
from connect_sms.models.private import PrivateList, private
from connect_sms.models.readers import as_amount, as_word, storable
from connect_sms.models.status import MessageStatus

from .log_file import Unreadable, open_log

#: Possible names of each field; compared without case, spaces and punctuation. The first is 8x8's name.
ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "umid": ("umid", "messageid", "uniquemessageid"),
    "sub_account_id": ("subaccountid", "subaccount"),
    "direction": ("direction",),
    "country": ("country", "countrycode"),
    "state": ("statusvalue", "status", "state", "statusstate"),
    "detail": ("statusdetails", "statusdetail", "detail", "details"),
    "error_code": ("statuserrorcode", "errorcode"),
    "error_message": ("statuserrormessage", "errormessage"),
    "observed_at": ("statustimestamp", "timestamp", "statusupdatedat"),
    "destination": ("msisdn", "destination", "phonenumber", "recipient"),
    "sender": ("source", "sender", "senderid"),
    "created_at": ("createdat", "created"),
    "parts": ("smscount", "parts"),
    "currency": ("pricecurrency", "currency"),
    "per_part": ("pricepersms", "priceper", "persms"),
    "total": ("pricetotal", "total", "price"),
    "client_message_id": ("clientmessageid", "clientmsgid"),
    "client_batch_id": ("clientbatchid",),
    "batch_id": ("batchid",),
}
_FIELD_OF: Final = {alias: field for field, aliases in ALIASES.items() for alias in aliases}

#: Common values of an empty cell.
_EMPTY: Final = frozenset({"", "null", "none", "nil", "n/a", "\\n"})

_INBOUND: Final = frozenset({"0", "inbound", "in", "mo"})

_SHIPPED: Final = DeliveryErrors.default()

_is_column_name: Final = re.compile(r"[A-Za-z_.]{1,40}").fullmatch


@attrs.define
class LogCounts:
    """What `read_log` has come by so far; nothing is left out without being counted.

    Attributes:
        messages: Rows that became a status.
        inbound: Rows of messages that came in, which are left out.
        unnamed: Rows without a message id, which are left out.
        misshapen: Rows with more cells than the header, and cells that hold what looks like further rows: a
            quote may be missing, and rows be lost in them. A last row with fewer cells: the file may be cut
            there, so its last cell is not read.
        unread_prices: Prices that are no number.
    """

    messages: int = 0
    inbound: int = 0
    unnamed: int = 0
    misshapen: int = 0
    unread_prices: int = 0

    @property
    def in_doubt(self) -> int:
        """Rows of which something may be lost."""
        return self.unnamed + self.misshapen + self.unread_prices


def read_log(
    source: str | os.PathLike[str] | Iterable[str],
    *,
    delivery_errors: DeliveryErrors | None = None,
    counts: LogCounts | None = None,
) -> Iterator[MessageStatus]:
    """The messages of a log export, one at a time, in constant memory.

    ``source`` of each is ``export``, its destination None where 8x8 masked it, its ``extra`` the unknown
    columns, by their names in the file.

    Inbound messages and rows without a message id are left out, and counted.

    Args:
        source: The CSV file of `SmsClient.download_log`, also in gzip or saved again by a spreadsheet, or its
            lines.
        delivery_errors: What each delivery error means; the shipped table when left out.
        counts: Counts what was read and left out.

    Raises:
        InvalidArgument: It is not CSV, ends early, leaves a quote open, or has no column for 8x8's message
            id.
        OSError: The file cannot be read.
    """
    table = DeliveryErrors.default() if delivery_errors is None else delivery_errors
    counts = LogCounts() if counts is None else counts
    opened: Any = open_log(source) if isinstance(source, str | os.PathLike) else nullcontext(source)
    try:
        with opened as lines:
            rows = _rows(iter(lines), table, counts)
            del source, lines  # a list of lines would show in a traceback
            yield from rows
    except Unreadable as wrong:
        raise InvalidArgument(f"the log export {wrong}", argument="source") from None


def _rows(lines: Iterator[str], table: DeliveryErrors, counts: LogCounts) -> Iterator[MessageStatus]:
    # Empty lines may precede the header.
    first = next((line for line in lines if line.strip("\ufeff \t\r\n\0")), None)
    if first is None:
        return
    first = private(first.removeprefix("\ufeff"))
    delimiter = max(",;\t|", key=lambda mark: len(_known(first.rstrip("\r\n").split(mark))))
    header, _ = next(_records(iter([first]), delimiter))
    known = _known(header)
    if "umid" not in known:
        # A name may be shown; anything else may be a number or a text, of a file without a header.
        shown = ", ".join(name if _is_column_name(name) else "?" for name in header[:30])
        msg = f"this is no log export: it has no column umid. Its columns are: {shown}"
        raise InvalidArgument(msg, argument="source")
    end: tuple[list[str], int] = ([], 0)
    filled = (record for record in _records(lines, delimiter, above=1) if record[0])
    for (cells, spans), (following, _) in pairwise(chain(filled, [end])):
        # Concatenated files each have a header, possibly in another order.
        if (repeated := _known(cells)).keys() == known.keys():
            header, known = cells, repeated
            continue
        if len(cells) < len(header) and (not following or _known(following).keys() == known.keys()):
            counts.misshapen += 1
            cells[-1] = ""  # an id or a code that may be cut
        counts.misshapen += any(cells[len(header) :]) or (
            spans > 1 and _holds_rows(cells, header, known, delimiter)
        )
        if (row := _row(cells, header, known, table, counts)) is not None:
            counts.messages += 1
            yield row


def _records(lines: Iterator[str], delimiter: str, above: int = 0) -> Iterator[tuple[list[str], int]]:
    """The rows of a CSV, each with the number of its lines; `above` counts the lines before them.

    Raises:
        Unreadable: It is none. Without `strict` an open quote would take in all that follows.
    """
    reader = csv.reader(map(methodcaller("replace", "\0", ""), lines), delimiter=delimiter, strict=True)
    while True:
        before = reader.line_num
        try:
            cells = PrivateList(next(reader))
        except StopIteration:
            return
        except csv.Error as wrong:
            problem = f"is no CSV: {wrong}, in the row of line {above + before + 1}; is a quote left open?"
        else:
            yield cells, reader.line_num - before
            continue
        raise Unreadable(problem)


def _holds_rows(cells: list[str], header: list[str], known: Mapping[str, int], delimiter: str) -> bool:
    """True when a line within a cell reads as a row of its own, with a state that 8x8 has."""
    place = known.get("state")
    inner = PrivateList(line.split(delimiter) for cell in cells for line in cell.splitlines()[1:])
    return place is not None and any(
        len(row) >= len(header)
        and classify(row[place].strip(' "'), None, None, _SHIPPED)[0] is not Outcome.UNKNOWN
        for row in inner
    )


def _known(cells: list[str]) -> dict[str, int]:
    """The position of each field in a header; of several likely names the likeliest."""
    found: dict[str, int] = {}
    words = [re.sub(r"[\W_]+", "", cell).lower() for cell in cells]
    for field, aliases in ALIASES.items():
        place = next((words.index(alias) for alias in aliases if alias in words), None)
        if place is not None:
            found[field] = place
    return found


def _row(
    cells: list[str], header: list[str], known: Mapping[str, int], table: DeliveryErrors, counts: LogCounts
) -> MessageStatus | None:
    def cell(field: str) -> str | None:
        place = known.get(field)
        return _content(cells[place]) if place is not None and place < len(cells) else None

    umid = as_word(cell("umid"))
    if umid is None:
        counts.unnamed += any(map(str.strip, cells))
        return None
    if (cell("direction") or "").lower() in _INBOUND:
        counts.inbound += 1
        return None
    total, per_part = cell("total"), cell("per_part")
    counts.unread_prices += any(said and as_amount(said) is None for said in (total, per_part))
    mine = set(known.values())
    return status_from_fields(
        umid,
        {field: cell(field) for field in known},
        source="export",
        delivery_errors=table,
        price=price_from(total, per_part, cell("currency")),
        extra={
            name: text for i, (name, text) in enumerate(zip(header, cells, strict=False)) if i not in mine
        },
    )


def _content(cell: str) -> str | None:
    cell = storable(cell.strip())
    return None if cell.lower() in _EMPTY else cell
