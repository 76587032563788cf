"""What of a standing is compared and what is gathered, in two lists.

The fold in Python goes by them, and the SQL of the store is written from them, so that both are one rule.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

from connect_sms.messages import Price
from connect_sms.outcomes import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from .folding import Standing

__all__ = ["GATHERED", "ORDER", "Column", "moment_text", "price_from", "price_text"]

_PLACES: Final = {outcome: place for place, outcome in enumerate(Outcome)}


class Column(NamedTuple):
    """One column of a stored standing.

    Attributes:
        name: Its name in the table.
        of: Its value of a standing; None where there is none.
        least: What stands for None when two are compared; below every other value.
    """

    name: str
    of: Callable[[Standing], str | int | None]
    least: str | int


ORDER: Final[tuple[Column, ...]] = (
    Column("rank", lambda standing: standing.outcome.rank, -1),
    Column("place", lambda standing: _PLACES[standing.outcome], -1),
    Column("observed_at", lambda standing: moment_text(standing.observed_at), ""),
    Column("error_code", lambda standing: standing.error_code, -1),
    Column("detail", lambda standing: standing.detail, ""),
    Column("state", lambda standing: standing.state, ""),
    Column("source", lambda standing: standing.source, ""),
)
"""What decides between two standings of a message, the weightiest first."""

GATHERED: Final[tuple[Column, ...]] = (
    Column("client_message_id", lambda standing: standing.client_message_id, ""),
    Column("batch_id", lambda standing: standing.batch_id, ""),
    Column("client_batch_id", lambda standing: standing.client_batch_id, ""),
    Column("sub_account_id", lambda standing: standing.sub_account_id, ""),
    Column("destination", lambda standing: standing.destination, ""),
    Column("sender", lambda standing: standing.sender, ""),
    Column("parts", lambda standing: standing.parts, -1),
    Column("price", lambda standing: price_text(standing.price), ""),
    Column("sent_at", lambda standing: moment_text(standing.sent_at), ""),
    Column("reason", lambda standing: standing.reason, ""),
)
"""What is known of a message apart from where it stands; of several values the greatest is kept."""


def moment_text(moment: datetime | None) -> str | None:
    """A UTC time as text of one length, so that texts sort as times do."""
    return None if moment is None else moment.isoformat(timespec="microseconds")


def price_text(price: Price | None) -> str | None:
    """A price as one text: total, per part and currency, with ``-`` for what is not known."""
    if price is None:
        return None
    amounts = ("-" if amount is None else str(amount) for amount in (price.total, price.per_part))
    return " ".join([*amounts, price.currency or "-"])


def price_from(said: str | None) -> Price | None:
    """The price in a text of `price_text`."""
    if said is None:
        return None
    total, per_part, currency = (None if word == "-" else word for word in said.split(" ", 2))
    return Price(
        None if total is None else Decimal(total), None if per_part is None else Decimal(per_part), currency
    )
