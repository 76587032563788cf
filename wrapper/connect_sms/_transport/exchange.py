"""One exchange with a server: conversion of the request for httpx, and of its exceptions and bodies.

An exception of the transport becomes a `TransportFailure` that says whether anything can have reached the
server. The exception itself is dropped: it holds the request, and with it key and text.
"""

from __future__ import annotations

import inspect
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Final, NoReturn, cast

import httpx

from connect_sms._lazy import LazyModule
from connect_sms.errors.base import ConfigurationError, ConnectSmsError
from connect_sms.errors.calls import RequestBlocked
from connect_sms.models.responses import RawResponse

from .effects import TransportFailure
from .unpacking import Unpacker

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Iterable, Iterator, Mapping

    from . import threads
    from .attempt import Attempt
    from .effects import Request, Sink
    from .trust import Evidence
else:
    threads = LazyModule("connect_sms._transport.threads")  # with the asynchronous client alone

#: httpx raises these before it has written the first byte of a request.
_BEFORE_SENDING: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)

#: The same of aiohttp, by name so that it need not be imported. httpx-aiohttp reports a connection that
#: broke *after* the request as a ConnectTimeout; only aiohttp's own exception distinguishes the two.
_BEFORE_SENDING_AIOHTTP: Final = frozenset(
    {"ClientConnectorError", "ConnectionTimeoutError", "ClientHttpProxyError"}
)

#: httpcore events just before it writes the first byte of a request.
_FIRST_WRITE: Final = frozenset({"http11.send_request_headers.started", "http2.send_request_headers.started"})

#: The same of our transport on aiohttp.
AIOHTTP_FIRST_WRITE: Final = "aiohttp.send_request_headers.started"

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


def failure(problem: Exception, evidence: Evidence, watch: WriteWatch | None = None) -> TransportFailure:
    """Convert a transport's exception to a failure.

    Args:
        problem: The exception.
        evidence: What the transport is believed about.
        watch: What saw it write, if it was watched.
    """
    cause = problem.__cause__
    by_aiohttp = cause is not None and type(cause).__module__.startswith("aiohttp")
    reason = type(cause if by_aiohttp else problem).__name__
    if evidence == "none":
        not_sent = False
    elif evidence == "writes" and watch is not None and not watch.begun:
        not_sent = True
    elif by_aiohttp:
        not_sent = not _BEFORE_SENDING_AIOHTTP.isdisjoint(cls.__name__ for cls in type(cause).__mro__)
    else:
        not_sent = isinstance(problem, _BEFORE_SENDING)
    return TransportFailure(reason, not_sent=not_sent)


def watch_for(request: Request, evidence: Evidence) -> WriteWatch | None:
    """What watches for the first write of a request; None where nobody needs to know."""
    wanted = request.before_write is not None or evidence == "writes"
    return WriteWatch(request) if wanted else None


def received(response: httpx.Response, body: bytes, attempt: Attempt) -> RawResponse:
    """Convert an answer that was read whole."""
    return RawResponse(response.status_code, response.headers, body, attempt.followed_by_data)


def closed() -> ConfigurationError:
    """The error for using a closed client."""
    return ConfigurationError("the client is closed; use it inside its `with` block, or make a new one")


class WriteWatch:
    """Watches a transport for the moment in which it is about to write a request's first byte.

    It then calls the request's `before_write`, if there is one. A failure before that moment sent nothing:
    a proxy, for example, may refuse or break a tunnel in many ways.

    Args:
        request: The request.

    Attributes:
        begun: True once the moment has come.
        refusal: The error for the caller when `before_write` raised; None otherwise.
    """

    def __init__(self, request: Request) -> None:
        self._request = request
        self.begun = False
        self.refusal: ConnectSmsError | None = None

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """The callback of httpcore's extension ``trace``, for blocking connections."""
        if _is_first_write(event, info):
            self.call()
            self.begun = True

    async def atrace(self, event: str, info: Mapping[str, Any]) -> None:
        """The same for connections of an event loop."""
        if _is_first_write(event, info):
            await self.acall()
            self.begun = True

    def call(self) -> None:
        """Call `before_write` now.

        Raises:
            ConnectSmsError: What it raised, or a `RequestBlocked` in its place.
        """
        check = self._request.before_write
        if check is None:
            return
        try:
            result = check(self._request)
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
        check = self._request.before_write
        if check is None:
            return
        result: object
        try:
            if inspect.iscoroutinefunction(check):
                result = check(self._request)
            else:
                result = await threads.in_thread(partial(check, self._request))
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
    own = event in _FIRST_WRITE and info["request"].method != b"CONNECT"
    return own or event == AIOHTTP_FIRST_WRITE


class Intake:
    """Receives a download's body: a file goes to the sink, any other body is kept up to a limit.

    Attributes:
        wants_more: False once no further piece is wanted.

    Raises:
        UnknownCoding: The file is packed in a way that was not asked for.
    """

    def __init__(self, response: httpx.Response, sink: Sink) -> None:
        self._response, self._sink = response, sink
        self._kept = bytearray()
        self._is_file = response.status_code == httpx.codes.OK
        self._unpacker = Unpacker(response.headers.get("content-encoding", "") if self._is_file else "")
        self.wants_more = True

    @property
    def pieces(self) -> Iterable[bytes]:
        """The body as it comes over the wire, or, where it is no file, unpacked by httpx."""
        raw = cast("httpx.SyncByteStream", self._response.stream)
        return raw if self._is_file else self._response.iter_bytes()

    @property
    def async_pieces(self) -> AsyncIterable[bytes]:
        """The same for connections of an event loop."""
        raw = cast("httpx.AsyncByteStream", self._response.stream)
        return raw if self._is_file else self._response.aiter_bytes()

    @property
    def is_full(self) -> bool:
        """True when the sink must be flushed before the next piece."""
        return self._sink.is_full

    def take(self, piece: bytes) -> Iterator[None]:
        """Take a piece. Yields whenever the sink may be full, until no more is wanted.

        Raises:
            BrokenBody: The file cannot be unpacked.
        """
        if self._is_file:
            yield from self._hand_on(self._unpacker.unpack(piece))
        else:
            self._kept += piece[: _LONGEST_REFUSAL - len(self._kept)]
            self.wants_more = len(self._kept) < _LONGEST_REFUSAL

    def end(self) -> Iterator[None]:
        """The body has ended.

        Raises:
            BrokenBody: It ended early.
        """
        if self._is_file:
            yield from self._hand_on(self._unpacker.end())

    def _hand_on(self, pieces: Iterator[bytes]) -> Iterator[None]:
        for piece in pieces:
            self.wants_more = self._sink.take(piece)
            if not self.wants_more:
                return
            yield

    def reply(self) -> RawResponse:
        """The response to return."""
        return RawResponse(self._response.status_code, self._response.headers, bytes(self._kept))
