"""One truth for each message, whatever the order in which news of it came, and however often.

Receipts, status calls, 8x8's log export and the answer to the send each say where a message stands. Each
becomes a `Standing`, and `fold` makes one of them all: the greatest by `order_key`. Since that order is
total, neither the sequence nor repetition of events can change the result. Ids, number, sender and price are
gathered from all of them, by rules that know no sequence either.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, TypeAlias

import attrs

from connect_sms.models.outcomes import Outcome
from connect_sms.models.redaction import mask
from connect_sms.receipts import _fields as fields

from ._columns import GATHERED, ORDER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from connect_sms.models.delivery_errors import DeliveryError
    from connect_sms.models.status import MessageStatus, Price

    from .events import DeliveryReceipt

__all__ = ["SentRow", "Source", "Standing", "fold", "order_key"]

Source: TypeAlias = Literal["receipt", "status", "export", "sent"]


def _masked(number: str | None) -> str:
    return "None" if number is None else mask(number)


def _word(value: str | None) -> str | None:
    # None and "" must be one and the same, or two equal standings could differ.
    return (fields.storable(value) or None) if value else None


def _id(value: str) -> str:
    return fields.storable(value)


def _utc_or_none(value: datetime | None) -> datetime | None:
    return None if value is None else _utc(value)


def _whole(value: int | None) -> int | None:
    return value if value is not None and 0 <= value <= fields.LARGEST_COUNT else None


def _utc(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


@attrs.frozen(kw_only=True)
class SentRow:
    """A message that was handed to 8x8, and what its answer said.

    Attributes:
        client_message_id: The id the message carried; what joins it with its receipts when `umid` is None.
        umid: 8x8's id of the message; None when its answer was lost or held none.
        destination: The number.
        sub_account_id: The sub-account it was sent from.
        sent_at: When, in UTC (a time without an offset is taken as UTC).
        outcome: ``QUEUED`` for one that was accepted, ``REJECTED``, or ``UNKNOWN`` when the answer was lost.
        reason: Why it was rejected or is unknown.
        batch_id: 8x8's id of its batch.
        client_batch_id: The id its batch carried.
        parts: Parts it was worked out to need.
    """

    client_message_id: str = attrs.field(converter=_id)
    umid: str | None = attrs.field(default=None, converter=_word)
    destination: str = attrs.field(repr=_masked)
    sub_account_id: str | None = attrs.field(default=None, converter=_word)
    sent_at: datetime = attrs.field(converter=_utc)
    outcome: Outcome = Outcome.QUEUED
    reason: str | None = attrs.field(default=None, converter=_word, repr=False)
    batch_id: str | None = attrs.field(default=None, converter=_word)
    client_batch_id: str | None = attrs.field(default=None, converter=_word)
    parts: int | None = attrs.field(default=None, converter=_whole)


@attrs.frozen(kw_only=True)
class Standing:
    """Where a message stands, as one source said it or as all of them together say.

    Attributes:
        umid: 8x8's id of the message; empty for one that was sent and whose answer with the id was lost.
        outcome: Where it stands.
        error: Why it was not delivered and what to do about it; None when there is nothing wrong.
        state: 8x8's own word.
        detail: 8x8's own second word.
        error_code: 8x8's delivery error code.
        observed_at: When 8x8 saw that state, in UTC.
        source: Who said so.
        client_message_id: The id the message carried.
        batch_id: 8x8's id of its batch.
        client_batch_id: The id its batch carried.
        sub_account_id: The sub-account it was sent from.
        destination: The number.
        sender: The sender ID.
        parts: Parts sent and paid for.
        price: What it cost.
        sent_at: When it was handed to 8x8, in UTC; None when only receipts tell of it.
        reason: What the answer to the send said of a rejection or a loss.
    """

    umid: str = attrs.field(converter=_id)
    outcome: Outcome
    error: DeliveryError | None = None
    state: str | None = attrs.field(default=None, converter=_word)
    detail: str | None = attrs.field(default=None, converter=_word)
    error_code: int | None = attrs.field(default=None, converter=_whole)
    observed_at: datetime | None = attrs.field(default=None, converter=_utc_or_none)
    source: Source = "receipt"
    client_message_id: str | None = attrs.field(default=None, converter=_word)
    batch_id: str | None = attrs.field(default=None, converter=_word, repr=False)
    client_batch_id: str | None = attrs.field(default=None, converter=_word, repr=False)
    sub_account_id: str | None = attrs.field(default=None, converter=_word)
    destination: str | None = attrs.field(default=None, converter=_word, repr=_masked)
    sender: str | None = attrs.field(default=None, converter=_word, repr=_masked)
    parts: int | None = attrs.field(default=None, converter=_whole)
    price: Price | None = attrs.field(default=None, repr=False)
    sent_at: datetime | None = attrs.field(default=None, converter=_utc_or_none)
    reason: str | None = attrs.field(default=None, converter=_word, repr=False)

    @property
    def is_final(self) -> bool:
        """True when nothing else is to come, save that it was read."""
        return self.outcome.is_final

    @property
    def delivered(self) -> bool:
        """True when the handset has it. The operator having it is not enough."""
        return self.outcome in {Outcome.DELIVERED, Outcome.READ}

    @classmethod
    def from_receipt(cls, receipt: DeliveryReceipt) -> Standing:
        """What a receipt says."""
        return cls(
            umid=receipt.umid,
            outcome=receipt.outcome,
            error=receipt.error,
            state=receipt.state,
            detail=receipt.detail,
            error_code=receipt.error_code,
            observed_at=receipt.observed_at,
            source="receipt",
            client_message_id=receipt.client_message_id,
            batch_id=receipt.batch_id,
            client_batch_id=receipt.client_batch_id,
            sub_account_id=receipt.sub_account_id,
            destination=receipt.destination,
            sender=receipt.sender,
            parts=receipt.parts,
            price=receipt.price,
        )

    @classmethod
    def from_status(cls, status: MessageStatus) -> Standing:
        """What a status call says. Its number is left out when 8x8 masked it."""
        return cls(
            umid=status.umid,
            outcome=status.outcome,
            error=status.error,
            state=status.state,
            detail=status.detail,
            error_code=None if status.error is None else status.error.code,
            observed_at=status.observed_at,
            source="status",
            client_message_id=status.client_message_id,
            batch_id=status.batch_id,
            client_batch_id=status.client_batch_id,
            sub_account_id=status.sub_account_id,
            destination=fields.number(status.destination),
            sender=status.sender,
            parts=status.parts,
            price=status.price,
        )

    @classmethod
    def from_sent(cls, row: SentRow) -> Standing:
        """What the answer to the send says."""
        return cls(
            umid=row.umid or "",
            outcome=row.outcome,
            source="sent",
            client_message_id=row.client_message_id,
            batch_id=row.batch_id,
            client_batch_id=row.client_batch_id,
            sub_account_id=row.sub_account_id,
            destination=fields.number(row.destination) or row.destination,
            parts=row.parts,
            sent_at=row.sent_at,
            reason=row.reason,
        )


def order_key(standing: Standing) -> tuple[str | int, ...]:
    """What a standing is compared by. Two standings of one message with the same key say the same."""
    return tuple(column.weight(standing) for column in ORDER)


def fold(standings: Iterable[Standing]) -> Standing:
    """The one truth of several standings of a message, whatever their order and however often repeated.

    Raises:
        ValueError: There is none, or they are of different messages.
    """
    known = list(standings)
    if len({standing.umid for standing in known}) != 1:
        msg = "fold takes standings of one message" if known else "fold takes at least one standing"
        raise ValueError(msg)
    if len(known) == 1:
        return known[0]
    gathered = {column.name: getattr(max(known, key=column.weight), column.name) for column in GATHERED}
    return attrs.evolve(max(known, key=order_key), **gathered)
