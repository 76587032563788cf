"""Transports of one's own that hand the request on, and then say that it was never sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable


class ClientConnectorError(Exception):
    """By its name and module aiohttp's word for a connection that was never made."""


ClientConnectorError.__module__ = "aiohttp.client_exceptions"


def _by_name() -> Exception:
    error = httpx.ConnectError("no connection")
    error.__cause__ = ClientConnectorError()
    return error


LIES: Final[dict[str, Callable[[], Exception]]] = {
    "ConnectError": lambda: httpx.ConnectError("no connection"),
    "ConnectTimeout": lambda: httpx.ConnectTimeout("no connection"),
    "PoolTimeout": lambda: httpx.PoolTimeout("no connection"),
    "ProxyError": lambda: httpx.ProxyError("no connection"),
    "aiohttp's, by name": _by_name,
}


class LyingTransport(httpx.BaseTransport):
    """Every failure is said to have come before the request.

    Attributes:
        handed_over: Requests it was given.
    """

    def __init__(self, lie: Callable[[], Exception]) -> None:
        self._lie, self._real = lie, httpx.HTTPTransport()
        self.handed_over = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send it; lie about what goes wrong."""
        self.handed_over += 1
        try:
            response = self._real.handle_request(request)
            response.read()
        except httpx.TransportError:
            raise self._lie() from self._lie().__cause__
        return response

    def close(self) -> None:
        """Close the connections."""
        self._real.close()


class AsyncLyingTransport(httpx.AsyncBaseTransport):
    """The same for an event loop."""

    def __init__(self, lie: Callable[[], Exception]) -> None:
        self._lie, self._real = lie, httpx.AsyncHTTPTransport()
        self.handed_over = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send it; lie about what goes wrong."""
        self.handed_over += 1
        try:
            response = await self._real.handle_async_request(request)
            await response.aread()
        except httpx.TransportError:
            raise self._lie() from self._lie().__cause__
        return response

    async def aclose(self) -> None:
        """Close the connections."""
        await self._real.aclose()
