"""The record of a send: the message and its answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import attrs

from .outcomes import Outcome
from .providers import PROVIDER
from .readers import as_phone_number, as_utc
from .redaction import mask
from .reprs import shown_number, shown_time
from .status import MessageStatus


@attrs.frozen(kw_only=True)
class SentMessage:
    """A message that was submitted to 8x8, and its answer.

    Attributes:
        provider: The SMS provider.
        client_message_id: The id the message carried; it matches receipts when `umid` is None.
        umid: The provider's id of the message; None when the answer was lost or held none.
        destination: The number.
        sub_account_id: The sub-account it was sent from.
        sent_at: When, in UTC; a time without an offset is taken as UTC.
        outcome: ``QUEUED`` when it was accepted, ``REJECTED``, ``UNKNOWN`` when the answer was lost, or
            ``HANDING_OVER`` before there can be one.
        reason: Why it was rejected or is unknown.
        batch_id: 8x8's id of its batch.
        client_batch_id: The id its batch carried.
        parts: Parts it was computed to need.
    """

    provider: str = attrs.field(default=PROVIDER, repr=False)
    client_message_id: str
    umid: str | None = None
    destination: str = attrs.field(repr=mask)
    sub_account_id: str | None = None
    sent_at: datetime = attrs.field(converter=as_utc)
    outcome: Outcome = Outcome.QUEUED
    reason: str | None = attrs.field(default=None, repr=False)
    batch_id: str | None = None
    client_batch_id: str | None = None
    parts: int | None = None

    def to_status(self) -> MessageStatus:
        """The status of the message according to the answer to its send."""
        return MessageStatus(
            provider=self.provider,
            umid=self.umid or "",
            outcome=self.outcome,
            source="sent",
            client_message_id=self.client_message_id,
            batch_id=self.batch_id,
            client_batch_id=self.client_batch_id,
            sub_account_id=self.sub_account_id,
            destination=as_phone_number(self.destination) or self.destination,
            parts=self.parts,
            sent_at=self.sent_at,
            reason=self.reason,
            direction="outbound",
        )

    def to_dict(self, *, show_numbers: bool = False) -> dict[str, Any]:
        """The record, ready for JSON.

        Args:
            show_numbers: Write the phone number whole, not masked.
        """
        return {
            "provider": self.provider,
            "client_message_id": self.client_message_id,
            "umid": self.umid,
            "destination": shown_number(self.destination, show_numbers=show_numbers),
            "sub_account_id": self.sub_account_id,
            "sent_at": shown_time(self.sent_at),
            "outcome": self.outcome.value,
            "reason": self.reason,
            "batch_id": self.batch_id,
            "client_batch_id": self.client_batch_id,
            "parts": self.parts,
        }
