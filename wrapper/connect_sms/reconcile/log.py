"""Reading 8x8's log export, row by row.

8x8 documents names for the columns, and not how the cells are written; nobody here has seen a file from a
live account. So a column is found by any of its likely names, in any order and however written, whatever
cannot be read is None, and columns that nobody knows are kept.
"""

from __future__ import annotations

import csv
import os
import re
from contextlib import nullcontext
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import attrs

from connect_sms._api.decoding import as_time
from connect_sms._validation.phone_numbers import check_destination
from connect_sms.errors.base import InvalidArgument
from connect_sms.models.delivery_errors import DeliveryErrors
from connect_sms.models.outcomes import classify
from connect_sms.models.status import Price
from connect_sms.receipts import Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

__all__ = ["ALIASES", "LogRow", "read_log"]

#: What each field may be called; compared without case, spaces and punctuation. The first is 8x8's own name.
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

_NOTHING: Final[Mapping[str, str]] = {}

#: What systems write where there is nothing.
_EMPTY: Final = frozenset({"", "null", "none", "nil", "n/a", "\\n"})

_INBOUND: Final = frozenset({"0", "inbound", "in", "mo"})

_LONGEST_ID: Final = 350
_LARGEST_COUNT: Final = 2**31 - 1
_LARGEST_EXPONENT: Final = 12

_not_storable: Final = re.compile("[\0\ud800-\udfff]")


@attrs.frozen(kw_only=True)
class LogRow:
    """What the log says of one message.

    Attributes:
        standing: Where the message stands, its ids, parts and price; ``source`` is ``export``. Its number is
            None where 8x8 masked it.
        country: Of the destination, as 8x8 wrote it.
        created_at: When 8x8 took the message, in UTC.
        error_message: 8x8's words for the delivery error.
        extra: Columns that are not known here, by their names in the file.
    """

    standing: Standing
    country: str | None = None
    created_at: datetime | None = None
    error_message: str | None = attrs.field(default=None, repr=False)
    extra: Mapping[str, str] = attrs.field(default=_NOTHING, repr=False)


def read_log(
    source: str | os.PathLike[str] | Iterable[str], *, delivery_errors: DeliveryErrors | None = None
) -> Iterator[LogRow]:
    """The messages of a log export, one at a time; a file of any size fits.

    Inbound messages are left out, and so are rows that name no message.

    Args:
        source: The CSV file of `SmsClient.download_log`, or its lines.
        delivery_errors: What each delivery error means; the shipped table when left out.

    Raises:
        InvalidArgument: It is no CSV, or has no column for 8x8's id of a message.
        OSError: The file cannot be read.
    """
    table = DeliveryErrors.default() if delivery_errors is None else delivery_errors
    if isinstance(source, str | os.PathLike):
        # Whatever does not decode is in a text or a name, and no reason to lose the state of a message.
        opened: Any = Path(source).open(encoding="utf-8-sig", errors="replace", newline="")  # noqa: SIM115
    else:
        opened = nullcontext(source)
    with opened as lines:
        try:
            yield from _rows(iter(lines), table)
        except csv.Error as wrong:
            raise InvalidArgument(f"the log export is no CSV: {wrong}", argument="source") from None


def _rows(lines: Iterator[str], table: DeliveryErrors) -> Iterator[LogRow]:
    # A line of nothing may stand before the header.
    first = next((line for line in lines if line.strip("\ufeff \t\r\n\0")), None)
    if first is None:
        return
    first = first.removeprefix("\ufeff")
    delimiter = max(",;\t|", key=lambda mark: len(_known(first.rstrip("\r\n").split(mark))))
    header = next(csv.reader([first], delimiter=delimiter))
    known = _known(header)
    if "umid" not in known:
        shown = ", ".join(name[:40] for name in header[:30])
        msg = f"this is no log export: it has no column umid. Its columns are: {shown}"
        raise InvalidArgument(msg, argument="source")
    reader = csv.reader((line.replace("\0", "") for line in lines), delimiter=delimiter)
    for cells in reader:
        # Where several files were put together, each brings its header, perhaps in another order.
        if (repeated := _known(cells)).keys() == known.keys():
            header, known = cells, repeated
        elif (row := _row(cells, header, known, table)) is not None:
            yield row


def _known(cells: list[str]) -> dict[str, int]:
    """The place of each field whose name stands in a header; of several likely names the likeliest."""
    found: dict[str, int] = {}
    words = [re.sub(r"[\W_]+", "", cell).lower() for cell in cells]
    for field, aliases in ALIASES.items():
        place = next((words.index(alias) for alias in aliases if alias in words), None)
        if place is not None:
            found[field] = place
    return found


def _row(
    cells: list[str], header: list[str], known: Mapping[str, int], table: DeliveryErrors
) -> LogRow | None:
    def cell(field: str) -> str | None:
        place = known.get(field)
        return _said(cells[place]) if place is not None and place < len(cells) else None

    umid = _id(cell("umid"))
    if umid is None or (cell("direction") or "").lower() in _INBOUND:
        return None
    state, detail, code = _id(cell("state")), _id(cell("detail")), _count(cell("error_code"))
    outcome, error = classify(state, detail, code, table)
    mine = set(known.values())
    price = Price(_amount(cell("total")), _amount(cell("per_part")), _currency(cell("currency")))
    return LogRow(
        standing=Standing(
            umid=umid,
            outcome=outcome,
            error=error,
            state=state,
            detail=detail,
            error_code=code or None,
            observed_at=as_time(cell("observed_at")),
            source="export",
            client_message_id=_id(cell("client_message_id")),
            batch_id=_id(cell("batch_id")),
            client_batch_id=_id(cell("client_batch_id")),
            sub_account_id=_id(cell("sub_account_id")),
            destination=_number(cell("destination")),
            sender=_id(cell("sender")),
            parts=_count(cell("parts")),
            price=None if price.total is None and price.per_part is None else price,
        ),
        country=cell("country"),
        created_at=as_time(cell("created_at")),
        error_message=cell("error_message"),
        extra={
            name: text for i, (name, text) in enumerate(zip(header, cells, strict=False)) if i not in mine
        },
    )


def _said(text: str) -> str | None:
    text = _not_storable.sub("\ufffd", text.strip())
    return None if text.lower() in _EMPTY else text


def _id(text: str | None) -> str | None:
    return text if text is not None and len(text) <= _LONGEST_ID else None


def _count(text: str | None) -> int | None:
    found = re.fullmatch(r"([0-9]{1,10})(?:\.0+)?", text or "", re.ASCII)
    number = int(found[1]) if found else None
    return number if number is not None and number <= _LARGEST_COUNT else None


def _amount(text: str | None) -> Decimal | None:
    try:
        amount = Decimal(text or "")
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and abs(amount.adjusted()) <= _LARGEST_EXPONENT else None


def _currency(text: str | None) -> str | None:
    return text.upper() if text is not None and re.fullmatch("[A-Za-z]{3}", text) else None


def _number(text: str | None) -> str | None:
    """A number as ``+`` and digits; None for one that is masked."""
    try:
        return f"+{check_destination(text).removeprefix('+')}"
    except InvalidArgument:
        return None
