"""One exchange with a server: conversion of the request for httpx, and of its exceptions and bodies.

An exception of the transport becomes a `TransportFailure` that says whether anything can have reached the
server. The exception itself is dropped: it holds the request, and with it key and text.
"""

from __future__ import annotations

import inspect
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NoReturn

import httpx

from connect_sms._lazy import LazyModule
from connect_sms.errors.base import ConfigurationError, ConnectSmsError
from connect_sms.errors.calls import RequestBlocked
from connect_sms.models.responses import RawResponse

from .effects import TransportFailure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from anyio import to_thread

    from .effects import Request, Sink
else:
    to_thread = LazyModule("anyio.to_thread")  # with the asynchronous client alone

#: httpx raises these before it has written the first byte of a request.
_BEFORE_SENDING: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)

#: The same of aiohttp, by name so that it need not be imported. httpx-aiohttp reports a connection that
#: broke *after* the request as a ConnectTimeout; only aiohttp's own exception distinguishes the two.
_BEFORE_SENDING_AIOHTTP: Final = frozenset(
    {"ClientConnectorError", "ConnectionTimeoutError", "ClientHttpProxyError"}
)

#: httpcore events just before it writes the first byte of a request.
_FIRST_WRITE: Final = frozenset({"http11.send_request_headers.started", "http2.send_request_headers.started"})

#: Maximum bytes of an error body to keep when a file was expected.
_LONGEST_REFUSAL: Final = 65_536


class _WireRequest(httpx.Request):
    """A request whose repr shows no URL: that of a file grants access to it."""

    def __repr__(self) -> str:
        return f"<Request({self.method!r})>"


@lru_cache(maxsize=64)
def parse_url(url: str) -> httpx.URL:
    """Parse a URL for httpx, cached: parsing costs as much as encoding a message."""
    return httpx.URL(url)


def build(request: Request) -> httpx.Request | TransportFailure:
    """Convert a request for httpx."""
    timeout = request.timeout
    try:
        return _WireRequest(
            request.method,
            parse_url(request.url),
            headers=request.headers,
            content=request.body,
            extensions={
                "timeout": {
                    "connect": timeout.connect,
                    "pool": timeout.connect,
                    "read": timeout.read,
                    "write": timeout.read,
                }
            },
        )
    except Exception as problem:  # noqa: BLE001  for example a host that only httpx refuses
        return TransportFailure(type(problem).__name__, not_sent=True)


def failure(problem: Exception) -> TransportFailure:
    """Convert a transport's exception to a failure."""
    cause = problem.__cause__
    if cause is not None and type(cause).__module__.startswith("aiohttp"):
        names = {cls.__name__ for cls in type(cause).__mro__}
        return TransportFailure(type(cause).__name__, not_sent=not names.isdisjoint(_BEFORE_SENDING_AIOHTTP))
    return TransportFailure(type(problem).__name__, not_sent=isinstance(problem, _BEFORE_SENDING))


def closed() -> ConfigurationError:
    """The error for using a closed client."""
    return ConfigurationError("the client is closed; use it inside its `with` block, or make a new one")


class WriteCheck:
    """Calls a request's `before_write` when httpcore is about to write the request's first byte.

    Args:
        request: The request.
        before_write: Its `before_write`.

    Attributes:
        refusal: The error for the caller when `before_write` raised; None otherwise.
    """

    def __init__(self, request: Request, before_write: Callable[[Request], object]) -> None:
        self._request = request
        self._before_write = before_write
        self.refusal: ConnectSmsError | None = None

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """The callback of httpcore's extension ``trace``, for blocking connections."""
        if _is_first_write(event, info):
            self.call()

    async def atrace(self, event: str, info: Mapping[str, Any]) -> None:
        """The same for connections of an event loop."""
        if _is_first_write(event, info):
            await self.acall()

    def call(self) -> None:
        """Call it now.

        Raises:
            ConnectSmsError: What it raised, or a `RequestBlocked` in its place.
        """
        try:
            result = self._before_write(self._request)
        except Exception as problem:  # noqa: BLE001  raised again as a typed error
            self._refuse(problem)
        if inspect.iscoroutine(result):
            result.close()
            self._refuse(ConfigurationError("an asynchronous before_write needs the asynchronous client"))

    async def acall(self) -> None:
        """The same for connections of an event loop: a plain function is called in a thread.

        Raises:
            ConnectSmsError: What it raised, or a `RequestBlocked` in its place.
        """
        check = self._before_write
        result: object
        try:
            if inspect.iscoroutinefunction(check):
                result = check(self._request)
            else:
                result = await to_thread.run_sync(check, self._request)
            if inspect.isawaitable(result):
                await result
        except Exception as problem:  # noqa: BLE001  raised again as a typed error
            self._refuse(problem)

    def _refuse(self, problem: Exception) -> NoReturn:
        if isinstance(problem, ConnectSmsError) and not problem.may_have_been_sent:
            self.refusal = problem
            raise problem
        self.refusal = RequestBlocked(reason=type(problem).__name__)
        raise self.refusal from problem


def _is_first_write(event: str, info: Mapping[str, Any]) -> bool:
    # A request for a tunnel through a proxy goes out first, and is not the one that matters.
    return event in _FIRST_WRITE and info["request"].method != b"CONNECT"


class Intake:
    """Receives a download's body: a file goes to the sink, any other body is kept up to a limit."""

    def __init__(self, response: httpx.Response, sink: Sink) -> None:
        self._response, self._sink = response, sink
        self._kept = bytearray()

    @property
    def is_full(self) -> bool:
        """True when the sink must be flushed before the next piece."""
        return self._sink.is_full

    def wants_more_after(self, piece: bytes) -> bool:
        """Take a piece; False when no more are wanted."""
        if self._response.status_code == httpx.codes.OK:
            return self._sink.take(piece)
        self._kept += piece[: _LONGEST_REFUSAL - len(self._kept)]
        return len(self._kept) < _LONGEST_REFUSAL

    def reply(self) -> RawResponse:
        """The response to return."""
        return RawResponse(self._response.status_code, self._response.headers, bytes(self._kept))
