"""Notes for an exception that ends a call half-way: a signal, a cancellation, a failure afterwards."""

from __future__ import annotations


def note_under_way(stop: BaseException, client_message_id: str | None) -> None:
    """Add that a send was in flight."""
    which = f" (clientMessageId {client_message_id})" if client_message_id else ""
    stop.add_note(f"connect-sms: a send was under way{which}; it may have been sent")


def note_accepted(stop: BaseException, umid: str) -> None:
    """Add that the message was accepted."""
    stop.add_note(f"connect-sms: the message was accepted under the UMID {umid}")
