"""What a client tells a keeper of receipts, and asks it. `connect_sms.receipts.Store` is one.

With one, whatever is sent is written down, waiting looks at receipts before it spends a status request, and
all processes on the same store share 8x8's limit on those.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

import attrs

from .redaction import mask

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from .outcomes import Outcome
    from .status import MessageStatus


@attrs.frozen(kw_only=True)
class SentMessage:
    """A message that was handed to 8x8, and what its answer said.

    Attributes:
        client_message_id: The id the message carried.
        umid: 8x8's id of the message; None when its answer was lost or held none.
        destination: The number.
        sub_account_id: The sub-account it was sent from.
        sent_at: When, in UTC.
        outcome: ``QUEUED`` when it was accepted, ``REJECTED``, or ``UNKNOWN`` when the answer was lost.
        reason: Why it was rejected or is unknown.
        batch_id: 8x8's id of its batch.
        client_batch_id: The id its batch carried.
        parts: Parts it was worked out to need.
    """

    client_message_id: str
    umid: str | None
    destination: str = attrs.field(repr=mask)
    sub_account_id: str
    sent_at: datetime
    outcome: Outcome
    reason: str | None = None
    batch_id: str | None = None
    client_batch_id: str | None = None
    parts: int | None = None


@runtime_checkable
class MessageStore(Protocol):
    """A keeper of receipts. Its methods may block for a moment; each may raise `StoreUnavailable`."""

    def note_sent(self, notes: Sequence[SentMessage]) -> None:
        """These messages were handed to 8x8."""
        ...

    def note_status(self, status: MessageStatus) -> None:
        """A status request said this."""
        ...

    def latest(self, umid: str) -> MessageStatus | None:
        """Where a message stands, as far as it is known; None when nothing is."""
        ...

    def reserve_status_slot(self, sub_account_id: str, interval: float) -> float:
        """Take the next free moment for a status request: seconds to wait until then."""
        ...
