"""Reads 8x8's log export, row by row.

8x8 documents the names of the columns, but not the format of the cells; no file from a live account was
available. So a column is found by any of its likely names, in any order and spelling, an invalid cell is
None, and unknown columns are kept in ``extra``.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext
from operator import methodcaller
from pathlib import Path
from typing import Any, Final

from connect_sms.errors.base import InvalidArgument
from connect_sms.models.decoding import status_from_fields
from connect_sms.models.delivery_errors import DeliveryErrors
from connect_sms.models.private import PrivateList, private
from connect_sms.models.readers import as_amount, as_count, as_word, storable
from connect_sms.models.status import MessageStatus, Price

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

_is_column_name: Final = re.compile(r"[A-Za-z_.]{1,40}").fullmatch


def read_log(
    source: str | os.PathLike[str] | Iterable[str], *, delivery_errors: DeliveryErrors | None = None
) -> Iterator[MessageStatus]:
    """The messages of a log export, one at a time, in constant memory.

    ``source`` of each is ``export``, its destination None where 8x8 masked it, its ``extra`` the unknown
    columns, by their names in the file.

    Inbound messages and rows without a message id are skipped.

    Args:
        source: The CSV file of `SmsClient.download_log`, or its lines.
        delivery_errors: What each delivery error means; the shipped table when left out.

    Raises:
        InvalidArgument: It is not CSV, or has no column for 8x8's message id.
        OSError: The file cannot be read.
    """
    table = DeliveryErrors.default() if delivery_errors is None else delivery_errors
    if isinstance(source, str | os.PathLike):
        # Invalid bytes are in a text or a name, and must not lose the state of a message.
        opened: Any = Path(source).open(encoding="utf-8-sig", errors="replace", newline="")  # noqa: SIM115
    else:
        opened = nullcontext(source)
    with opened as lines:
        rows = _rows(iter(lines), table)
        del source, lines  # a list of lines would show in a traceback
        try:
            yield from rows
        except csv.Error as wrong:
            raise InvalidArgument(f"the log export is no CSV: {wrong}", argument="source") from None


def _rows(lines: Iterator[str], table: DeliveryErrors) -> Iterator[MessageStatus]:
    # Empty lines may precede the header.
    first = next((line for line in lines if line.strip("\ufeff \t\r\n\0")), None)
    if first is None:
        return
    first = private(first.removeprefix("\ufeff"))
    delimiter = max(",;\t|", key=lambda mark: len(_known(first.rstrip("\r\n").split(mark))))
    header = PrivateList(next(csv.reader([first], delimiter=delimiter)))
    known = _known(header)
    if "umid" not in known:
        # A name may be shown; anything else may be a number or a text, of a file without a header.
        shown = ", ".join(name if _is_column_name(name) else "?" for name in header[:30])
        msg = f"this is no log export: it has no column umid. Its columns are: {shown}"
        raise InvalidArgument(msg, argument="source")
    reader = csv.reader(map(methodcaller("replace", "\0", ""), lines), delimiter=delimiter)
    for cells in map(PrivateList, reader):
        # Concatenated files each have a header, possibly in another order.
        if (repeated := _known(cells)).keys() == known.keys():
            header, known = cells, repeated
        elif (row := _row(cells, header, known, table)) is not None:
            yield row


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
    cells: list[str], header: list[str], known: Mapping[str, int], table: DeliveryErrors
) -> MessageStatus | None:
    def cell(field: str) -> str | None:
        place = known.get(field)
        return _content(cells[place]) if place is not None and place < len(cells) else None

    umid = as_word(cell("umid"))
    if umid is None or (cell("direction") or "").lower() in _INBOUND:
        return None
    fields = {field: cell(field) for field in known}
    # Where other sources have no code, the log may have 0.
    fields["error_code"] = None if as_count(cell("error_code")) == 0 else cell("error_code")
    total, per_part = as_amount(cell("total")), as_amount(cell("per_part"))
    has_price = total is not None or per_part is not None
    mine = set(known.values())
    return status_from_fields(
        umid,
        fields,
        source="export",
        delivery_errors=table,
        price=Price(total, per_part, _currency(cell("currency"))) if has_price else None,
        extra={
            name: text for i, (name, text) in enumerate(zip(header, cells, strict=False)) if i not in mine
        },
    )


def _content(cell: str) -> str | None:
    cell = storable(cell.strip())
    return None if cell.lower() in _EMPTY else cell


def _currency(text: str | None) -> str | None:
    return text.upper() if text is not None and re.fullmatch("[A-Za-z]{3}", text) else None
