"""8x8's response policy, the safety table: the meaning of an answer, or of none.

A request that provably was not sent may be retried, one that may have been sent may not, and a read always
may. 8x8 documents no duplicate detection: only this table prevents a message from being sent and billed
twice after a lost answer.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, TypedDict, TypeVar

from connect_sms._transport.effects import TransportFailure
from connect_sms._transport.json import as_object, loads
from connect_sms.errors.calls import (
    ApiError,
    AuthenticationFailed,
    BadRequest,
    ConnectionFailed,
    Gone,
    InsecureProtocol,
    InvalidResponse,
    NoResponse,
    NotFound,
    OutcomeUnknown,
    PermissionDenied,
    RateLimited,
    ServerError,
)
from connect_sms.models.readers import as_count, as_time, as_word
from connect_sms.models.redaction import scrub

from .operation import Retry, Success
from .retry_after import retry_after

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from connect_sms.errors.base import ConnectSmsError
    from connect_sms.models.responses import RawResponse

    from .context import ClientContext
    from .operation import Call


T = TypeVar("T")

_REFUSALS: Final[Mapping[int, type[ApiError]]] = {
    401: AuthenticationFailed,
    403: PermissionDenied,
    404: NotFound,
    410: Gone,
}

#: An 8x8 id is a UUID. Anything else may be a number or a text in the wrong field.
_is_plain_id: Final = re.compile(
    r"[0-9A-Fa-f]{8}-?(?:[0-9A-Fa-f]{4}-?){3}[0-9A-Fa-f]{12}"
    r"|(?=.*[A-Za-z-])(?!.*[0-9]{7})[A-Za-z0-9-]{8,64}"
).fullmatch

#: Classes of HTTP statuses, by their first digit.
_SUCCESS: Final = 2
_REDIRECT: Final = 3
_REFUSAL: Final = 4

#: The length from which a private string in an id is no coincidence.
_TELLING: Final = 4

#: 4xx that a proxy also sends when it abandons a request it had already forwarded.
_TIMED_OUT: Final = frozenset({408, 499})


def classify_response(
    context: ClientContext,
    what: Call[T],
    reply: RawResponse | TransportFailure,
    client_message_id: str | None,
    private: tuple[str, ...],
) -> Success[T] | Retry | ConnectSmsError:
    """Classify a reply: a result, an error, or a retry."""
    if isinstance(reply, TransportFailure):
        return _without_answer(what, reply, client_message_id)
    status, hundreds = reply.status, reply.status // 100
    if hundreds == _SUCCESS:
        return _read(what, reply, client_message_id)
    fields = _error_fields(reply, (*context.provider.secrets, *private))
    if reply.followed_by_data and hundreds == _REFUSAL:
        # Two answers to one request: the first may be that to another.
        return _lost(what, f"HTTP {status} with more data behind it", client_message_id, reply)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        asked = retry_after(context.settings, reply)
        if what.operation.is_read and asked is not None:
            context.rate_limiter.hold(context.settings.clock.monotonic() + asked)
        return Retry(f"HTTP {status}", RateLimited(retry_after=asked, **fields), asked)
    if status == HTTPStatus.UPGRADE_REQUIRED:
        return InsecureProtocol(upgrade_to=as_word(reply.headers.get("upgrade")), **fields)
    if hundreds == _REFUSAL and status not in _TIMED_OUT:
        return _REFUSALS.get(status, BadRequest)(**fields)
    if not what.operation.is_read:
        return OutcomeUnknown(
            reason=f"HTTP {status}",
            client_message_id=client_message_id,
            status=status,
            error_id=fields["error_id"],
            response=reply,
        )
    if hundreds == _REDIRECT:
        return InvalidResponse(reason="a redirect, which is not followed", response=reply)
    return Retry(f"HTTP {status}", ServerError(**fields), retry_after(context.settings, reply))


def _without_answer(
    what: Call[T], fault: TransportFailure, client_message_id: str | None
) -> Retry | OutcomeUnknown:
    reason = fault.reason
    if fault.not_sent:
        msg = f"no connection to the server ({reason}); nothing was sent"
        return Retry(reason, ConnectionFailed(msg, reason=reason))
    return _lost(what, reason, client_message_id)


def _lost(
    what: Call[T], reason: str, client_message_id: str | None, reply: RawResponse | None = None
) -> Retry | OutcomeUnknown:
    """The outcome of a request that was written and has no usable answer."""
    if what.operation.is_read:
        msg = f"the status request got no usable answer ({reason})"
        return Retry(reason, NoResponse(msg, reason=reason))
    status = None if reply is None else reply.status
    return OutcomeUnknown(reason=reason, client_message_id=client_message_id, status=status, response=reply)


def _read(what: Call[T], reply: RawResponse, client_message_id: str | None) -> Success[T] | ConnectSmsError:
    try:
        document = as_object(loads(reply.body))
        return Success(what.operation.read(document), document, reply)
    except Exception as wrong:  # noqa: BLE001  a server's bytes may make a reader raise anything
        # By type only: the exception itself may quote the answer.
        problem = f"not what the contract says ({type(wrong).__name__})"
    if what.operation.is_read:
        return InvalidResponse(reason=problem, response=reply)
    return OutcomeUnknown(
        reason=f"HTTP {reply.status} with an answer that is {problem}",
        client_message_id=client_message_id,
        status=reply.status,
        response=reply,
    )


class _ErrorFields(TypedDict):
    status: int
    code: int | None
    error_id: str | None
    server_message: str | None
    occurred_at: datetime | None
    response: RawResponse


def _error_fields(reply: RawResponse, private: tuple[str, ...]) -> _ErrorFields:
    """The fields of an error answer, where present. Gateways answer HTML."""
    try:
        document = as_object(loads(reply.body))
    except Exception:  # noqa: BLE001  as above
        document = {}
    code, error_id, message = (document.get(name) for name in ("code", "errorId", "message"))
    plain_id = isinstance(error_id, str) and _is_plain_id(error_id) and not _repeats(error_id, private)
    return {
        "status": reply.status,
        "code": as_count(code),
        "error_id": error_id if plain_id else None,
        "server_message": scrub(message, *private)[:500] if isinstance(message, str) and message else None,
        "occurred_at": as_time(document.get("timestamp")),
        "response": reply,
    }


def _repeats(error_id: str, private: tuple[str, ...]) -> bool:
    return any(entry.lstrip("+") in error_id for entry in private if len(entry) >= _TELLING)
