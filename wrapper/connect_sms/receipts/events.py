"""Events: what 8x8 posts to a webhook.

An event is a delivery receipt, an inbound message, a click on a short link, or an `UnknownEvent` with the
reason why it is none of them.
Each keeps the received body. 8x8 sends no event id and may repeat and reorder; `connect_sms.receipts.merge`
makes one status of several.
"""

# ruff: noqa: TC001  at run time too, so that `typing.get_type_hints` finds every name

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeAlias

import attrs

from connect_sms.models.reprs import length_only, masked, shown_number, shown_time, size_only
from connect_sms.models.status import MessageStatus, Price


@attrs.frozen(kw_only=True)
class DeliveryReceipt:
    """8x8 reports the status of a message.

    Attributes:
        status: The reported status. Its destination is None when 8x8 masked it or wrote none.
        raw: The body as received. For a list in one body, this entry.
        content_type: Its Content-Type header.
    """

    status: MessageStatus
    raw: bytes = attrs.field(default=b"", repr=size_only)
    content_type: str | None = attrs.field(default=None, repr=False)

    @property
    def umid(self) -> str:
        """8x8's id of the message."""
        return self.status.umid

    def to_dict(self, *, show_numbers: bool = False) -> dict[str, Any]:
        """The event, ready for JSON, without the body. The status is in it; see `MessageStatus.to_dict`.

        Args:
            show_numbers: Write phone numbers whole, not masked.
        """
        return {"type": "receipt", "status": self.status.to_dict(show_numbers=show_numbers)}


@attrs.frozen(kw_only=True)
class InboundMessage:
    """A message to one of your numbers.

    Attributes:
        umid: 8x8's id of the message.
        source: The number it came from, as 8x8 wrote it.
        destination: The number it was sent to.
        text: The text.
        sub_account_id: The sub-account of that number.
        sent_at: 8x8's timestamp of it, in UTC.
        encoding: ``GSM7`` or ``UCS2``.
        parts: Parts it came in.
        price: What it cost.
        raw: The body as received. For a list in one body, this entry.
        content_type: Its Content-Type header.
    """

    umid: str
    source: str | None = attrs.field(repr=masked)
    destination: str | None = attrs.field(repr=masked)
    text: str = attrs.field(repr=length_only)
    sub_account_id: str | None = None
    sent_at: datetime | None = None
    encoding: str | None = None
    parts: int | None = None
    price: Price | None = attrs.field(default=None, repr=False)
    raw: bytes = attrs.field(default=b"", repr=size_only)
    content_type: str | None = attrs.field(default=None, repr=False)

    def to_dict(self, *, show_numbers: bool = False) -> dict[str, Any]:
        """The event, ready for JSON, without the text and the body.

        Args:
            show_numbers: Write phone numbers whole, not masked.
        """
        return {
            "type": "inbound",
            "umid": self.umid,
            "source": shown_number(self.source, show_numbers=show_numbers),
            "destination": shown_number(self.destination, show_numbers=show_numbers),
            "sub_account_id": self.sub_account_id,
            "sent_at": shown_time(self.sent_at),
            "encoding": self.encoding,
            "parts": self.parts,
            "price": None if self.price is None else self.price.to_dict(),
        }


@attrs.frozen(kw_only=True)
class LinkClick:
    """A recipient has opened a short link in a message. It says nothing of the message's delivery.

    Attributes:
        umid: 8x8's id of the message.
        event_id: 8x8's id of the click.
        destination: The number that the message was sent to, as 8x8 wrote it.
        short_url: The link in the message.
        target_url: Where it leads.
        occurred_at: 8x8's time of the click, in UTC.
        raw: The body as received. For a list in one body, this entry.
        content_type: Its Content-Type header.
    """

    umid: str
    event_id: str | None = None
    destination: str | None = attrs.field(default=None, repr=masked)
    short_url: str | None = attrs.field(default=None, repr=length_only)
    target_url: str | None = attrs.field(default=None, repr=length_only)
    occurred_at: datetime | None = None
    raw: bytes = attrs.field(default=b"", repr=size_only)
    content_type: str | None = attrs.field(default=None, repr=False)

    def to_dict(self, *, show_numbers: bool = False) -> dict[str, Any]:
        """The event, ready for JSON, without the body and the links, which are a part of the text.

        Args:
            show_numbers: Write phone numbers whole, not masked.
        """
        return {
            "type": "click",
            "umid": self.umid,
            "event_id": self.event_id,
            "destination": shown_number(self.destination, show_numbers=show_numbers),
            "occurred_at": shown_time(self.occurred_at),
        }


@attrs.frozen(kw_only=True)
class UnknownEvent:
    """Any other or damaged body. The store keeps it in quarantine.

    Attributes:
        reason: Why it is no event that is known; quotes no personal data.
        raw: The body as received. For a list in one body, this entry.
        content_type: Its Content-Type header.
    """

    reason: str
    raw: bytes = attrs.field(default=b"", repr=size_only)
    content_type: str | None = attrs.field(default=None, repr=False)

    def to_dict(self, *, show_numbers: bool = False) -> dict[str, Any]:  # noqa: ARG002  as the other events
        """The event, ready for JSON, without the body."""
        return {
            "type": "unknown",
            "reason": self.reason,
            "bytes": len(self.raw),
            "content_type": self.content_type,
        }


Event: TypeAlias = DeliveryReceipt | InboundMessage | LinkClick | UnknownEvent
