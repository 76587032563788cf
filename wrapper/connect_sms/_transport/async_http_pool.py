"""Connections for an event loop: on aiohttp's transport where possible, otherwise on httpx's own."""

from __future__ import annotations

import importlib.util
import sys
from functools import partial
from typing import TYPE_CHECKING, Final

import httpx
from anyio.to_thread import run_sync

from connect_sms.errors.base import ConfigurationError
from connect_sms.models.responses import RawResponse

from .effects import TransportFailure
from .exchange import Intake, WriteCheck, build, closed, failure

if TYPE_CHECKING:
    from .connection import Connection
    from .effects import Request, Sink

#: The event loop of a client is not known until its first request.
_NO_LOOP_YET: Final = object()


class AsyncHttpPool:
    """Asynchronous connection pool."""

    def __init__(self, connection: Connection) -> None:
        connection.check_transport(httpx.AsyncBaseTransport, "AsyncSmsClient")
        self._connection = connection
        self._client = connection.make_client(_client_class(connection))
        self._loop: object = _NO_LOOP_YET
        self._file_transports: dict[str | None, httpx.AsyncHTTPTransport] = {}

    async def send(self, request: Request) -> RawResponse | TransportFailure:
        """Send one request and read the whole answer.

        Raises:
            ConfigurationError: The pool is closed, or belongs to another event loop.
            ConnectSmsError: `Request.before_write` refused; nothing was sent.
        """
        if self._client.is_closed:
            raise closed()
        self._check_loop()
        ready = build(request)
        if isinstance(ready, TransportFailure):
            return ready
        check = None if request.before_write is None else WriteCheck(request, request.before_write)
        if check is not None:
            if self._tells_writes():
                ready.extensions["trace"] = check.atrace
            else:
                await check.acall()
        try:
            response = await self._client.send(ready)
        except Exception as problem:  # noqa: BLE001  a custom transport may raise anything
            fault = failure(problem)
        else:
            return RawResponse(response.status_code, response.headers, response.content)
        if check is not None and check.refusal is not None:
            raise check.refusal
        return fault

    async def download(self, request: Request, sink: Sink) -> RawResponse | TransportFailure:
        """Send one request and stream the body to the sink.

        Raises:
            ConfigurationError: The pool is closed, or belongs to another event loop.
        """
        if self._client.is_closed:
            raise closed()
        self._check_loop()
        ready = build(request)
        if isinstance(ready, TransportFailure):
            return ready
        try:
            transport = await self._file_transport(ready.url)
            response = await transport.handle_async_request(ready)
            intake = Intake(response, sink)
            try:
                async for piece in response.aiter_bytes():
                    wants_more = intake.wants_more_after(piece)
                    del piece  # a cancelled task must not show it
                    if not wants_more:
                        break
                    if intake.is_full:
                        await run_sync(sink.flush)
            finally:
                await response.aclose()
        except Exception as problem:  # noqa: BLE001  a custom transport may raise anything
            fault = failure(problem)
        else:
            return intake.reply()
        return fault

    async def aclose(self) -> None:
        """Close every connection."""
        await self._client.aclose()
        for transport in self._file_transports.values():
            await transport.aclose()

    async def _file_transport(self, url: httpx.URL) -> httpx.AsyncBaseTransport:
        """A transport without a client: httpx's clients log URLs, and this link alone grants access."""
        connection = self._connection
        if connection.transport is not None:
            given: httpx.AsyncBaseTransport = connection.transport
            return given
        proxy = connection.proxy_for(url)
        if proxy not in self._file_transports:
            # In a thread, as it reads the certificate files.
            make = partial(connection.make, httpx.AsyncHTTPTransport, proxy=proxy)
            self._file_transports[proxy] = await run_sync(make)
        return self._file_transports[proxy]

    def _tells_writes(self) -> bool:
        given: object = self._connection.transport
        if given is None:
            return type(self._client) is httpx.AsyncClient
        return type(given) is httpx.AsyncHTTPTransport

    def _check_loop(self) -> None:
        loop = _running_loop()
        if loop is self._loop:
            return
        if self._loop is _NO_LOOP_YET:
            if _under_trio() and type(self._client) is not httpx.AsyncClient:
                self._client = self._connection.make_client(httpx.AsyncClient)
            self._loop = loop
        elif self._connection.transport is None:
            # In the transport this would fail half-way, as a send of unknown outcome.
            raise ConfigurationError(
                "nothing was sent: this client belongs to another event loop; make one in each asyncio.run()"
            )


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


def _client_class(connection: Connection) -> type[httpx.AsyncClient]:
    """The client on aiohttp's transport where possible: it is faster with many requests in flight."""
    if _under_trio() or connection.over_socks() or importlib.util.find_spec("httpx_aiohttp") is None:
        return httpx.AsyncClient
    from httpx_aiohttp import HttpxAiohttpClient  # noqa: PLC0415  an extra

    return HttpxAiohttpClient
