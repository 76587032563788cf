"""The message store interface that a client uses. `connect_sms.receipts.ReceiptStore` implements it.

With one, each send is recorded, waiting checks receipts before it sends a status request, and all
processes on the same store share 8x8's limit on those.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from .providers import PROVIDER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .sent import SentMessage
    from .status import MessageStatus


@runtime_checkable
class MessageStore(Protocol):
    """A message store. Its methods may block briefly; each may raise `StoreUnavailable`."""

    def record_sent(self, messages: Sequence[SentMessage], /) -> object:
        """Store messages submitted to 8x8; durable on return."""
        ...

    def record(self, statuses: Sequence[MessageStatus], /) -> object:
        """Store the results of status requests; durable on return."""
        ...

    def status(self, umid: str, /, *, provider: str = PROVIDER) -> MessageStatus | None:
        """The status of a message, merged from all that is known of it; None when nothing is."""
        ...

    def reserve_status_slot(self, sub_account_id: str, interval: float, /) -> float:
        """Reserve the next free moment for a status request: seconds to wait until then."""
        ...
