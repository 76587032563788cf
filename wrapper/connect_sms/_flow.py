"""One call from its request to its result: pacing, retries, error mapping, decoding. Written once, for both clients.

The table in the README ("Sending safely") is this module. In short: what provably was not sent is tried again, what
may have been sent is never tried again, and a read may always be tried again.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import attrs

from ._effects import Fault, Flow, Request, Send, Sleep
from ._json import dumps, loads
from ._limiter import Limiter, shared_limiter
from .addresses import scrub
from .config import USER_AGENT, Settings, Timeout
from .errors import (
    ApiError,
    AuthenticationFailed,
    BadRequest,
    ConnectionFailed,
    ConnectSmsError,
    Gone,
    InsecureProtocol,
    InvalidArgument,
    NoAnswer,
    NotFound,
    OutcomeUnknown,
    PermissionDenied,
    RateLimited,
    ServerError,
    UnreadableAnswer,
)
from .hooks import RequestEvent, ResultEvent, RetryEvent, call_hook

if TYPE_CHECKING:
    from ._operations import Call
    from .messages import RawResponse

T = TypeVar("T")

log: Final = logging.getLogger("connect_sms")

_REFUSALS: Final[Mapping[int, type[ApiError]]] = {
    401: AuthenticationFailed,
    403: PermissionDenied,
    404: NotFound,
    410: Gone,
    426: InsecureProtocol,
}

#: An id of 8x8's is a UUID. Anything of another form may be a number or a text in the wrong place.
_is_plain_id: Final = re.compile(r"(?=.*[A-Za-z-])[A-Za-z0-9-]{8,64}").fullmatch

#: 4xx that a proxy also sends when it gave up on a request it had already passed on.
_TIMED_OUT: Final = frozenset({408, 499})


class DeadlineReached(Exception):
    """There is no time left for another status request. Never leaves the library."""


@attrs.frozen
class Core:
    """What every flow of a client needs.

    Attributes:
        settings: The client's settings.
        limiter: Shared by everybody in this process who asks for this sub-account's messages.
        headers: Sent with every request.
        memory: What has been learnt of the server; shared by all that `with_options` derives.
    """

    settings: Settings
    limiter: Limiter
    headers: list[tuple[bytes, bytes]] = attrs.field(repr=False)
    memory: Memory

    @classmethod
    def of(cls, settings: Settings, memory: Memory | None = None) -> Core:
        """The core for these settings."""
        return cls(
            settings,
            shared_limiter(settings.clock, settings.base_url, settings.sub_account_id),
            [
                (b"authorization", b"Bearer " + settings.api_key.reveal().encode("ascii")),
                (b"accept", b"application/json"),
                (b"accept-encoding", b"gzip, deflate"),
                (b"user-agent", USER_AGENT.encode("ascii")),
            ],
            memory or Memory(),
        )


    def evolve(self, settings: Settings) -> Core:
        """The same for other settings; what was learnt holds only for the same server."""
        return Core.of(settings, self.memory if settings.base_url == self.settings.base_url else None)


class Memory:
    """What has been learnt of a server.

    Attributes:
        catalogue_batch_path: True once the server has shown that it knows only the catalogue's path for batches.
    """

    __slots__ = ("catalogue_batch_path",)

    def __init__(self) -> None:
        self.catalogue_batch_path = False


@attrs.frozen
class Done(Generic[T]):
    """A good answer, read, with all that was in it."""

    value: T
    document: dict[str, Any] = attrs.field(repr=False)
    response: RawResponse


@attrs.frozen
class _Retry:
    """Another try is safe. `error` is raised when there is none left."""

    reason: str
    error: ConnectSmsError
    after: float | None = None


def call(
    core: Core,
    what: Call[T],
    *,
    timeout: Timeout | float | None = None,
    extra: Mapping[str, Any] | None = None,
    client_message_id: str | None = None,
    private: tuple[str, ...] = (),
    messages: int = 0,
    deadline: float | None = None,
) -> Flow[Done[T]]:
    """Make one call of the API.

    Args:
        core: The client's core.
        what: The operation with its arguments.
        timeout: In place of the client's own.
        extra: Further fields for the body.
        client_message_id: For `OutcomeUnknown` to name.
        private: Strings that must not show in an error, should the server repeat them.
        messages: How many messages the request carries.
        deadline: A moment of the clock after which no further read is begun.

    Raises:
        ConnectSmsError: As the table says.
        DeadlineReached: A read would have to begin after the deadline.
    """
    settings, operation = core.settings, what.operation
    clock, hooks, retries = settings.clock, settings.hooks, settings.retries
    request = _request(core, what, extra, timeout)
    started = clock.monotonic()
    attempt = 0
    while True:
        attempt += 1
        if operation.is_read:
            pause = core.limiter.reserve(settings.status_interval, deadline)
            if pause is None:
                raise DeadlineReached
            if pause > 0:
                yield Sleep(pause)
        if hooks.on_request is not None:
            call_hook(hooks.on_request, RequestEvent(operation.name, attempt, messages, len(request.body)))
        try:
            reply = yield Send(request)
        except BaseException as stop:
            if not (operation.is_read or isinstance(stop, Exception)):
                _note_interrupted(stop, client_message_id)
            raise
        verdict = _judge(core, what, reply, client_message_id, private)
        if log.isEnabledFor(logging.DEBUG):
            log.debug("%s, try %d: %s", operation.name, attempt, _seen(reply))
        if type(verdict) is _Retry:
            if attempt < retries.tries:
                delay = retries.delay(attempt, clock.jitter()) if verdict.after is None else verdict.after
                if deadline is None or clock.monotonic() + delay <= deadline:
                    if hooks.on_retry is not None:
                        call_hook(hooks.on_retry, RetryEvent(operation.name, attempt, verdict.reason, delay))
                    log.debug("%s: trying again in %.1f s after %s", operation.name, delay, verdict.reason)
                    yield Sleep(delay)
                    continue
            verdict = verdict.error
        error = verdict if isinstance(verdict, ConnectSmsError) else None
        if hooks.on_result is not None:
            status = None if isinstance(reply, Fault) else reply.status
            elapsed = clock.monotonic() - started
            call_hook(hooks.on_result, ResultEvent(operation.name, attempt, elapsed, status, error))
        if error is not None:
            raise error
        return verdict  # type: ignore[return-value]  # neither an error nor a retry


def _request(
    core: Core, what: Call[Any], extra: Mapping[str, Any] | None, timeout: Timeout | float | None
) -> Request:
    settings = core.settings
    body, headers = b"", core.headers
    if what.document is not None:
        try:
            body = dumps({**what.document, **extra} if extra else what.document)
        except (TypeError, ValueError, RecursionError):
            body = b""
        if not body:
            msg = "extra= holds something JSON cannot say"
            raise InvalidArgument(msg, argument="extra")
        headers = [*headers, (b"content-type", b"application/json")]
    return Request(
        what.operation.method,
        settings.base_url + what.path,
        headers,
        body,
        settings.timeout if timeout is None else Timeout.of(timeout),
    )


def _note_interrupted(stop: BaseException, client_message_id: str | None) -> None:
    """Say of a Ctrl-C or a cancelled task that a message was under way: nobody else can know."""
    which = f" (clientMessageId {client_message_id})" if client_message_id else ""
    stop.add_note(f"connect-sms: a send was under way{which}; it may have been sent")


def _seen(reply: RawResponse | Fault) -> str:
    return reply.reason if isinstance(reply, Fault) else f"HTTP {reply.status}"


def _judge(
    core: Core,
    what: Call[T],
    reply: RawResponse | Fault,
    client_message_id: str | None,
    private: tuple[str, ...],
) -> Done[T] | _Retry | ConnectSmsError:
    """The safety table: what to make of what came back."""
    is_read = what.operation.is_read
    if isinstance(reply, Fault):
        if reply.nothing_sent:
            msg = f"no connection to the server ({reply.reason}); nothing was sent"
            return _Retry(reply.reason, ConnectionFailed(msg, reason=reply.reason))
        if is_read:
            msg = f"the status request got no usable answer ({reply.reason})"
            return _Retry(reply.reason, NoAnswer(msg, reason=reply.reason))
        return OutcomeUnknown(reason=reply.reason, client_message_id=client_message_id)

    status = reply.status
    seen = f"HTTP {status}"
    if 200 <= status < 300:  # noqa: PLR2004  the class of an HTTP status
        return _read(what, reply, client_message_id)
    code, error_id, message = _error_fields(reply, (core.settings.api_key.reveal(), *private))
    if status == 429:  # noqa: PLR2004
        asked = _retry_after(core, reply)
        if is_read and asked is not None:
            core.limiter.hold(asked)
        limited = RateLimited(
            status=status,
            code=code,
            error_id=error_id,
            server_message=message,
            response=reply,
            retry_after=asked,
        )
        return _Retry(seen, limited, asked)
    if 400 <= status < 500 and status not in _TIMED_OUT:  # noqa: PLR2004
        kind = _REFUSALS.get(status, BadRequest)
        return kind(status=status, code=code, error_id=error_id, server_message=message, response=reply)
    if not is_read:
        return OutcomeUnknown(
            reason=seen,
            client_message_id=client_message_id,
            status=status,
            error_id=error_id,
            response=reply,
        )
    if status < 400:  # noqa: PLR2004
        return UnreadableAnswer(reason="a redirect, which is not followed", response=reply)
    return _Retry(
        seen,
        ServerError(status=status, code=code, error_id=error_id, server_message=message, response=reply),
    )


def _read(what: Call[T], reply: RawResponse, client_message_id: str | None) -> Done[T] | ConnectSmsError:
    try:
        document = loads(reply.body)
        if isinstance(document, dict):
            return Done(what.operation.read(document), document, reply)
        problem = "not a JSON object"
    except Exception as wrong:  # noqa: BLE001  whatever a stranger's bytes can make a reader raise
        # By type only: the exception itself may quote the answer.
        problem = f"not what the contract says ({type(wrong).__name__})"
    if what.operation.is_read:
        return UnreadableAnswer(reason=problem, response=reply)
    return OutcomeUnknown(
        reason=f"HTTP {reply.status} with an answer that is {problem}",
        client_message_id=client_message_id,
        status=reply.status,
        response=reply,
    )


def _error_fields(reply: RawResponse, private: tuple[str, ...]) -> tuple[int | None, str | None, str | None]:
    """`code`, `errorId` and `message` of an error answer, as far as it has them. Gateways answer HTML."""
    try:
        document = loads(reply.body)
    except Exception:  # noqa: BLE001  see above
        document = None
    if not isinstance(document, dict):
        return None, None, None
    code, error_id, message = (document.get(name) for name in ("code", "errorId", "message"))
    return (
        code if isinstance(code, int) and not isinstance(code, bool) else None,
        error_id if isinstance(error_id, str) and _is_plain_id(error_id) and error_id not in private else None,
        scrub(message, *private)[:500] if isinstance(message, str) and message else None,
    )


def _retry_after(core: Core, reply: RawResponse) -> float | None:
    """Seconds the server asks to wait, from a number or a date, capped; None when it does not say."""
    value = reply.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        seconds = float(value)
    else:
        try:
            moment = parsedate_to_datetime(value)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
        seconds = max((moment - core.settings.clock.now()).total_seconds(), 0.0)
    return min(seconds, core.settings.retries.longest_retry_after)
