"""Made-up traffic: what a morning of messages to four countries might look like, from a seed."""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from connect_sms.models.delivery_errors import DeliveryErrors
from connect_sms.models.outcomes import Outcome, classify
from connect_sms.models.sent import SentMessage
from connect_sms.models.status import MessageStatus, Price

if TYPE_CHECKING:
    from collections.abc import Iterator

START = datetime(2026, 7, 1, 6, tzinfo=UTC)

#: Number ranges for fiction, with how often each is sent to, how often it fails, what a part costs.
ROUTES = (
    ("+4477009", 5, 50, 0.04, "0.0412", "GBP"),
    ("+1202555", 4, 30, 0.06, "0.0075", "USD"),
    ("+1415555", 4, 12, 0.09, "0.0079", "USD"),
)

#: States of those that are not delivered, with their weights.
FAILURES = (
    ("undelivered", "undelivered_to_recipient", 1, 30),
    ("undelivered", "undelivered_to_recipient", 46, 22),
    ("undelivered", "rejected_by_operator", 15, 14),
    ("undelivered", "undelivered_to_recipient", 36, 12),
    ("undelivered", "rejected_by_operator", 43, 9),
    ("undelivered", "undelivered_to_recipient", 59, 8),
    ("undelivered", "rejected_by_operator", 50, 5),
    ("undelivered", "undelivered_to_recipient", 7, 4),
)


def traffic(count: int, seed: int = 7) -> Iterator[tuple[SentMessage, MessageStatus | None]]:
    """Messages, each with what is known of it in the end; None for those of which nothing came back."""
    chance, table = random.Random(seed), DeliveryErrors.default()
    for place in range(count):
        prefix, digits, _, failing, price, currency = chance.choices(ROUTES, [r[2] for r in ROUTES])[0]
        number = f"{prefix}{_ending(chance, digits)}"
        sent_at = START + timedelta(seconds=place * 0.05)
        umid, own_id = f"umid-{seed}-{place}", f"message-{seed}-{place}"
        row = SentMessage(
            client_message_id=own_id, umid=umid, destination=number, sub_account_id="acme", sent_at=sent_at
        )
        state, detail, code = _end(chance, failing)
        if state is None:
            yield row, None
            continue
        took = math.exp(chance.gauss(1.4, 1.3))
        outcome, error = classify(state, detail, code, table)
        parts = chance.choice((1, 1, 1, 2))
        charged = outcome is not Outcome.REJECTED and detail != "rejected_by_operator"
        status = MessageStatus(
            umid=umid,
            outcome=outcome,
            error=error,
            state=state,
            detail=detail,
            error_code=code,
            observed_at=sent_at + timedelta(seconds=took),
            client_message_id=own_id,
            destination=number,
            parts=parts,
            price=Price(Decimal(price) * parts, Decimal(price), currency) if charged else None,
        )
        yield row, status


def _ending(chance: random.Random, digits: int) -> str:
    # 7700 900000 to 900999 in Britain, 555-0100 to 555-0199 in America.
    return f"00{chance.randrange(1000):03d}" if digits == 5 else f"01{chance.randrange(100):02d}"


def _end(chance: random.Random, failing: float) -> tuple[str | None, str | None, int | None]:
    if chance.random() < failing:
        state, detail, code, _ = chance.choices(FAILURES, [failure[3] for failure in FAILURES])[0]
        return state, detail, code
    return chance.choices(
        (
            ("delivered", "delivered_to_recipient", None),
            ("delivered", "delivered_to_operator", None),
            ("read", None, None),
            ("sent", None, None),
            (None, None, None),
        ),
        (90, 5, 2, 1, 2),
    )[0]
