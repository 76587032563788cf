"""The columns in which the status of a message is stored: one table, the source of all else.

`connect_sms.receipts.merge` uses it in Python, and the SQL of the store (schema, insert, merge, select) is
generated from it, so that both follow one rule.
"""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from connect_sms.models.outcomes import Outcome
from connect_sms.models.readers import MAX_COUNT, as_phone_number, as_utc, storable
from connect_sms.models.status import MessageStatus, Price
from connect_sms.store.schema import Column, time_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from connect_sms.models.delivery_errors import DeliveryError
    from connect_sms.store.schema import ColumnType

_is_digits = re.compile(r"\+?[0-9]+").fullmatch
_PLACES: Final = {outcome: place for place, outcome in enumerate(Outcome)}


def _unchanged(value: Any) -> Any:  # noqa: ANN401  whatever is stored
    return value


def _none_if_empty(text: str | None) -> str | None:
    return text or None


class StatusColumn(NamedTuple):
    """One column of a stored status.

    Attributes:
        name: Its name in the table.
        stored: Gets the value to store from a status; None when there is none.
        type: ``TEXT`` or ``BIGINT``.
        load: Converts the stored value to the attribute of the status.
        required: True when every status has one.
    """

    name: str
    stored: Callable[[MessageStatus], str | int | None]
    type: ColumnType = "TEXT"
    load: Callable[[Any], Any] = _unchanged
    required: bool = False

    @property
    def minimum(self) -> str | int:
        """Replaces None in comparisons; below every other value."""
        return "" if self.type == "TEXT" else -1

    def sort_key(self, status: MessageStatus) -> Any:  # noqa: ANN401  all str or all int, as the column is
        """The sort key of its values."""
        value = self.stored(status)
        return self.minimum if value is None else value

    @property
    def column(self) -> Column:
        """The column for the schema."""
        return Column(self.name, self.type, self.required)


def _text(name: str) -> StatusColumn:
    def stored(status: MessageStatus) -> str | None:
        # None and "" must be the same, or two equal statuses could differ.
        value: str | None = getattr(status, name)
        return storable(value) or None if value else None

    return StatusColumn(name, stored)


def _count(name: str) -> StatusColumn:
    def stored(status: MessageStatus) -> int | None:
        value: int | None = getattr(status, name)
        return value if value is not None and 0 <= value <= MAX_COUNT else None

    return StatusColumn(name, stored, "BIGINT")


def _time(name: str) -> StatusColumn:
    def stored(status: MessageStatus) -> str | None:
        value: datetime | None = getattr(status, name)
        return None if value is None else time_text(as_utc(value))

    return StatusColumn(name, stored, load=_load_time)


def _load_time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _rank(status: MessageStatus) -> int:
    return status.outcome.rank


def _place(status: MessageStatus) -> int:
    return _PLACES[status.outcome]


def _source(status: MessageStatus) -> str:
    return status.source


def stored_number(number: str | None) -> str | None:
    """A phone number as it is stored; None for a masked one, which must not replace the whole one."""
    if number is None:
        return None
    return as_phone_number(number) or (number if _is_digits(number) else None)


def _destination(status: MessageStatus) -> str | None:
    # 8x8 masks numbers in the answer to a status request.
    return stored_number(status.destination)


def _stored_price(status: MessageStatus) -> str | None:
    # Total, per part and currency in one text, so that two prices are never mixed.
    price = status.price
    if price is None:
        return None
    total = "-" if price.total is None else price.total
    per_part = "-" if price.per_part is None else price.per_part
    return storable(f"{total} {per_part} {price.currency or '-'}")


def _load_price(text: str | None) -> Price | None:
    if text is None:
        return None
    total, per_part, currency = (None if word == "-" else word for word in text.split(" ", 2))
    return Price(
        None if total is None else Decimal(total), None if per_part is None else Decimal(per_part), currency
    )


ORDER: Final = (
    StatusColumn("rank", _rank, "BIGINT", required=True),
    StatusColumn("place", _place, "BIGINT", required=True),
    _time("observed_at"),
    _count("error_code"),
    _text("detail"),
    _text("state"),
    StatusColumn("source", _source, required=True),
)
"""The columns that order two statuses of a message, most significant first."""

CLIENT_MESSAGE_ID: Final = _text("client_message_id")._replace(load=_none_if_empty)
"""Your own id, by which messages with one UMID are told apart."""

MERGED: Final = (
    _text("batch_id"),
    _text("client_batch_id"),
    _text("sub_account_id"),
    StatusColumn("destination", _destination),
    _text("sender"),
    _count("parts"),
    StatusColumn("price", _stored_price, load=_load_price),
    _time("sent_at"),
    _text("reason"),
)
"""The other columns of a message; each keeps its greatest value."""

# Rank and place follow from the outcome.
_LOADED: Final = (*ORDER[2:], CLIENT_MESSAGE_ID, *MERGED)


def status_from_stored(
    provider: str, umid: str, outcome: Outcome, error: DeliveryError | None, stored: Mapping[str, Any]
) -> MessageStatus:
    """A status from its stored values.

    Args:
        provider: The SMS provider.
        umid: The provider's id of it.
        outcome: The outcome.
        error: Why it was not delivered.
        stored: The value of each column.
    """
    loaded = {column.name: column.load(stored[column.name]) for column in _LOADED}
    return MessageStatus(provider=provider, umid=umid, outcome=outcome, error=error, **loaded)
