"""The report of a reconciliation: its rows, which are read from the store, and its sums, which are held."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from connect_sms.models.calling_codes import country_of
from connect_sms.models.outcomes import Outcome
from connect_sms.models.redaction import mask

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from connect_sms.models.status import Price
    from connect_sms.receipts import Standing, Store

    from .reconciling import Findings
    from .tally import Tally

__all__ = ["Report", "Row", "standings_of"]


def _masked(number: str | None) -> str:
    return "None" if number is None else mask(number)


@attrs.frozen(kw_only=True)
class Row:
    """What became of one recipient.

    Attributes:
        destination: The number; None when only 8x8 knows it.
        country: ISO 3166-1 alpha-2, by the calling code; a code that countries share counts as the largest
            (``US`` for all of +1).
        outcome: Where the message stands.
        code: 8x8's delivery error code.
        reason: Why it was not delivered.
        category: What the failure asks for.
        advice: The same as a sentence.
        sent_at: When it was handed to 8x8, in UTC.
        observed_at: When 8x8 saw that outcome, in UTC.
        seconds: From the one to the other; None when either is not known, and never below 0.
        parts: Parts sent and paid for.
        price: What it cost.
        umid: 8x8's id of the message; None when it is not known.
        client_message_id: The id the message carried.
        batch_id: 8x8's id of its batch.
        client_batch_id: The id its batch carried.
    """

    destination: str | None = attrs.field(repr=_masked)
    country: str | None
    outcome: Outcome
    code: int | None
    reason: str | None
    category: str | None
    advice: str | None = attrs.field(repr=False)
    sent_at: datetime | None
    observed_at: datetime | None
    seconds: float | None
    parts: int | None
    price: Price | None
    umid: str | None
    client_message_id: str | None
    batch_id: str | None = attrs.field(repr=False)
    client_batch_id: str | None = attrs.field(repr=False)

    @classmethod
    def of(cls, standing: Standing) -> Row:
        """The row of a message."""
        error = standing.error
        seconds = None
        if standing.sent_at is not None and standing.observed_at is not None:
            # Two clocks are compared, and a message cannot arrive before it was sent.
            seconds = max((standing.observed_at - standing.sent_at).total_seconds(), 0.0)
        number = standing.destination
        return cls(
            destination=number,
            country=None if number is None else country_of(number.removeprefix("+")),
            outcome=standing.outcome,
            code=standing.error_code,
            reason=error.reason if error is not None else _own_reason(standing),
            category=None if error is None else error.category.value,
            advice=None if error is None else error.advice,
            sent_at=standing.sent_at,
            observed_at=standing.observed_at,
            seconds=seconds,
            parts=standing.parts,
            price=standing.price,
            umid=standing.umid or None,
            client_message_id=standing.client_message_id,
            batch_id=standing.batch_id,
            client_batch_id=standing.client_batch_id,
        )


def _own_reason(standing: Standing) -> str | None:
    if standing.outcome is Outcome.NO_RECEIPT:
        return "no receipt within 48 h"
    # Of a message that has since moved on, the reason of a lost answer has passed.
    return standing.reason if standing.outcome in {Outcome.REJECTED, Outcome.UNKNOWN} else None


def standings_of(
    store: Store, sent_since: datetime | None, sent_until: datetime | None, *, include_others: bool
) -> Iterator[Standing]:
    """The messages that a report is of."""
    for standing in store.standings(sent_after=sent_since, sent_before=sent_until):
        if include_others or standing.sent_at is not None:
            yield standing


@attrs.frozen(kw_only=True)
class Report:
    """What became of everything that was sent in a span of time.

    Attributes:
        sent_since: The beginning of the span.
        sent_until: Its end, which is not part of it.
        made_at: When this was found out, in UTC.
        tally: The sums.
        findings: What was done to find out.
        include_others: Whether messages count that only receipts or 8x8's log told of.
        store: Where the rows are.
    """

    sent_since: datetime
    sent_until: datetime
    made_at: datetime
    tally: Tally
    findings: Findings
    include_others: bool = False
    store: Store = attrs.field(repr=False, eq=False)

    def rows(self) -> Iterator[Row]:
        """Every recipient, each once, in no particular order; read from the store as it is now."""
        for standing in self.standings():
            yield Row.of(standing)

    def standings(self) -> Iterator[Standing]:
        """The same as they stand in the store."""
        return standings_of(self.store, self.sent_since, self.sent_until, include_others=self.include_others)
