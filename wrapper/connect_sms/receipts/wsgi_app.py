"""The receiver as a WSGI application, for Flask, Django and every other server without an event loop.

What it answers, and when, is in `connect_sms.receipts._webhook_flow`; here that is tied to WSGI.
"""

# ruff: noqa: TC001  at run time too, so that `typing.get_type_hints` finds every name

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, MutableMapping
from http import HTTPStatus
from typing import Any, Final

from connect_sms.models.delivery_errors import DeliveryErrors
from connect_sms.models.private import PrivateBytes, PrivateDict, PrivateList

from ._background import BackgroundThread
from ._webhook_flow import NO_LENGTH, TOO_LARGE, Answer, Blocking, Durable, Flow, Step, Verify, WebhookFlow
from .callbacks import CallbackRunner, OnEvent
from .metrics import Metrics
from .store import ReceiptStore
from .webhook_auth import WebhookAuth
from .webhook_request import WebhookRequest

Environ = MutableMapping[str, Any]
StartResponse = Callable[..., object]

_CHUNK: Final = 65_536

_CUT_OFF: Final = Answer(400, "cut_off", close=True)


class WsgiReceiver:
    """A WSGI application for receipts and inbound messages: what `Receiver` is for ASGI.

    Heartbeat, ``on_event`` and a verifier that is a coroutine function run in a thread with an event loop,
    which starts with the first request. How long a body may take is up to the server.

    Args:
        store: The store for events; see `open_store`.
        auth: The credentials that a request needs. Without it every request is accepted, with a warning.
        on_event: Called after an event is durable: at least once for each new one, also after a crash, so it
            must be idempotent. May be a coroutine function. An exception is logged by its type, and it is
            called again later.
        monitoring: Whether ``/healthz`` and ``/metrics`` are answered. False for an application that is
            mounted where anybody can ask.
        max_body: Maximum bytes of a body, and of one in gzip or deflate once decompressed.
        verify_deadline: Maximum seconds for a verifier that is a coroutine function.
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
        verify_deadline: float = 10.0,
        heartbeat: float = 15.0,
        delivery_errors: DeliveryErrors | None = None,
    ) -> None:
        self.metrics = Metrics()
        callbacks = None if on_event is None else CallbackRunner(store, on_event, self.metrics)
        self._background = BackgroundThread(store, callbacks, heartbeat)
        self._flow = WebhookFlow(
            store,
            WebhookAuth() if auth is None else auth,
            self.metrics,
            None if callbacks is None else self._background.wake,
            max_body=max_body,
            monitoring=monitoring,
            delivery_errors=delivery_errors,
        )
        self._verify_deadline = verify_deadline

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request."""
        environ = PrivateDict(environ)  # the variables of a traceback would show its headers
        self.start()
        answer = self._run(self._flow.handle(_request(environ)), environ) or _CUT_OFF
        content = answer.content()
        start_response(f"{answer.status} {HTTPStatus(answer.status).phrase}", answer.lines())
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [content]

    def start(self) -> None:
        """Start the heartbeat and the callbacks, unless already running in this process."""
        self._background.start()

    def stop(self) -> None:
        """Stop them. Callbacks that are still due run after the next start."""
        self._background.stop()

    def _run(self, flow: Flow[Answer | None], environ: Environ) -> Answer | None:
        """Carry out the steps of a flow."""
        try:
            step = next(flow)
            while True:
                try:
                    result = self._carry_out(step, environ)
                except Exception as problem:  # noqa: BLE001  the flow decides what it means
                    step = flow.throw(problem)
                else:
                    step = flow.send(result)
        except StopIteration as end:
            answer: Answer | None = end.value
            return answer

    def _carry_out(self, step: Step, environ: Environ) -> object:
        if isinstance(step, Verify):
            said = step.verifier(step.request)
            return (
                self._background.wait_for(said, self._verify_deadline) if inspect.isawaitable(said) else said
            )
        if isinstance(step, Durable):
            return step.future.result()
        if isinstance(step, Blocking):
            return step.function()
        return _body(environ, step.limit)


def _request(environ: Environ) -> WebhookRequest:
    """The head of a request, with the path below the mount point."""
    headers = PrivateList(
        (name.removeprefix("HTTP_").replace("_", "-"), value)
        for name, value in environ.items()
        if name.startswith("HTTP_") or name in {"CONTENT_TYPE", "CONTENT_LENGTH"}
    )
    return WebhookRequest.of(
        headers,
        method=environ["REQUEST_METHOD"],
        path=environ.get("PATH_INFO") or "/",
        peer=environ.get("REMOTE_ADDR"),
    )


def _body(environ: Environ, limit: int) -> bytes | Answer | None:
    """The body; None when it ends before its announced length."""
    announced = environ.get("CONTENT_LENGTH") or ""
    if announced.isdecimal():
        wanted = int(announced)
        if wanted > limit:
            return TOO_LARGE
    elif environ.get("wsgi.input_terminated"):
        wanted = None
    elif environ.get("HTTP_TRANSFER_ENCODING"):
        return NO_LENGTH  # the server does not say where the body ends
    else:
        wanted = 0
    try:
        body = _read(environ["wsgi.input"], limit + 1 if wanted is None else wanted)
    except OSError:  # the sender has gone, or was too slow for the server
        return None
    if len(body) > limit:
        return TOO_LARGE
    return None if wanted is not None and len(body) < wanted else body


def _read(stream: Any, size: int) -> bytes:  # noqa: ANN401  whatever the server has
    """Read until there are so many bytes, or no more: a stream may give fewer at a time."""
    pieces, left = PrivateList[bytes](), size
    while left and (piece := PrivateBytes(stream.read(min(_CHUNK, left)))):
        pieces.append(piece)
        left -= len(piece)
    return PrivateBytes(b"".join(pieces))
