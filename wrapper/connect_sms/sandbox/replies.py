"""What goes back: bodies in the service's shapes, and how a fault spoils them."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, replace
from email.utils import formatdate
from typing import TYPE_CHECKING, Any, Final, Literal

from .clock import stamp
from .journeys import error_reason
from .places import country_of
from .rules import REASONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from .faults import Fault
    from .messages import Message
    from .rules import Submission
    from .settings import Settings

try:
    import orjson
except ImportError:
    orjson = None  # type: ignore[assignment]

__all__ = ["Reply", "batch_body", "dumps", "error", "loads", "single_body", "spoil", "status_body"]

_JSON: Final = "application/json; charset=utf-8"
_HTML: Final = "text/html; charset=utf-8"
_GATEWAY_PAGE: Final = (
    b"<!DOCTYPE html><html><head><title>Gateway</title></head><body><h1>It did not work</h1></body></html>"
)
_QUEUED: Final = {"code": "QUEUED", "description": "Accepted and waiting to be sent"}
_MASKED_BODY: Final = "**MASKED**"
_MASKED_DIGITS: Final = 4
_WRONG_BY: Final = 10

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
    content_type: str = _JSON
    hold: float = 0.0
    ending: Literal["whole", "none", "part"] = "whole"
    reset: bool = False
    declared: int | None = None
    refused: bool = False

    @property
    def is_ordinary(self) -> bool:
        """Whether any HTTP server can send it as it is."""
        return self.ending == "whole" and self.declared is None


if orjson is None:

    def dumps(value: object) -> bytes:
        """JSON as compact UTF-8."""
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")

    def loads(body: bytes) -> Any:  # noqa: ANN401 - JSON is anything
        """The value of a JSON text.

        Raises:
            ValueError: it is not JSON in UTF-8.
        """
        value = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
        json.dumps(value, ensure_ascii=False).encode("utf-8")  # lone surrogates are no text
        return value

else:
    dumps = orjson.dumps

    def loads(body: bytes) -> Any:  # noqa: ANN401 - JSON is anything
        """The value of a JSON text.

        Raises:
            ValueError: it is not JSON in UTF-8.
        """
        return orjson.loads(body)


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


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


def price(message: Message, settings: Settings, *, charged: bool) -> dict[str, Any]:
    """What a message costs."""
    each = settings.price_per_part if charged else 0.0
    return {"total": round(each * message.parts, 6), "perSms": each, "currency": settings.currency}


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
        "price": price(message, settings, charged=stop.charged),
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
        return Reply(0, ending="none", hold=_bounded(fault, 30.0, settings))
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
        headers = (("Retry-After", formatdate(_real_now() + seconds, usegmt=True)),)
    return error(429, 429, f"Over the rate limit; try again in {wait} s", now, headers=headers)


def _real_now() -> float:
    # A date in Retry-After is read against the caller's clock, which is not the sandbox's.
    import time  # noqa: PLC0415

    return time.time()


def _error_of(fault: Fault, now: float) -> Reply:
    if fault.body == "json":
        return error(fault.status, fault.code, "A fault that was asked for", now)
    body = _GATEWAY_PAGE if fault.body == "html" else b""
    return Reply(fault.status, body, content_type=_HTML)


def _bounded(fault: Fault, default: float, settings: Settings) -> float:
    return min(default if fault.seconds is None else fault.seconds, settings.max_stall)


def spoil(reply: Reply, fault: Fault, content: dict[str, Any] | None, settings: Settings) -> Reply:
    """A right answer, spoilt on the wire or in its content.

    Args:
        reply: the right answer.
        fault: what to do to it.
        content: the value of its body.
        settings: bounds.
    """
    kind = fault.kind
    if kind == "slow":
        return replace(reply, hold=_bounded(fault, 1.0, settings))
    if kind in {"reset-answer", "truncated-answer"}:
        return replace(reply, ending="part", reset=kind == "reset-answer")
    if kind == "wrong-length":
        off = -_WRONG_BY if fault.form == "short" else _WRONG_BY
        return replace(reply, declared=len(reply.body) + off)
    if kind == "not-json":
        return Reply(reply.status, _GATEWAY_PAGE, content_type=_HTML)
    if kind == "empty-answer":
        return Reply(reply.status)
    change = _CHANGES.get(kind)
    if change is None or content is None:
        return reply
    return replace(reply, body=dumps(change(content)))


def _each_object(value: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:  # noqa: ANN401
    if isinstance(value, dict):
        return change({key: _each_object(entry, change) for key, entry in value.items()})
    if isinstance(value, list):
        return [_each_object(entry, change) for entry in value]
    return value


_STRANGE: Final = {
    "code": "PONDERING", "state": "pondering", "detail": "pondered_by_operator",
    "encoding": "GSM9", "direction": "sideways", "currency": "XTS",
}  # fmt: skip


def _strange_words(content: dict[str, Any]) -> Any:  # noqa: ANN401
    return _each_object(
        content,
        lambda entry: {
            k: _STRANGE[k] if k in _STRANGE and isinstance(v, str) else v for k, v in entry.items()
        },
    )


def _more_fields(content: dict[str, Any]) -> Any:  # noqa: ANN401
    return _each_object(content, lambda entry: {**entry, "tomorrow": {"is": ["another", "day"]}})


_KEPT: Final = frozenset(
    {"umid", "destination", "batchId", "acceptedCount", "rejectedCount", "code", "state", "status"}
)


def _nulls(content: dict[str, Any]) -> Any:  # noqa: ANN401
    return _each_object(
        content,
        lambda entry: {k: v if k in _KEPT or (k == "messages" and v) else None for k, v in entry.items()},
    )


def _with_items(content: dict[str, Any], change: Callable[[list[Any]], list[Any]]) -> dict[str, Any]:
    items = content.get("messages")
    return {**content, "messages": change(items)} if isinstance(items, list) else content


def _wrong_counts(content: dict[str, Any]) -> dict[str, Any]:
    if "acceptedCount" not in content:
        return content
    return {**content, "acceptedCount": content["acceptedCount"] + 3, "rejectedCount": 1}


_CHANGES: Final[dict[str, Callable[[dict[str, Any]], Any]]] = {
    "unknown-words": _strange_words,
    "extra-fields": _more_fields,
    "null-fields": _nulls,
    "repeated-umids": lambda c: _with_items(
        c, lambda items: [{**item, "umid": items[0]["umid"]} for item in items]
    ),
    "missing-items": lambda c: _with_items(c, lambda items: items[::2]),
    "reordered-items": lambda c: _with_items(c, lambda items: items[::-1]),
    "wrong-counts": _wrong_counts,
}
