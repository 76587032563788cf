"""The message store interface that a client uses. `connect_sms.receipts.ReceiptStore` implements it.

With one, each send is recorded before its first byte leaves and again after its answer, waiting checks
receipts before it sends a status request, and all processes on the same store share 8x8's limit on those.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from connect_sms._lazy import LazyModule

from .providers import PROVIDER

if TYPE_CHECKING:
    from . import sent
    from . import status as message_status
else:  # for `typing.get_type_hints`
    sent = LazyModule("connect_sms.models.sent")
    message_status = LazyModule("connect_sms.models.status")


class SendJournal(Protocol):
    """Where messages are recorded before they are sent, and what came of them afterwards.

    Its methods may block for the seconds given as ``timeout``, those that are left of the caller's time, and
    decide themselves when that is None. Each may raise `StoreUnavailable`.
    """

    def hand_over(
        self, messages: Sequence[sent.SentMessage], /, *, deadline: datetime, timeout: float | None
    ) -> object:
        """Record messages that are about to be sent; durable on return. If it raises, none stays recorded.

        Each is identified in the calls that follow by its `client_message_id` and `sent_at`, which must
        therefore stay the same.

        Until `record_sent` or `withdraw` they are being handed over by this process; once it is gone, or the
        deadline has passed, what became of them is unknown.

        Args:
            messages: The messages, with the outcome ``HANDING_OVER``.
            deadline: When the send has ended at the latest, in UTC.
            timeout: See `SendJournal`.
        """
        ...

    def record_sent(self, messages: Sequence[sent.SentMessage], /, *, timeout: float | None) -> object:
        """Record what came of messages submitted to 8x8; durable on return."""
        ...

    def withdraw(self, messages: Sequence[sent.SentMessage], /, *, timeout: float | None) -> object:
        """Remove the records of messages that were handed over and certainly not sent."""
        ...


@runtime_checkable
class MessageStore(SendJournal, Protocol):
    """A message store. What is said of the methods of a `SendJournal` holds for these, too."""

    def record(self, statuses: Sequence[message_status.MessageStatus], /, *, timeout: float | None) -> object:
        """Store the results of status requests; durable on return."""
        ...

    def status(
        self, umid: str, /, *, provider: str = PROVIDER, timeout: float | None = None
    ) -> message_status.MessageStatus | None:
        """The status of a message, merged from all that is known of it; None when nothing is."""
        ...

    def reserve_status_slot(self, sub_account_id: str, interval: float, /, *, timeout: float | None) -> float:
        """Reserve the next free moment for a status request: seconds to wait until then."""
        ...
