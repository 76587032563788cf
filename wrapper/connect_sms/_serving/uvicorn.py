"""An HTTP server for the ASGI applications of this package, in a thread or in the foreground.

uvicorn does the serving. Added here: a port chosen by the system, a word when requests are answered, and
an end for connections whose request never comes: uvicorn waits for those for ever.
"""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any, Final, Self, cast

import uvicorn
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from .sockets import BACKLOG, listen_on, url_of

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from types import TracebackType


#: Seconds that requests under way have to end when the server is stopped.
_GRACE: Final = 5


class HeadDeadline:
    """Ends a connection of uvicorn's whose next request does not arrive in time.

    Args:
        connection: The protocol object of the connection.
        seconds: From its opening, or the first byte of a further request, to the end of that
            request's headers.
    """

    def __init__(self, connection: Any, seconds: float) -> None:  # noqa: ANN401  of two kinds
        self._connection = connection
        self._seconds = seconds
        self._timer: asyncio.TimerHandle | None = None
        self._made, self._received = connection.connection_made, connection.data_received
        self._lost = connection.connection_lost
        connection.connection_made = self.connection_made
        connection.data_received = self.data_received
        connection.connection_lost = self.connection_lost

    def connection_made(self, transport: asyncio.Transport) -> None:
        """A connection was opened."""
        self._made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Some bytes of a request came in."""
        self._received(data)
        cycle = self._connection.cycle
        if cycle is None or cycle.response_complete:
            self._watch()
        else:
            self._rest()

    def connection_lost(self, problem: Exception | None) -> None:
        """It is over."""
        self._rest()
        self._lost(problem)

    def _watch(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._seconds, self._expire)

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _expire(self) -> None:
        self._timer = None
        cycle = self._connection.cycle
        if cycle is None or cycle.response_complete:
            self._connection.transport.abort()


class Server(uvicorn.Server):
    """uvicorn, but it says when it is ready, leaves at once when told, and waits for no half request."""

    def __init__(self, app: Any, *, head_deadline: float = 10.0, lifespan: bool = True) -> None:  # noqa: ANN401
        def connection(**given: Any) -> asyncio.Protocol:
            made = AutoHTTPProtocol(**given)
            HeadDeadline(made, head_deadline)
            return made

        super().__init__(
            uvicorn.Config(
                app,
                http=cast("type[asyncio.Protocol]", connection),  # only ever called
                loop="asyncio",
                ws="none",
                lifespan="on" if lifespan else "off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                backlog=BACKLOG,
                timeout_graceful_shutdown=_GRACE,
            )
        )
        self.ready = threading.Event()

    async def main_loop(self) -> None:
        """Serve until told to leave."""
        self.ready.set()
        await super().main_loop()


class ServerInThread:
    """A server that runs while its ``with`` block lasts."""

    def __init__(self, make: Callable[[], Server], host: str = "127.0.0.1", port: int = 0) -> None:
        self._make = make
        self._host, self._port = host, port
        self._server: Server | None = None
        self._thread: threading.Thread | None = None
        self._problem: BaseException | None = None
        self.url = ""

    def __enter__(self) -> Self:
        listening = listen_on(self._host, self._port)
        self.url = url_of(self._host, listening)
        server = self._server = self._make()
        self._thread = threading.Thread(target=self._run, args=(server, listening), daemon=True)
        self._thread.start()
        server.ready.wait()
        if self._problem is not None:
            self._thread.join()
            raise RuntimeError("the server did not start") from self._problem
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join()

    def _run(self, server: Server, listening: socket.socket) -> None:
        try:
            asyncio.run(server.serve(sockets=[listening]))
        except BaseException as problem:  # noqa: BLE001  handed to the thread that waits
            self._problem = problem
        finally:
            listening.close()
            server.ready.set()
