"""The receiver: an ASGI application that 8x8 posts receipts to.

What it answers, and when, is in `connect_sms.receipts._webhook_flow`; here that is tied to ASGI.
"""

# ruff: noqa: TC001  at run time too, so that `typing.get_type_hints` finds every name

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from connect_sms.models.delivery_errors import DeliveryErrors
from connect_sms.models.private import PrivateBytes, PrivateDict, PrivateList

from ._background import Background
from ._future_bridge import FutureBridge
from ._webhook_flow import TOO_LARGE, TOO_SLOW, Answer, Blocking, Durable, Flow, Step, Verify, WebhookFlow
from .callbacks import CallbackRunner, OnEvent, call_user_code
from .metrics import Metrics
from .store import ReceiptStore
from .webhook_auth import WebhookAuth
from .webhook_request import WebhookRequest

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Receiver:
    """An ASGI application for receipts and inbound messages, mounted or served alone.

    ``POST`` on any path accepts an event. ``GET /healthz`` reports whether the store can be written, and
    ``GET /metrics`` gives counters for Prometheus. It needs asyncio. `WsgiReceiver` is its twin for WSGI.

    Args:
        store: The store for events; see `open_store`.
        auth: The credentials that a request needs. Without it every request is accepted, with a warning.
        on_event: Called after an event is durable: at least once for each new one, also after a crash, so it
            must be idempotent. May be a coroutine function. An exception is logged by its type, and it is
            called again later.
        monitoring: Whether ``/healthz`` and ``/metrics`` are answered. False for an application that is
            mounted where anybody can ask.
        max_body: Maximum bytes of a body, and of one in gzip or deflate once decompressed.
        body_deadline: Maximum seconds to receive a body, and for a verifier.
        heartbeat: Seconds between two heartbeats in the store, the source of `ReceiptStore.outages`.
        delivery_errors: What each delivery error code means; the shipped table when left out.
    """

    def __init__(
        self,
        store: ReceiptStore,
        auth: WebhookAuth | None = None,
        *,
        on_event: OnEvent | None = None,
        monitoring: bool = True,
        max_body: int = 65_536,
        body_deadline: float = 10.0,
        heartbeat: float = 15.0,
        delivery_errors: DeliveryErrors | None = None,
    ) -> None:
        self.metrics = Metrics()
        self.monitoring = monitoring
        callbacks = None if on_event is None else CallbackRunner(store, on_event, self.metrics)
        self._background = Background(store, callbacks, heartbeat)
        self._flow = WebhookFlow(
            store,
            WebhookAuth() if auth is None else auth,
            self.metrics,
            None if callbacks is None else callbacks.wake,
            max_body=max_body,
            monitoring=monitoring,
            delivery_errors=delivery_errors,
        )
        self._body_deadline = body_deadline
        self._bridge: FutureBridge | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI scope."""
        scope = PrivateDict(scope)  # the variables of a traceback would show its headers
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            # A mounted application gets no lifespan events, so the first request starts it.
            await self.start()
            answer = await self._run(self._flow.handle(_request(scope)), receive)
            if answer is not None:
                await _respond(send, answer)

    async def start(self) -> None:
        """Start the heartbeat and the callbacks, unless already running."""
        self._background.start()

    async def stop(self) -> None:
        """Stop them. Callbacks that are still due run after the next start."""
        await self._background.stop()

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

    async def _run(self, flow: Flow[Answer | None], receive: Receive) -> Answer | None:
        """Carry out the steps of a flow."""
        try:
            step = next(flow)
            while True:
                try:
                    result = await self._carry_out(step, receive)
                except Exception as problem:  # noqa: BLE001  the flow decides what it means
                    step = flow.throw(problem)
                else:
                    step = flow.send(result)
        except StopIteration as end:
            answer: Answer | None = end.value
            return answer

    async def _carry_out(self, step: Step, receive: Receive) -> object:
        if isinstance(step, Verify):
            async with asyncio.timeout(self._body_deadline):
                return await call_user_code(step.verifier, step.request)
        if isinstance(step, Durable):
            if self._bridge is None or not self._bridge.is_current:
                self._bridge = FutureBridge()
            return await self._bridge.result(step.future)
        if isinstance(step, Blocking):
            return await asyncio.to_thread(step.function)
        try:
            async with asyncio.timeout(self._body_deadline):
                return await _body(step.request, step.limit, receive)
        except TimeoutError:
            return TOO_SLOW


def _request(scope: Scope) -> WebhookRequest:
    """The head of a request, with the path below the mount point."""
    path: str = scope["path"].removeprefix(scope.get("root_path", "")) or "/"
    client = scope.get("client")
    peer = client[0] if client else None
    return WebhookRequest.of(scope["headers"], method=scope["method"], path=path, peer=peer)


async def _body(request: WebhookRequest, limit: int, receive: Receive) -> bytes | Answer | None:
    announced = request.header("content-length")
    if announced.isdecimal() and int(announced) > limit:
        return TOO_LARGE
    pieces, size = PrivateList[bytes](), 0
    while True:
        message = PrivateDict(await receive())
        if message["type"] == "http.disconnect":
            return None
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if size > limit:
            return TOO_LARGE
        if not message.get("more_body", False):
            return PrivateBytes(b"".join(pieces))


async def _respond(send: Send, answer: Answer) -> None:
    headers = [(name.encode(), value.encode()) for name, value in answer.lines()]
    if answer.close:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.content()})
