"""`SandboxServer`: a sandbox that listens on a port."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, Self, cast

from uvicorn.protocols.http.auto import AutoHTTPProtocol

from connect_sms._serving.uvicorn import Server, ServerInThread
from connect_sms.sandbox.api.routing import BASE_PATH
from connect_sms.sandbox.sandbox import Sandbox

from .app import SandboxApp
from .raw_responses import EXTENSION

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from .raw_responses import Receive, Scope, Send

LOOPBACK: Final = "127.0.0.1"

_PATIENCE: Final = 1.0
"""Seconds within which requests end after their connection."""


def _protocol(**given: Any) -> asyncio.Protocol:
    """A server connection that passes itself to the application, for connection faults."""
    connection: Any = AutoHTTPProtocol(**given)
    application = connection.app

    async def with_connection(scope: Scope, receive: Receive, send: Send) -> None:
        scope["extensions"] = {**scope.get("extensions", {}), EXTENSION: connection}
        await application(scope, receive, send)

    connection.app = with_connection
    return cast("asyncio.Protocol", connection)


class HttpServer(Server):
    """Serves a sandbox, and closes open connections when it stops."""

    def __init__(self, sandbox: Sandbox, host: str = LOOPBACK) -> None:
        super().__init__(SandboxApp(sandbox, [host]), connection=_protocol, lifespan=False)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening and close every connection."""
        for server in self.servers:
            server.close()
        for listening in sockets or []:
            listening.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        # A delayed request ends with its connection; cancelling it would be logged.
        tasks = set(self.server_state.tasks)
        if tasks:
            _, tasks = await asyncio.wait(tasks, timeout=_PATIENCE)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class SandboxServer(Sandbox):
    """A sandbox that listens on a port while its ``with`` block lasts.

    Example:
        >>> with SandboxServer() as sandbox:  # doctest: +SKIP
        ...     with sandbox.client() as sms:
        ...         sms.send("+447700900123", "Your code is 482910")

    Args:
        host: Where to listen; loopback by default.
        port: 0 chooses a free one.
        options: Arguments of `Sandbox`.
    """

    def __init__(self, *, host: str = LOOPBACK, port: int = 0, **options: Any) -> None:
        super().__init__(**options)
        self._thread = ServerInThread(lambda: HttpServer(self, host), host, port)

    def __enter__(self) -> Self:
        self.start()
        return self

    @property
    def url(self) -> str:
        """Scheme, host and port.

        Raises:
            RuntimeError: It does not listen.
        """
        if not self._thread.is_listening:
            raise RuntimeError("the sandbox does not listen: use it in a with block, or call start()")
        return self._thread.url

    @property
    def base_url(self) -> str:
        """The base URL to give to a client."""
        return self.url + BASE_PATH

    def _connection(self, in_process: Callable[[Sandbox], object]) -> dict[str, Any]:  # noqa: ARG002
        return {}

    def start(self) -> None:
        """Listen. Returns when the server is ready.

        Raises:
            OSError: The port is taken.
            RuntimeError: It listens already, or the server did not start.
        """
        self._thread.start()

    def close(self) -> None:
        """Stop listening and posting, and close open connections."""
        self._thread.stop()
        super().close()
