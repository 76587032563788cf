"""One transport for each proxy in use, and one for what needs none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

from connect_sms._fork import ForkAware, follow_forks, put_away

from .inherited import unplug

if TYPE_CHECKING:
    from collections.abc import Callable

    from .connection import Connection


class Lanes(httpx.BaseTransport, httpx.AsyncBaseTransport, ForkAware):
    """Passes each request to the transport for its host. One object is used by one kind of client.

    A forked child makes transports of its own.

    Args:
        connection: Says which proxy a URL needs.
        kind: The class of the transport for a proxy.
    """

    def __init__(self, connection: Connection, kind: Callable[[str | None], type[Any]]) -> None:
        self._connection, self._kind = connection, kind
        self._made: dict[str | None, Any] = {}
        follow_forks(self)

    def after_fork_in_child(self) -> None:
        """Leave the parent its connections."""
        for transport in self._made.values():
            unplug(transport)
        put_away(self._made)
        self._made = {}

    def of(self, url: httpx.URL) -> Any:  # noqa: ANN401  blocking or not, as the client is
        """The transport for a URL, made when it is first needed.

        Raises:
            ConfigurationError: The environment names a proxy for it that cannot be used.
        """
        proxy = self._connection.proxy_for(url)
        if proxy not in self._made:
            # A second thread may have been quicker; its own has no connection yet.
            self._made.setdefault(proxy, self._connection.make(self._kind(proxy), proxy))
        return self._made[proxy]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a request on."""
        response: httpx.Response = self.of(request.url).handle_request(request)
        return response

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a request on."""
        response: httpx.Response = await self.of(request.url).handle_async_request(request)
        return response

    def close(self) -> None:
        """Close every connection."""
        for transport in self._made.values():
            transport.close()

    async def aclose(self) -> None:
        """Close every connection."""
        for transport in self._made.values():
            await transport.aclose()
