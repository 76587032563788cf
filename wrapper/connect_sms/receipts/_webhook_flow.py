"""What a receiver does with a request, as a flow: the ASGI and the WSGI application carry out its steps.

8x8 posts a receipt at once and retries after 1, 10, 30 and 90 s. So the answer is 2xx only once the receipt
is durable, 503 when it cannot be stored now, and 2xx for a body that cannot be parsed: that is kept in
quarantine, and a retry would not help.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

import attrs

from connect_sms.errors.base import StoreUnavailable

from ._content_coding import ACCEPTED, Damaged, TooLarge, coding_of, decoded
from ._refusals import RefusalLog
from .events import DeliveryReceipt, Event, InboundMessage, LinkClick, UnknownEvent
from .metrics import CONTENT_TYPE, Metrics
from .parsing import parse_all

if TYPE_CHECKING:
    from concurrent.futures import Future

    from connect_sms.models.delivery_errors import DeliveryErrors

    from .store import ReceiptStore
    from .webhook_auth import Verifier, WebhookAuth
    from .webhook_request import WebhookRequest

T = TypeVar("T")

log: Final = logging.getLogger("connect_sms.receipts")

#: Value of Retry-After when the store cannot be written.
_RETRY_AFTER: Final = "10"

_TEXT: Final = "text/plain; charset=utf-8"


@attrs.frozen
class Verify:
    """Ask the verifier, which may block or be a coroutine function; the result is what it returned."""

    verifier: Verifier
    request: WebhookRequest


@attrs.frozen
class ReadBody:
    """Read the body; the result is bytes, or an `Answer` why not, or None when the sender has gone."""

    request: WebhookRequest
    limit: int


@attrs.frozen
class Durable:
    """Wait for the store; the result is the number of new events."""

    future: Future[int]


@attrs.frozen
class Blocking:
    """Call a function that blocks."""

    function: Callable[[], object]


Step: TypeAlias = Verify | ReadBody | Durable | Blocking
Flow: TypeAlias = Generator[Step, Any, T]


@attrs.frozen
class Answer:
    """An answer, and its label in the metrics."""

    status: int
    result: str
    headers: tuple[tuple[str, str], ...] = ()
    #: The rest of the body was not read, so the connection cannot be reused.
    close: bool = False
    body: bytes | None = None
    content_type: str = _TEXT
    counted: bool = True

    def content(self) -> bytes:
        """The body to send."""
        return self.result.encode() if self.body is None else self.body

    def lines(self) -> list[tuple[str, str]]:
        """The headers to send."""
        sized = [("content-type", self.content_type), ("content-length", str(len(self.content())))]
        return [*sized, *self.headers]


TOO_SLOW: Final = Answer(408, "slow", close=True)
TOO_LARGE: Final = Answer(413, "too_large", close=True)
NO_LENGTH: Final = Answer(411, "no_length", close=True)

_DURABLE: Final = Answer(200, "durable")
_UNAUTHORIZED: Final = Answer(401, "unauthorized", close=True)
_NOT_A_POST: Final = Answer(405, "method", (("allow", "POST"),), close=True)
_UNKNOWN_CODING: Final = Answer(415, "content_coding", (("accept-encoding", ACCEPTED),), close=True)
_UNVERIFIED: Final = Answer(503, "unverified", (("retry-after", _RETRY_AFTER),), close=True)
_UNAVAILABLE: Final = Answer(503, "unavailable", (("retry-after", _RETRY_AFTER),))


class WebhookFlow:
    """Makes the flow of each request.

    Args:
        store: The store for events.
        auth: The credentials that a request needs.
        metrics: Counts what happens.
        wake: Called when events are durable whose callback is due; None when there are no callbacks.
        max_body: Maximum bytes of a body, as it comes and decompressed.
        monitoring: Whether ``/healthz`` and ``/metrics`` are answered.
        delivery_errors: What each delivery error code means.
    """

    def __init__(
        self,
        store: ReceiptStore,
        auth: WebhookAuth,
        metrics: Metrics,
        wake: Callable[[], None] | None,
        *,
        max_body: int,
        monitoring: bool,
        delivery_errors: DeliveryErrors | None,
    ) -> None:
        self._store = store
        self._auth = auth
        self._metrics = metrics
        self._wake = wake
        self._max_body = max_body
        self._monitoring = monitoring
        self._errors = delivery_errors
        self._refusals = RefusalLog(time.monotonic)

    def handle(self, request: WebhookRequest) -> Flow[Answer | None]:
        """Handle a request; None when its sender has gone."""
        if self._monitoring and request.method in {"GET", "HEAD"}:
            if request.path == "/metrics":
                text = self._metrics.text().encode()
                return Answer(200, "metrics", body=text, content_type=CONTENT_TYPE, counted=False)
            if request.path == "/healthz":
                return (yield from self._health())
        answer = yield from self._take(request)
        self._metrics.request("disconnected" if answer is None else answer.result)
        return answer

    def _health(self) -> Flow[Answer]:
        try:
            yield Blocking(self._store.heartbeat)
        except StoreUnavailable:
            return Answer(503, "unhealthy", body=b"the store cannot be written", counted=False)
        return Answer(200, "healthy", body=b"ok", counted=False)

    def _take(self, request: WebhookRequest) -> Flow[Answer | None]:
        if request.method != "POST":
            return _NOT_A_POST
        refused = yield from self._verify(request)
        if refused is not None:
            return refused
        coding = coding_of(request.header("content-encoding"))
        if coding is None:
            return _UNKNOWN_CODING
        body = yield ReadBody(request, self._max_body)
        if not isinstance(body, bytes):
            answer: Answer | None = body
            return answer
        events = self._events(request, body, coding)
        if isinstance(events, Answer):
            return events
        read = time.perf_counter()
        try:
            new = yield Durable(self._store.submit(events, callback=self._wake is not None))
        except StoreUnavailable as error:
            log.warning("a receipt could not be stored: %s", error)
            return _UNAVAILABLE
        self._metrics.durable_after(time.perf_counter() - read)
        self._count(events, new)
        if new and self._wake is not None:
            self._wake()
        return _DURABLE

    def _verify(self, request: WebhookRequest) -> Flow[Answer | None]:
        """None when the request has its credentials."""
        auth = self._auth
        refusal = auth.refusal(request)
        if refusal is None:
            return None
        if auth.verifier is not None and auth.asks_verifier(request):
            try:
                accepted = yield Verify(auth.verifier, request)
            except Exception as problem:  # noqa: BLE001  user code may raise anything
                # By type only: the exception's text might hold the token.
                log.warning("the verifier raised %s; 8x8 will post again", type(problem).__name__)
                return _UNVERIFIED
            if accepted:
                return None
            refusal = "the verifier did not accept it"
        self._refusals.note(refusal)
        return _UNAUTHORIZED

    def _events(self, request: WebhookRequest, body: bytes, coding: str) -> Answer | tuple[Event, ...]:
        kind = request.header("content-type")
        try:
            plain = decoded(body, coding, self._max_body)
        except TooLarge:
            return TOO_LARGE
        except Damaged as damaged:
            return (UnknownEvent(reason=str(damaged), raw=body, content_type=kind or None),)
        return parse_all(plain, {"content-type": kind} if kind else {}, delivery_errors=self._errors)

    def _count(self, events: tuple[Event, ...], new: int) -> None:
        for event in events:
            self._metrics.event(_KINDS.get(type(event), "quarantined"))
        self._metrics.event("repeated", len(events) - new)


_KINDS: Final[dict[type, str]] = {
    DeliveryReceipt: "receipt",
    InboundMessage: "inbound",
    LinkClick: "click",
}
