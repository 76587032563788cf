"""What goes back: bodies in the service's shapes, and the answers of faults that leave nothing of them."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from email.utils import formatdate
from typing import TYPE_CHECKING, Any, Final, Literal

from .clock import stamp
from .journeys import error_reason
from .jsons import dumps
from .places import country_of
from .rules import REASONS

if TYPE_CHECKING:
    from .faults import Fault
    from .messages import Message
    from .rules import Submission
    from .settings import Settings

__all__ = [
    "Reply",
    "batch_body",
    "bounded",
    "error",
    "fault_reply",
    "rate_limited",
    "single_body",
    "status_body",
]

JSON: Final = "application/json; charset=utf-8"
HTML: Final = "text/html; charset=utf-8"
GATEWAY_PAGE: Final = (
    b"<!DOCTYPE html><html><head><title>Gateway</title></head><body><h1>It did not work</h1></body></html>"
)
_QUEUED: Final = {"code": "QUEUED", "description": "Accepted and waiting to be sent"}
_MASKED_BODY: Final = "**MASKED**"
_MASKED_DIGITS: Final = 4

_CODES: Final = {
    400: 1000,
    401: 1200,
    403: 1201,
    404: 1300,
    405: 2001,
    410: 1300,
    422: 1000,
    426: 1014,
    429: 429,
}
_INTERNAL: Final = 2000


@dataclass(slots=True)
class Reply:
    """An answer and how it is to be put on the wire.

    Attributes:
        status: HTTP status.
        body: the whole body.
        headers: further headers.
        content_type: of the body.
        hold: real seconds to wait first.
        ending: how it ends: ``whole``; ``none``: nothing is sent; ``part``: only half of the body is sent.
            After the latter two the connection is closed, or reset if ``reset``.
        reset: whether the connection is reset (RST) at the end.
        declared: the Content-Length to declare when it is not that of the body.
        refused: stands for a connection that was never made.
    """

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = JSON
    hold: float = 0.0
    ending: Literal["whole", "none", "part"] = "whole"
    reset: bool = False
    declared: int | None = None
    refused: bool = False

    @property
    def is_ordinary(self) -> bool:
        """Whether any HTTP server can send it as it is."""
        return self.ending == "whole" and self.declared is None


def error(
    status: int, code: int | None, message: str, now: float, *, headers: tuple[tuple[str, str], ...] = ()
) -> Reply:
    """An error in the documented shape."""
    identifier = uuid.uuid4()
    body = {
        "code": _CODES.get(status, _INTERNAL) if code is None else code,
        "message": message,
        "errorId": str(identifier),
        "timestamp": stamp(now, (7, 2, 0)[identifier.int % 3]),
    }
    return Reply(status, dumps(body), headers)


def single_body(message: Message, written: str, encoding: str) -> dict[str, Any]:
    """The answer about one message. The destination is given back as the caller wrote it."""
    reason = message.rejection
    content = message.content
    return {
        "umid": message.umid,
        "clientMessageId": message.client_message_id,
        "destination": written,
        "encoding": encoding if content is None else content.encoding,
        "status": _QUEUED if reason is None else {"code": "REJECTED", "description": REASONS[reason]},
    }


def batch_body(submission: Submission) -> dict[str, Any]:
    """The answer about a batch; ``messages`` is null unless the caller asked for it."""
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


def status_body(message: Message, settings: Settings, now: float) -> dict[str, Any]:
    """The answer to a status request."""
    since, stop = message.stop_at(now)
    number = message.destination
    terms = message.terms
    return {
        "umid": message.umid,
        "subAccountId": terms.sub_account,
        "direction": "outbound",
        "country": country_of(message.digits) if message.accepted else None,
        "status": {
            "state": stop.state,
            "detail": stop.detail,
            "errorCode": stop.code,
            "errorMessage": error_reason(stop.code),
            "timestamp": message.stamp(since),
        },
        "msisdn": number[:-_MASKED_DIGITS] + "x" * _MASKED_DIGITS if settings.masked else number,
        "source": message.source,
        "body": _MASKED_BODY if settings.masked else message.text,
        "encoding": message.content.encoding if message.content else None,
        "createdAt": message.stamp(terms.created),
        "smsCount": message.parts,
        "price": settings.price_of(message.parts if stop.charged else 0),
        "clientMessageId": message.client_message_id,
        "clientBatchId": terms.client_batch_id,
        "batchId": terms.batch_id,
    }


def fault_reply(fault: Fault, now: float, settings: Settings) -> Reply:
    """The bad answer of a fault that leaves nothing of the right one."""
    answer = fault.answer
    if answer == "error":
        return _error_of(fault, now)
    if answer == "reset":
        return Reply(0, ending="none", reset=True)
    if answer == "close":
        return Reply(0, ending="none")
    if answer == "stall":
        return Reply(0, ending="none", hold=bounded(fault, 30.0, settings))
    if answer == "rate-limit":
        return rate_limited(
            fault.seconds if fault.seconds is not None else 1.0, now, form=fault.form or "seconds"
        )
    if answer == "old-tls":
        return error(426, 1014, "This TLS version is too old", now, headers=(("Upgrade", "TLS/1.3"),))
    return Reply(0, ending="none", reset=True, refused=True)


def rate_limited(seconds: float, now: float, *, form: str = "seconds") -> Reply:
    """A 429 that says how long to wait in seconds, as a date, or not at all."""
    wait = f"{seconds:g}"
    headers: tuple[tuple[str, str], ...] = ()
    if form == "seconds":
        headers = (("Retry-After", wait),)
    elif form == "date":
        # Read against the caller's clock, which is not the sandbox's.
        headers = (("Retry-After", formatdate(time.time() + seconds, usegmt=True)),)
    return error(429, 429, f"Over the rate limit; try again in {wait} s", now, headers=headers)


def _error_of(fault: Fault, now: float) -> Reply:
    if fault.body == "json":
        return error(fault.status, fault.code, "A fault that was asked for", now)
    body = GATEWAY_PAGE if fault.body == "html" else b""
    return Reply(fault.status, body, content_type=HTML)


def bounded(fault: Fault, default: float, settings: Settings) -> float:
    """Real seconds a fault holds an answer back."""
    return min(default if fault.seconds is None else fault.seconds, settings.max_stall)
