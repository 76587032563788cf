"""The bodies of successful responses, in the shapes of the service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from connect_sms.models.calling_codes import country_of
from connect_sms.sandbox.scenarios import error_reason

from .submissions import REASONS

if TYPE_CHECKING:
    from connect_sms.sandbox.messages import SandboxMessage
    from connect_sms.sandbox.settings import SandboxSettings

    from .submissions import Submission

_QUEUED: Final = {"code": "QUEUED", "description": "Accepted and waiting to be sent"}
_MASKED_BODY: Final = "**MASKED**"
_MASKED_DIGITS: Final = 4


def single_body(message: SandboxMessage, destination: str, encoding: str) -> dict[str, Any]:
    """The response about one message.

    Args:
        message: The message.
        destination: Its destination as the caller wrote it.
        encoding: The requested encoding.
    """
    reason = message.rejection
    return {
        "umid": message.umid,
        "clientMessageId": message.client_message_id,
        "destination": destination,
        "encoding": encoding if message.segments is None else message.segments.encoding,
        "status": _QUEUED if reason is None else {"code": "REJECTED", "description": REASONS[reason]},
    }


def batch_body(submission: Submission) -> dict[str, Any]:
    """The response about a batch; ``messages`` is null unless requested."""
    messages = submission.messages
    rejected = sum(message.rejection is not None for message in messages)
    items: list[dict[str, Any]] | None = None
    if submission.itemised:
        items = list(map(single_body, messages, submission.written, submission.encodings))
    return {
        "batchId": submission.batch_id,
        "clientBatchId": submission.client_batch_id,
        "acceptedCount": len(messages) - rejected,
        "rejectedCount": rejected,
        "messages": items,
    }


def status_body(message: SandboxMessage, settings: SandboxSettings, now: float) -> dict[str, Any]:
    """The response to a status request."""
    since, current = message.state_at(now)
    number = message.destination
    shared = message.shared
    return {
        "umid": message.umid,
        "subAccountId": shared.sub_account,
        "direction": "outbound",
        "country": country_of(message.digits) if message.accepted else None,
        "status": {
            "state": current.state,
            "detail": current.detail,
            "errorCode": current.code,
            "errorMessage": error_reason(current.code),
            "timestamp": message.timestamp(since),
        },
        "msisdn": number[:-_MASKED_DIGITS] + "x" * _MASKED_DIGITS if settings.masked else number,
        "source": message.source,
        "body": _MASKED_BODY if settings.masked else message.text,
        "encoding": message.segments.encoding if message.segments else None,
        "createdAt": message.timestamp(shared.created),
        "smsCount": message.parts,
        "price": settings.price_of(message.parts if current.charged else 0),
        "clientMessageId": message.client_message_id,
        "clientBatchId": shared.client_batch_id,
        "batchId": shared.batch_id,
    }
