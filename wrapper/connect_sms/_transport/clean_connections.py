"""Guards the connections of httpx: none is used again while something lies on it that nobody asked for.

A server, or a proxy before it, may send a response too many. httpcore would read it as the answer to the next
request, and be one answer behind from then on.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final

import httpcore

from .attempt import current_attempt
from .network import AsyncWatchedBackend, WatchedBackend

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

#: Statuses that refuse a request. When more lies behind one, the refusal may belong to another request.
_REFUSALS: Final = range(400, 500)


def guard(transport: object) -> bool:
    """Guard the connections that a transport of httpx opens from now on.

    HTTP/2 is left alone: there each answer names its request.

    Returns:
        True when they are guarded; False for any other transport.
    """
    pool: Any = getattr(transport, "_pool", None)
    backend = getattr(pool, "_network_backend", None)
    if backend is None:
        return False
    if isinstance(backend, WatchedBackend | AsyncWatchedBackend):
        return True
    if getattr(pool, "_http2", False):
        return False
    make = pool.create_connection
    if isinstance(pool, httpcore.ConnectionPool):
        # httpx passes none on.
        pool._network_backend = WatchedBackend(backend)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        pool.create_connection = lambda origin: GuardedConnection(make(origin))  # type: ignore[method-assign]
        return True
    if isinstance(pool, httpcore.AsyncConnectionPool):
        pool._network_backend = AsyncWatchedBackend(backend)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        pool.create_connection = lambda origin: AsyncGuardedConnection(make(origin))  # type: ignore[method-assign]
        return True
    return False


class _Guard:
    """What both kinds of connection know and say to httpcore's pool.

    Attributes:
        spoiled: True once something lay behind an answer.
        answered: True once a request was answered.
    """

    def __init__(self, connection: Any) -> None:  # noqa: ANN401  of either kind
        self._connection = connection
        self._lock = threading.Lock()
        self._state: Any = None
        self._taken = False
        self.spoiled = False
        self.answered = False

    def _take(self) -> None:
        """Take the connection for a request.

        Raises:
            httpcore.ConnectionNotAvailable: Another thread or task was quicker, or it is spoiled.
        """
        with self._lock:
            if self._taken or self.spoiled:
                raise httpcore.ConnectionNotAvailable
            self._taken = True

    def _seen_before_the_first_answer(self) -> httpcore.ConnectError | None:
        """The error when a new connection proved unclean: another new one might, too, and without end."""
        if self.answered:
            return None
        return httpcore.ConnectError("the server sent something before it was asked")

    def has_leftover(self) -> bool:
        """True when bytes behind an answer have been read with it."""
        layer = self._connection
        while self._state is None and layer is not None:
            self._state = getattr(layer, "_h11_state", None)
            layer = getattr(layer, "_connection", None)
        return self._state is not None and bool(self._state.trailing_data[0])

    def can_handle_request(self, origin: httpcore.Origin) -> bool:
        """Whether it leads there."""
        return bool(self._connection.can_handle_request(origin))

    def is_available(self) -> bool:
        """Whether it is free for a request."""
        return not (self._taken or self.spoiled) and self._connection.is_available()

    def has_expired(self) -> bool:
        """Whether it is to be closed."""
        # httpcore looks here for bytes on an idle connection, and would find the answer of a request that
        # begins meanwhile in another thread.
        with self._lock:
            return not self._taken and (self.spoiled or self._connection.has_expired())

    def is_idle(self) -> bool:
        """Whether no request is under way."""
        return not self._taken and self._connection.is_idle()

    def is_closed(self) -> bool:
        """Whether it is closed."""
        return bool(self._connection.is_closed())

    def info(self) -> str:
        """Its state, for httpcore's log."""
        return str(self._connection.info())


class GuardedConnection(_Guard, httpcore.ConnectionInterface):
    """A connection of httpcore's pool, blocking."""

    def handle_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send a request.

        Raises:
            httpcore.ConnectionNotAvailable: It cannot be used; nothing was sent.
            httpcore.ConnectError: The same, and it was a new one.
        """
        self._take()
        try:
            response: httpcore.Response = self._connection.handle_request(request)
        except httpcore.ConnectionNotAvailable:
            raise self._seen_before_the_first_answer() or httpcore.ConnectionNotAvailable from None
        finally:
            self._taken = False
        self.answered = True
        response.stream = _Answer(self, response)
        return response

    def close(self) -> None:
        """Close it."""
        self._connection.close()


class AsyncGuardedConnection(_Guard, httpcore.AsyncConnectionInterface):
    """A connection of httpcore's pool, for an event loop."""

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send a request.

        Raises:
            httpcore.ConnectionNotAvailable: It cannot be used; nothing was sent.
            httpcore.ConnectError: The same, and it was a new one.
        """
        self._take()
        try:
            response: httpcore.Response = await self._connection.handle_async_request(request)
        except httpcore.ConnectionNotAvailable:
            raise self._seen_before_the_first_answer() or httpcore.ConnectionNotAvailable from None
        finally:
            self._taken = False
        self.answered = True
        response.stream = _AsyncAnswer(self, response)
        return response

    async def aclose(self) -> None:
        """Close it."""
        await self._connection.aclose()


class _Body:
    """The body of an answer. What lies behind it is noted before another request may use the connection."""

    def __init__(self, guard: _Guard, response: httpcore.Response) -> None:
        self._guard = guard
        self._stream: Any = response.stream
        # httpcore's types have a bare `dict` there.
        self._network: Any = response.extensions.get("network_stream")  # pyright: ignore[reportUnknownMemberType]
        self._refused = response.status in _REFUSALS
        # Of the request: the body may be closed elsewhere.
        self._attempt = current_attempt()

    def _note_leftover(self) -> None:
        self._guard.spoiled = True
        if self._attempt is not None:
            self._attempt.followed_by_data = True


class _Answer(_Body):
    def __iter__(self) -> Iterator[bytes]:
        return iter(self._stream)

    def close(self) -> None:
        if self._guard.has_leftover() or (self._refused and self._network.says_something()):
            self._note_leftover()
        self._stream.close()


class _AsyncAnswer(_Body):
    def __aiter__(self) -> AsyncIterator[bytes]:
        stream: AsyncIterator[bytes] = aiter(self._stream)
        return stream

    async def aclose(self) -> None:
        if self._guard.has_leftover() or (self._refused and await self._network.says_something()):
            self._note_leftover()
        await self._stream.aclose()
