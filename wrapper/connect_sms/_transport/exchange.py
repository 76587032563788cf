"""One exchange with a server: conversion of the request for httpx, and of its exceptions and bodies.

An exception of the transport becomes a `TransportFailure` that says whether anything can have reached the
server. The exception itself is dropped: it holds the request, and with it key and text.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import httpx

from connect_sms.errors.base import ConfigurationError
from connect_sms.models.responses import RawResponse

from .effects import TransportFailure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .effects import Request, Sink

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


@lru_cache(maxsize=64)
def parse_url(url: str) -> httpx.URL:
    """Parse a URL for httpx, cached: parsing costs as much as encoding a message."""
    return httpx.URL(url)


def build(request: Request) -> httpx.Request | TransportFailure:
    """Convert a request for httpx."""
    timeout = request.timeout
    try:
        return httpx.Request(
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

    Attributes:
        refusal: What `before_write` raised; None otherwise.
    """

    def __init__(self, request: Request) -> None:
        self._request = request
        self.refusal: Exception | None = None

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """The callback of httpcore's extension ``trace``, for blocking connections."""
        # The request for a proxy tunnel comes first and does not count.
        if event not in _FIRST_WRITE or info["request"].method == b"CONNECT":
            return
        try:
            self.call()
        except Exception as refusal:
            self.refusal = refusal
            raise

    async def atrace(self, event: str, info: Mapping[str, Any]) -> None:
        """The same for asynchronous connections."""
        self.trace(event, info)

    def call(self) -> None:
        """Call it now."""
        if self._request.before_write is not None:
            self._request.before_write(self._request)


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
