"""Sockets for httpcore that keep to the time of a try, and write a request on a clean connection alone.

httpcore's timeouts are for each read, so that a server that says a byte now and then makes an answer last for
ever. And it writes a request on a connection on which something lies already: that would be taken for the
answer to this request.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any, Final

import httpcore

from .attempt import is_limited, limited
from .unread import Unread

if TYPE_CHECKING:
    import ssl
    from collections.abc import Coroutine, Iterable

#: Bytes written at a time when the time is limited: one write of httpcore waits for many sends.
_PIECE: Final = 16_384

#: Seconds to wait for bytes that the operating system has, in order to tell them from TLS's own messages.
_MOMENT: Final = 0.003

#: A probe found nothing, or a broken connection, which the request itself will show.
_NOTHING_SAID: Final = (httpcore.TimeoutException, httpcore.NetworkError)


class _Turns:
    """Whose turn it is on a connection: a request's first write comes after a read, or at the very start."""

    __slots__ = ("_used", "_writing")

    def __init__(self) -> None:
        self._used = self._writing = False

    def reading(self) -> None:
        """Note a read."""
        self._writing = False

    def begins(self) -> bool:
        """Note a write. True when it is the first of a request."""
        begins, self._writing = not self._writing, True
        return begins

    def first_ever(self) -> bool:
        """Note a request. True when it is the connection's first."""
        first, self._used = not self._used, True
        return first


class WatchedStream(httpcore.NetworkStream):
    """A connected socket, blocking."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream
        self._unread = Unread(stream)
        self._turns = _Turns()

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what there is."""
        self._turns.reading()
        return self._stream.read(max_bytes, limited(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of it.

        Raises:
            httpcore.ConnectionNotAvailable: Something lies on the connection; nothing was written.
        """
        if self._turns.begins():
            limited(timeout, httpcore.ConnectTimeout)
            if self._is_unclean():
                raise httpcore.ConnectionNotAvailable
        if len(buffer) <= _PIECE or not is_limited():
            self._stream.write(buffer, limited(timeout, httpcore.WriteTimeout))
            return
        for start in range(0, len(buffer), _PIECE):
            piece = buffer[start : start + _PIECE]
            self._stream.write(piece, limited(timeout, httpcore.WriteTimeout))

    def _is_unclean(self) -> bool:
        if self._turns.first_ever():
            return self.says_something()
        return bool(self._unread)

    def says_something(self) -> bool:
        """True when there are bytes to read now. They are lost by this."""
        if not self._unread:
            return False
        try:
            return bool(self._stream.read(1, _MOMENT))
        except _NOTHING_SAID:
            return False

    def close(self) -> None:
        """Close it."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """The same connection within TLS."""
        limit = limited(timeout, httpcore.ConnectTimeout)
        return WatchedStream(self._stream.start_tls(ssl_context, server_hostname, limit))

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401  as httpcore has it
        """What httpcore tells of it."""
        return self._stream.get_extra_info(info)


class WatchedBackend(httpcore.NetworkBackend):
    """Opens connections, blocking."""

    def __init__(self, backend: httpcore.NetworkBackend) -> None:
        self._backend = backend

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to a host.

        Raises:
            httpcore.ConnectError, httpcore.ConnectTimeout: None of its addresses answered.
        """
        failed: Exception = httpcore.ConnectError("the host has no address")
        # One by one: the time is for all of them, and would otherwise be given to each.
        for address in _addresses(host, port):
            limit = limited(timeout, httpcore.ConnectTimeout)
            try:
                stream = self._backend.connect_tcp(address, port, limit, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as problem:
                failed = problem
            else:
                return WatchedStream(stream)
        raise failed

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        """Connect to a Unix socket."""
        limit = limited(timeout, httpcore.ConnectTimeout)
        return WatchedStream(self._backend.connect_unix_socket(path, limit, socket_options))

    def sleep(self, seconds: float) -> None:
        """Wait between two tries to connect."""
        self._backend.sleep(limited(seconds, httpcore.ConnectTimeout) or 0.0)


class AsyncWatchedStream(httpcore.AsyncNetworkStream):
    """A connected socket of an event loop."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self._unread = Unread(stream)
        self._turns = _Turns()

    # Plain functions that return a coroutine: one less for the event loop to go through at each step.
    # mypy knows what `async def` returns as a `Coroutine`, pyright as a `CoroutineType`.
    def read(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, max_bytes: int, timeout: float | None = None
    ) -> Coroutine[Any, Any, bytes]:
        """Read what there is."""
        self._turns.reading()
        return self._stream.read(max_bytes, limited(timeout, httpcore.ReadTimeout))

    def write(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, buffer: bytes, timeout: float | None = None
    ) -> Coroutine[Any, Any, None]:
        """Write all of it.

        Raises:
            httpcore.ConnectionNotAvailable: Something lies on the connection; nothing was written.
        """
        if self._turns.begins():
            return self._begin(buffer, timeout)
        return self._stream.write(buffer, limited(timeout, httpcore.WriteTimeout))

    async def _begin(self, buffer: bytes, timeout: float | None) -> None:
        limited(timeout, httpcore.ConnectTimeout)
        if await self._is_unclean():
            raise httpcore.ConnectionNotAvailable
        await self._stream.write(buffer, limited(timeout, httpcore.WriteTimeout))

    async def _is_unclean(self) -> bool:
        if self._turns.first_ever():
            return await self.says_something()
        return bool(self._unread)

    async def says_something(self) -> bool:
        """True when there are bytes to read now. They are lost by this."""
        if not self._unread:
            return False
        try:
            return bool(await self._stream.read(1, _MOMENT))
        except _NOTHING_SAID:
            return False

    async def aclose(self) -> None:
        """Close it."""
        await self._stream.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        """The same connection within TLS."""
        limit = limited(timeout, httpcore.ConnectTimeout)
        return AsyncWatchedStream(await self._stream.start_tls(ssl_context, server_hostname, limit))

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401  as httpcore has it
        """What httpcore tells of it."""
        return self._stream.get_extra_info(info)


class AsyncWatchedBackend(httpcore.AsyncNetworkBackend):
    """Opens connections of an event loop."""

    def __init__(self, backend: httpcore.AsyncNetworkBackend) -> None:
        self._backend = backend

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to a host; the time is for all its addresses."""
        limit = limited(timeout, httpcore.ConnectTimeout)
        stream = await self._backend.connect_tcp(host, port, limit, local_address, socket_options)
        return AsyncWatchedStream(stream)

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.AsyncNetworkStream:
        """Connect to a Unix socket."""
        limit = limited(timeout, httpcore.ConnectTimeout)
        return AsyncWatchedStream(await self._backend.connect_unix_socket(path, limit, socket_options))

    async def sleep(self, seconds: float) -> None:
        """Wait between two tries to connect."""
        await self._backend.sleep(limited(seconds, httpcore.ConnectTimeout) or 0.0)


def _addresses(host: str, port: int) -> list[str]:
    if not is_limited():
        return [host]
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as problem:
        raise httpcore.ConnectError(type(problem).__name__) from None
    return [str(address[0]) for *_, address in found]
