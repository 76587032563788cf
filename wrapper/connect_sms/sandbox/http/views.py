"""The control endpoints' JSON of messages, requests and attempts to post."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from connect_sms.sandbox.messages import SandboxMessage
    from connect_sms.sandbox.request_log import RequestRecord


def shown_state(message: SandboxMessage) -> str:
    """The state of a message; ``rejected`` for one that was rejected at submit."""
    return message.state if message.accepted else "rejected"


def message_view(message: SandboxMessage, *, reveal: bool) -> dict[str, Any]:
    """A message for a list: number and text only if ``reveal``."""
    shared, segments = message.shared, message.segments
    since, current = message.state_at(shared.context.clock.now())
    return {
        "index": message.index,
        "umid": message.umid,
        "destination": message.destination if reveal else message.masked,
        "text": message.text if reveal else None,
        "characters": len(message.text),
        "source": message.source,
        "clientMessageId": message.client_message_id,
        "batchId": shared.batch_id,
        "encoding": segments.encoding if segments else None,
        "parts": message.parts,
        "cut": message.was_cut,
        "created": shared.created,
        "state": current.state if message.accepted else "rejected",
        "detail": current.detail,
        "errorCode": current.code,
        "since": since,
        "rejection": message.rejection,
        "scenario": message.scenario.title,
    }


def request_view(record: RequestRecord) -> dict[str, Any]:
    """A request."""
    shown = asdict(record)
    del shown["seconds"]
    return shown
