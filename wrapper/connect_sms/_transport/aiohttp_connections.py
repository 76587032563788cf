"""Guards the connections of aiohttp: none is used while something lies on it that nobody asked for."""

from __future__ import annotations

import asyncio
import select
import socket
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakSet

import aiohttp

from .attempt import current_attempt

if TYPE_CHECKING:
    from aiohttp.client_reqrep import ClientRequest
    from aiohttp.connector import Connection
    from aiohttp.tracing import Trace
    from httpx_aiohttp import AiohttpTransport

    from .attempt import Attempt

#: Turns of the event loop after which it has read what the operating system had.
_TURNS: Final = 2


def guard(transport: AiohttpTransport) -> bool:
    """Guard the connections that a transport opens, unless it was given a session of its own.

    Returns:
        True when they are guarded.
    """
    if transport.client is None:
        transport.client = lambda: _session(transport)
    return callable(transport.client)


def _session(transport: AiohttpTransport) -> aiohttp.ClientSession:
    """What httpx-aiohttp makes, with a guarded connector."""
    limit = transport.limits.max_connections
    connector = GuardedConnector(
        keepalive_timeout=transport.limits.keepalive_expiry,
        ssl=transport.ssl_context,
        local_addr=(transport.local_address, 0) if transport.local_address else None,
        limit=0 if limit is None else limit,
    )
    return aiohttp.ClientSession(connector=connector)


class GuardedConnector(aiohttp.TCPConnector):
    """Gives out clean connections alone."""

    def __init__(self, **options: Any) -> None:
        # One of aiohttp's own types is a bare `tuple`.
        super().__init__(**options)  # pyright: ignore[reportUnknownMemberType]
        self._used: WeakSet[Any] = WeakSet()

    async def connect(
        self, req: ClientRequest, traces: list[Trace], timeout: aiohttp.ClientTimeout
    ) -> Connection:
        """A connection for a request.

        Raises:
            aiohttp.ClientConnectorError: A new one proved unclean; nothing was sent.
        """
        attempt = current_attempt()
        if attempt is not None:
            attempt.connected = False
        while True:
            connection = await super().connect(req, traces, timeout)
            protocol = connection.protocol
            used = protocol in self._used
            try:
                unclean = await _is_unclean(protocol)
            except BaseException:
                connection.close()
                raise
            if not unclean and not (used and connection.closed):
                break
            connection.close()
            if not used:
                # Another new one might be unclean, too, and without end.
                raise aiohttp.ClientConnectorError(
                    req.connection_key, OSError("the server sent something before it was asked")
                )
        self._used.add(protocol)
        if attempt is not None:
            attempt.connected = True
            connection.add_callback(lambda: _note_leftover(protocol, attempt))
        return connection


async def _is_unclean(protocol: Any) -> bool:  # noqa: ANN401  aiohttp's, of which its types say little
    if _is_readable(protocol):
        for _ in range(_TURNS):
            await asyncio.sleep(0)
    return _has_unread(protocol) or bool(protocol.should_close and protocol.is_connected())


def _note_leftover(protocol: Any, attempt: Attempt) -> None:  # noqa: ANN401  as above
    """Called when a connection is given back: note what lies behind the answer."""
    if _has_unread(protocol) or (not protocol.should_close and _holds_bytes(protocol)):
        attempt.followed_by_data = True


def _has_unread(protocol: Any) -> bool:  # noqa: ANN401  as above
    """True when it has read bytes that belong to no request."""
    return bool(protocol._buffer or protocol._tail)  # noqa: SLF001  aiohttp has no public name for it


def _is_readable(protocol: Any) -> bool:  # noqa: ANN401  as above
    """True when the operating system has bytes, or the end of the connection."""
    found = _socket(protocol)
    if found is None or found.fileno() < 0:
        return False
    if not hasattr(select, "poll"):  # Windows
        return bool(select.select([found], [], [], 0)[0])
    poll = select.poll()
    poll.register(found, select.POLLIN)
    return bool(poll.poll(0))


def _holds_bytes(protocol: Any) -> bool:  # noqa: ANN401  as above
    """True when the operating system has bytes, and not the end of the connection alone."""
    if not _is_readable(protocol):
        return False
    with _socket(protocol).dup() as twin:
        twin.setblocking(False)
        try:
            return bool(twin.recv(1, socket.MSG_PEEK))
        except OSError:
            return False


def _socket(protocol: Any) -> Any:  # noqa: ANN401  asyncio's stand-in for a socket
    transport = protocol.transport
    return None if transport is None or transport.is_closing() else transport.get_extra_info("socket")
