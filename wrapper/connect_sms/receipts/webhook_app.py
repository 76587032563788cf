"""The receiver: an ASGI application that 8x8 posts receipts to.

8x8 posts a receipt at once and retries after 1, 10, 30 and 90 s. So the answer is 2xx only once the receipt
is durable, 503 when it cannot be stored now, and 2xx for a body that cannot be parsed: that is kept in
quarantine, and a retry would not help.
"""

# ruff: noqa: TC001, TC003  at run time too, so that `typing.get_type_hints` finds every name

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import Future
from typing import Any, Final

import attrs

from connect_sms.errors.base import StoreUnavailable
from connect_sms.models.delivery_errors import DeliveryErrors
from connect_sms.models.private import PrivateBytes, PrivateDict, PrivateList

from ._future_bridge import FutureBridge
from .callbacks import CallbackRunner, OnEvent
from .events import DeliveryReceipt, Event, InboundMessage
from .metrics import CONTENT_TYPE, Metrics
from .parsing import parse_all
from .store import ReceiptStore
from .webhook_auth import WebhookAuth

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

log: Final = logging.getLogger("connect_sms.receipts")

#: Value of Retry-After when the store cannot be written.
_RETRY_AFTER: Final = b"10"

_LOOKED_AT: Final = frozenset({b"authorization", b"content-length", b"content-type", b"x-forwarded-for"})

_TEXT: Final = b"text/plain; charset=utf-8"


@attrs.frozen
class _Answer:
    """An answer, and its label in the metrics."""

    status: int
    result: str
    headers: tuple[tuple[bytes, bytes], ...] = ()
    #: The rest of the body was not read, so the connection cannot be reused.
    close: bool = False


_DURABLE: Final = _Answer(200, "durable")
_UNAUTHORIZED: Final = _Answer(401, "unauthorized", close=True)
_NOT_A_POST: Final = _Answer(405, "method", ((b"allow", b"POST"),), close=True)
_TOO_SLOW: Final = _Answer(408, "slow", close=True)
_TOO_LARGE: Final = _Answer(413, "too_large", close=True)
_UNAVAILABLE: Final = _Answer(503, "unavailable", ((b"retry-after", _RETRY_AFTER),))


