"""What of a standing is compared and what is gathered, in two lists.

The fold in Python goes by them, and the SQL of the store is written from them, so that both are one rule.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from connect_sms.models.outcomes import Outcome
from connect_sms.models.status import Price

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from .folding import Standing

__all__ = ["GATHERED", "ORDER", "Column", "moment_text", "price_from", "price_text"]

_PLACES: Final = {outcome: place for place, outcome in enumerate(Outcome)}


def _rank(standing: Standing) -> int:
    return standing.outcome.rank


def _place(standing: Standing) -> int:
    return _PLACES[standing.outcome]


def _observed_at(standing: Standing) -> str | None:
    return moment_text(standing.observed_at)


def _sent_at(standing: Standing) -> str | None:
    return moment_text(standing.sent_at)


def _price(standing: Standing) -> str | None:
    return None if standing.price is None else price_text(standing.price)


# The columns that are stored in another form than the standing's own.
_READ: Final[dict[str, Callable[[Standing], str | int | None]]] = {
    "rank": _rank,
    "place": _place,
    "observed_at": _observed_at,
    "sent_at": _sent_at,
    "price": _price,
}


class Column(NamedTuple):
    """One column of a stored standing.

    Attributes:
        name: Its name in the table.
        least: What stands for None when two are compared; below every other value.
    """

    name: str
    least: str | int = ""

    def of(self, standing: Standing) -> str | int | None:
        """Its value of a standing; None where there is none."""
        read = _READ.get(self.name)
        value: str | int | None = getattr(standing, self.name) if read is None else read(standing)
        return value

    def weight(self, standing: Standing) -> Any:  # noqa: ANN401  all str or all int, as the column is
        """What its values are compared by."""
        value = self.of(standing)
        return self.least if value is None else value


ORDER: Final = (
    Column("rank", -1),
    Column("place", -1),
    Column("observed_at"),
    Column("error_code", -1),
    Column("detail"),
    Column("state"),
    Column("source"),
)
"""What decides between two standings of a message, the weightiest first."""

GATHERED: Final = (
    Column("client_message_id"),
    Column("batch_id"),
    Column("client_batch_id"),
    Column("sub_account_id"),
    Column("destination"),
    Column("sender"),
    Column("parts", -1),
    Column("price"),
    Column("sent_at"),
    Column("reason"),
)
"""What is known of a message apart from where it stands; of several values the greatest is kept."""


def moment_text(moment: datetime | None) -> str | None:
    """A UTC time as text of one length, so that texts sort as times do."""
    return None if moment is None else moment.isoformat(timespec="microseconds")


def price_text(price: Price) -> str:
    """A price as one text: total, per part and currency, with ``-`` for what is not known."""
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
