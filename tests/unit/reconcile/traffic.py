"""Made-up traffic to two countries, with every kind of end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import cycle, islice
from typing import TYPE_CHECKING

from connect_sms.models.delivery_errors import DeliveryErrors
from connect_sms.models.outcomes import Outcome, classify
from connect_sms.models.sent import SentMessage
from connect_sms.models.status import MessageStatus, Price

if TYPE_CHECKING:
    from collections.abc import Iterator

START = datetime(2026, 7, 1, 6, tzinfo=UTC)

#: Number ranges for fiction, with the price of a part.
ROUTES = (("+4477009{:05}", "0.0412", "GBP"), ("+120255501{:02}", "0.0075", "USD"))

#: State, detail and code in the end; None for a message of which nothing came back.
ENDS = (
    *[("delivered", "delivered_to_recipient", None)] * 7,
    ("delivered", "delivered_to_operator", None),
    ("read", None, None),
    ("sent", None, None),
    None,
    ("undelivered", "undelivered_to_recipient", 46),
    ("undelivered", "undelivered_to_recipient", 36),
    ("undelivered", "rejected_by_operator", 15),
    ("rejected", "rejected_by_operator", 50),
)


def traffic(count: int, seed: int = 7) -> Iterator[tuple[SentMessage, MessageStatus | None]]:
    """Messages, each with what is known of it in the end; the seed tells them from those of another."""
    for place, end in enumerate(islice(cycle(ENDS), count)):
        written, price, currency = ROUTES[place % 2]
        number, sent_at = written.format(place % 100), START + timedelta(seconds=place * 0.05)
        umid, own_id = f"umid-{seed}-{place}", f"message-{seed}-{place}"
        row = SentMessage(client_message_id=own_id, umid=umid, destination=number, sent_at=sent_at)
        if end is None:
            yield row, None
            continue
        state, detail, code = end
        outcome, error = classify(state, detail, code, DeliveryErrors.default())
        charged = outcome is not Outcome.REJECTED
        status = MessageStatus(
            umid=umid,
            outcome=outcome,
            error=error,
            state=state,
            detail=detail,
            error_code=code,
            observed_at=sent_at + timedelta(seconds=place % 90),
            client_message_id=own_id,
            destination=number,
            parts=2,
            price=Price(Decimal(price) * 2, Decimal(price), currency) if charged else None,
        )
        yield row, status