class Receiver:
    """An ASGI application for receipts and inbound messages, mounted or served alone.

    ``POST`` on any path accepts an event. ``GET /healthz`` reports whether the store can be written, and
    ``GET /metrics`` gives counters for Prometheus. It needs asyncio.

    Args:
        store: The store for events; see `open_store`.
        auth: The credentials that a request needs. Without it every request is accepted, with a warning.
        on_event: Called after an event is durable: at least once for each new one, also after a crash, so it
            must be idempotent. May be a coroutine function. An exception is logged by its type, and it is
            called again later.
        max_body: Maximum bytes of a body.
        body_deadline: Maximum seconds to receive a body.
        heartbeat: Seconds between two heartbeats in the store, the source of `ReceiptStore.outages`.
        delivery_errors: What each delivery error code means; the shipped table when left out.
    """

    def __init__(
        self,
        store: ReceiptStore,
        auth: WebhookAuth | None = None,
        *,
        on_event: OnEvent | None = None,
        max_body: int = 65_536,
        body_deadline: float = 10.0,
        heartbeat: float = 15.0,
        delivery_errors: DeliveryErrors | None = None,
    ) -> None:
        self.metrics = Metrics()
        self._store = store
        self._auth = WebhookAuth() if auth is None else auth
        self._callbacks = None if on_event is None else CallbackRunner(store, on_event, self.metrics)
        self._max_body = max_body
        self._body_deadline = body_deadline
        self._heartbeat = heartbeat
        self._errors = delivery_errors
        self._background: list[asyncio.Task[None]] = []
        self._bridge: FutureBridge | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI scope."""
        scope = PrivateDict(scope)  # the variables of a traceback would show its headers
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            # A mounted application gets no lifespan events, so the first request starts it.
            await self.start()
            await self._http(scope, receive, send)

    async def start(self) -> None:
        """Start the heartbeat and the callbacks, unless already running."""
        if self._background and not self._background[0].done():
            return
        self._background = [asyncio.create_task(self._beat())]
        if self._callbacks is not None:
            self._background.append(asyncio.create_task(self._callbacks.run()))

    async def stop(self) -> None:
        """Stop them. Callbacks that are still due run after the next start."""
        tasks, self._background = self._background, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self.start()
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _beat(self) -> None:
        while True:
            try:
                await asyncio.to_thread(self._store.heartbeat)
            except StoreUnavailable as error:
                log.warning("no heartbeat: %s", error)
            await asyncio.sleep(self._heartbeat)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        method, path = scope["method"], _path(scope)
        if method in {"GET", "HEAD"} and path == "/metrics":
            await _respond(send, 200, self.metrics.text().encode(), CONTENT_TYPE.encode())
        elif method in {"GET", "HEAD"} and path == "/healthz":
            await self._health(send)
        else:
            answer = _NOT_A_POST if method != "POST" else await self._take(scope, receive)
            if answer is None:
                self.metrics.requests["disconnected"] += 1
                return
            self.metrics.requests[answer.result] += 1
            headers = (*answer.headers, (b"connection", b"close")) if answer.close else answer.headers
            await _respond(send, answer.status, answer.result.encode(), _TEXT, headers)

    async def _health(self, send: Send) -> None:
        try:
            await asyncio.to_thread(self._store.heartbeat)
        except StoreUnavailable:
            await _respond(send, 503, b"the store cannot be written", _TEXT)
        else:
            await _respond(send, 200, b"ok", _TEXT)

    async def _take(self, scope: Scope, receive: Receive) -> _Answer | None:
        """Handle a POST; return the answer, or None when the sender has disconnected."""
        headers = PrivateDict(
            (name.decode("latin-1").lower(), value.decode("latin-1"))
            for name, value in scope["headers"]
            if name.lower() in _LOOKED_AT
        )
        client = scope.get("client")
        if not self._auth.check(headers, client[0] if client else None):
            return _UNAUTHORIZED
        try:
            async with asyncio.timeout(self._body_deadline):
                body = await self._body(headers, receive)
        except TimeoutError:
            return _TOO_SLOW
        if not isinstance(body, bytes):
            return body
        events = parse_all(body, headers, delivery_errors=self._errors)
        read = time.perf_counter()
        try:
            new = await self._durable(self._store.submit(events, callback=self._callbacks is not None))
        except StoreUnavailable as error:
            log.warning("a receipt could not be stored: %s", error)
            return _UNAVAILABLE
        self.metrics.durable_after(time.perf_counter() - read)
        self._count(events, new)
        if new and self._callbacks is not None:
            self._callbacks.wake()
        return _DURABLE

    def _durable(self, future: Future[int]) -> Awaitable[int]:
        if self._bridge is None or not self._bridge.is_current:
            self._bridge = FutureBridge()
        return self._bridge.result(future)

    async def _body(self, headers: dict[str, str], receive: Receive) -> bytes | _Answer | None:
        announced = headers.get("content-length", "")
        if announced.isdigit() and int(announced) > self._max_body:
            return _TOO_LARGE
        pieces, size = PrivateList[bytes](), 0
        while True:
            message = PrivateDict(await receive())
            if message["type"] == "http.disconnect":
                return None
            pieces.append(message.get("body", b""))
            size += len(pieces[-1])
            if size > self._max_body:
                return _TOO_LARGE
            if not message.get("more_body", False):
                return PrivateBytes(b"".join(pieces))

    def _count(self, events: tuple[Event, ...], new: int) -> None:
        counts = self.metrics.events
        for event in events:
            if isinstance(event, DeliveryReceipt):
                counts["receipt"] += 1
            elif isinstance(event, InboundMessage):
                counts["inbound"] += 1
            else:
                counts["quarantined"] += 1
        counts["repeated"] += len(events) - new


def _path(scope: Scope) -> str:
    """The path below the mount point."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", "")) or "/"


async def _respond(
    send: Send, status: int, body: bytes, content_type: bytes, headers: tuple[tuple[bytes, bytes], ...] = ()
) -> None:
    length = str(len(body)).encode()
    all_headers = [(b"content-type", content_type), (b"content-length", length), *headers]
    await send({"type": "http.response.start", "status": status, "headers": all_headers})
    await send({"type": "http.response.body", "body": body})
