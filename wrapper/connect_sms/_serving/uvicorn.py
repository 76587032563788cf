"""An HTTP server for the ASGI applications of this package, in a thread or in the foreground.

uvicorn does the serving. Added here: a port chosen by the system, a signal when it is ready, and a
timeout for connections without a request: uvicorn waits for those indefinitely.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading
from typing import TYPE_CHECKING, Any, Final, Self, cast

import uvicorn
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from .sockets import BACKLOG, listen_on, url_of

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Generator
    from types import FrameType


#: Seconds that requests in flight have to end when the server is stopped.
_GRACE: Final = 5

_TICK: Final = 1.0
_TICKS_A_SECOND: Final = 10
_POLL: Final = 0.05


class HeadDeadline:
    """Closes a uvicorn connection whose next request does not arrive in time.

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
        """Some bytes of a request were received."""
        self._received(data)
        cycle = self._connection.cycle
        if cycle is None or cycle.response_complete:
            self._watch()
        else:
            self._rest()

    def connection_lost(self, problem: Exception | None) -> None:
        """The connection was closed."""
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
    """A uvicorn server that signals when it is ready and stops at once on request.

    Args:
        app: The ASGI application.
        connection: Makes the protocol object of a connection; by default uvicorn's with a `HeadDeadline`.
        head_deadline: Seconds of that deadline.
        lifespan: Whether the application receives ASGI lifespan events.
    """

    def __init__(
        self,
        app: Any,  # noqa: ANN401  any ASGI application
        *,
        connection: Callable[..., asyncio.Protocol] | None = None,
        head_deadline: float = 10.0,
        lifespan: bool = True,
    ) -> None:
        def with_deadline(**given: Any) -> asyncio.Protocol:
            made = AutoHTTPProtocol(**given)
            HeadDeadline(made, head_deadline)
            return made

        super().__init__(
            uvicorn.Config(
                app,
                http=cast("type[asyncio.Protocol]", connection or with_deadline),  # only ever called
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
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None

    async def main_loop(self) -> None:
        """Serve until `stop`: uvicorn's own loop would notice it up to 0.1 s later."""
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        ticks = 0
        await self.on_tick(ticks)
        self.ready.set()
        while not await self.on_tick(ticks):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), _TICK)
            ticks += _TICKS_A_SECOND

    def stop(self) -> None:
        """Stop serving; may be called from any thread or a signal handler."""
        self.should_exit = True
        if self._loop is not None and self._stopping is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stopping.set)

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Listen to SIGHUP too, which a closed terminal sends, unless it is ignored (nohup)."""
        before: Any = None
        if (
            hasattr(signal, "SIGHUP")  # not on Windows
            and threading.current_thread() is threading.main_thread()
            and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN
        ):
            before = signal.signal(signal.SIGHUP, self.handle_exit)
        try:
            with super().capture_signals():
                yield
        finally:
            if before is not None:
                signal.signal(signal.SIGHUP, before)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002  as uvicorn has it
        """Stop after a signal; at once after a second Ctrl-C.

        uvicorn's own raises the signal again at the end, and SIGTERM would then end the process before a
        store is closed.
        """
        self.force_exit = self.force_exit or (self.should_exit and sig == signal.SIGINT)
        self.stop()


class ServerInThread:
    """A server that runs in a thread while its ``with`` block lasts.

    Args:
        make: Makes the server.
        host: Where to listen.
        port: 0 takes a free one.

    Attributes:
        url: Scheme, host and port, once it listens.
    """

    def __init__(self, make: Callable[[], Server], host: str = "127.0.0.1", port: int = 0) -> None:
        self._make = make
        self._host, self._port = host, port
        self._server: Server | None = None
        self._thread: threading.Thread | None = None
        self._problem: BaseException | None = None
        self.url = ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def is_listening(self) -> bool:
        """Whether it has been started and not stopped."""
        return self._thread is not None

    def start(self) -> None:
        """Listen. Returns when the server is ready.

        Raises:
            OSError: The port is taken.
            RuntimeError: It listens already, or the server did not start.
        """
        if self._thread is not None:
            raise RuntimeError("the server listens already")
        listening = listen_on(self._host, self._port)
        self.url = url_of(self._host, listening)
        server = self._server = self._make()
        self._thread = threading.Thread(target=self._run, args=(server, listening), daemon=True)
        self._thread.start()
        # `ready` is set in a method that uvicorn does not promise to call; `started` is uvicorn's own.
        while not (server.ready.wait(_POLL) or server.started):
            pass
        if self._problem is not None:
            problem, self._problem = self._problem, None
            self.stop()
            raise RuntimeError("the server did not start") from problem

    def stop(self) -> None:
        """Stop listening, and wait until the server has ended."""
        if self._server is not None and self._thread is not None:
            self._server.stop()
            self._thread.join()
        self._server = self._thread = None

    def _run(self, server: Server, listening: socket.socket) -> None:
        try:
            asyncio.run(server.serve(sockets=[listening]))
        except BaseException as problem:  # noqa: BLE001  handed to the thread that waits
            self._problem = problem
        finally:
            listening.close()
            server.ready.set()
