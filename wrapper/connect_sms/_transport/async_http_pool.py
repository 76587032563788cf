"""Connections for an event loop: on aiohttp's transport where possible, otherwise on httpx's own."""

from __future__ import annotations

import importlib.util
import os
import sys
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Final

import anyio
import httpx

from connect_sms._fork import notice_fork
from connect_sms._lazy import LazyModule
from connect_sms.errors.base import ConfigurationError

from .attempt import Attempt
from .effects import TransportFailure
from .exchange import Intake, build, closed, failure, received, watch_for
from .inherited import check_process
from .lanes import Lanes
from .threads import in_thread

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from connect_sms.models.responses import RawResponse

    from . import on_aiohttp
    from .connection import Connection
    from .effects import Request, Sink
    from .exchange import WriteWatch
    from .trust import Evidence
else:
    on_aiohttp = LazyModule("connect_sms._transport.on_aiohttp")  # an extra

#: The event loop of a client is not known until its first request.
_NO_LOOP_YET: Final = object()

#: Seconds beyond its time in which a transport may end a try by itself.
_SLACK: Final = 0.1


class AsyncHttpPool:
    """Asynchronous connection pool. A forked child can use it if its parent had not."""

    def __init__(self, connection: Connection) -> None:
        connection.check_transport(httpx.AsyncBaseTransport, "AsyncSmsClient")
        connection.check()
        self._evidence: Evidence = connection.evidence
        self._on_aiohttp = None if connection.transport is not None else _aiohttp_kind(connection)
        self._given: httpx.AsyncBaseTransport | None = connection.transport
        self._lanes = Lanes(connection, self._kind)
        # aiohttp writes URLs in its own way, which a signed link does not survive.
        self._file_lanes = Lanes(connection, _plain_kind)
        self._client = httpx.AsyncClient(
            transport=self._lanes if self._given is None else self._given,
            trust_env=False,
            follow_redirects=False,
        )
        self._loop: object = _NO_LOOP_YET
        self._pid = os.getpid()

    async def send(self, request: Request) -> RawResponse | TransportFailure:
        """Send one request and read the whole answer.

        Raises:
            ConfigurationError: The pool is closed, or belongs to another event loop or process.
            ConnectSmsError: `Request.before_write` refused; nothing was sent.
        """
        self.check_usable()
        ready = build(request)
        if isinstance(ready, TransportFailure):
            return ready
        watch = await self._watch(request, ready, self._lanes)
        attempt = Attempt(request.timeout.total)
        try:
            with attempt, _backstop(attempt):
                response = await self._client.send(ready)
        except Exception as problem:  # noqa: BLE001  a custom transport may raise anything
            fault = failure(problem, self._evidence, watch)
            if isinstance(problem, TimeoutError) and attempt.connected is False and self._given is None:
                fault = TransportFailure(fault.reason, not_sent=True)
        else:
            return received(response, response.content, attempt)
        if watch is not None and watch.refusal is not None:
            raise watch.refusal
        return fault

    async def download(self, request: Request, sink: Sink) -> RawResponse | TransportFailure:
        """Send one request and stream the body to the sink.

        Raises:
            ConfigurationError: The pool is closed, or belongs to another event loop or process.
        """
        self.check_usable()
        ready = build(request)
        if isinstance(ready, TransportFailure):
            return ready
        watch = await self._watch(request, ready, self._file_lanes)
        # Without a client: httpx's clients log URLs, and this link alone grants access.
        transport = self._file_lanes if self._given is None else self._given
        try:
            with Attempt(request.timeout.total) as attempt, _backstop(attempt):
                response = await transport.handle_async_request(ready)
                intake = Intake(response, sink)
                try:
                    async for piece in intake.async_pieces:
                        steps = intake.take(piece)
                        del piece  # a cancelled task must not show it
                        for _ in steps:
                            if intake.is_full:
                                await in_thread(sink.flush)
                        if not intake.wants_more:
                            break
                    else:
                        for _ in intake.end():
                            pass
                finally:
                    await response.aclose()
        except Exception as problem:  # noqa: BLE001  a custom transport may raise anything
            fault = failure(problem, self._evidence, watch)
        else:
            return intake.reply()
        return fault

    async def aclose(self) -> None:
        """Close every connection. A child leaves its parent's alone."""
        notice_fork()
        # The loop of these connections may have ended: then it closes nothing, and nobody uses them any more.
        left = self._loop not in {_NO_LOOP_YET, _running_loop()}
        with suppress(RuntimeError) if left else nullcontext():
            if self._given is None or self._pid == os.getpid():
                await self._client.aclose()
        with suppress(RuntimeError) if left else nullcontext():
            await self._file_lanes.aclose()

    async def _watch(self, request: Request, ready: httpx.Request, lanes: Lanes) -> WriteWatch | None:
        """Watch for the first write where somebody has to know; untraced, it comes right after this."""
        watch = watch_for(request, self._evidence)
        if watch is None:
            return None
        if self._calls_trace(lanes, ready.url):
            ready.extensions["trace"] = watch.atrace
        else:
            await watch.acall()
        return watch

    def _calls_trace(self, lanes: Lanes, url: httpx.URL) -> bool:
        if self._given is None and isinstance(lanes.of(url), httpx.AsyncHTTPTransport):
            return True
        return self._evidence == "writes"

    def _kind(self, proxy: str | None) -> type[httpx.AsyncBaseTransport]:
        socks = proxy is not None and proxy.lower().startswith("socks")  # aiohttp would speak HTTP to it
        if self._on_aiohttp is None or socks or _under_trio():
            return httpx.AsyncHTTPTransport
        return self._on_aiohttp

    def check_usable(self) -> None:
        """Refuse to be used where that cannot work.

        Raises:
            ConfigurationError: The pool is closed, or belongs to another event loop or process.
        """
        if self._client.is_closed:
            raise closed()
        check_process(self._pid, self._given)
        loop = _running_loop()
        if self._loop is _NO_LOOP_YET:
            self._loop, self._pid = loop, os.getpid()
        elif self._given is not None:
            return
        elif self._pid != os.getpid():
            raise ConfigurationError(
                "nothing was sent: this client was used before the process was forked; "
                "make one in each process"
            )
        elif loop is not self._loop:
            # In the transport this would fail half-way, as a send of unknown outcome.
            raise ConfigurationError(
                "nothing was sent: this client belongs to another event loop; make one in each asyncio.run()"
            )


def _backstop(attempt: Attempt) -> AbstractContextManager[object]:
    """Ends a try whose transport does not keep to its time."""
    left = attempt.left
    # httpx's connections end it a little earlier, and say whether anything was sent.
    return nullcontext() if left is None else anyio.fail_after(max(left, 0.0) + _SLACK)


def _running_loop() -> object:
    # asyncio is not imported for this: trio does not use it.
    asyncio = sys.modules.get("asyncio")
    try:
        return None if asyncio is None else asyncio.get_running_loop()
    except RuntimeError:
        return None


def _under_trio() -> bool:
    trio = sys.modules.get("trio")
    return trio is not None and trio.lowlevel.in_trio_run()


def _aiohttp_kind(connection: Connection) -> type[httpx.AsyncBaseTransport] | None:
    """The transport on aiohttp where it is installed: it is faster with many requests in flight."""
    if _under_trio() or importlib.util.find_spec("httpx_aiohttp") is None:
        return None
    return on_aiohttp.TracingAiohttpTransport if connection.may_use_proxy else on_aiohttp.AiohttpTransport


def _plain_kind(_proxy: str | None) -> type[httpx.AsyncHTTPTransport]:
    return httpx.AsyncHTTPTransport
