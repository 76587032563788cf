"""Running a sandbox on a port: in a thread for tests, in the foreground for people."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from typing import TYPE_CHECKING, Any, Final, Self, cast

import uvicorn
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from connect_sms._serving.sockets import BACKLOG, listen_on, url_of
from connect_sms._validation.hosts import is_loopback

from .app import SandboxApp
from .faults import HEADER
from .receipts import Posted
from .sandbox import Sandbox
from .service import BASE_PATH, RequestRecord
from .settings import DEFAULT_KEY
from .wire import EXTENSION

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from types import FrameType

    from connect_sms import AsyncSmsClient, SmsClient

    from .wire import Receive, Scope, Send

__all__ = ["SandboxServer", "serve"]

LOOPBACK: Final = "127.0.0.1"
DEFAULT_PORT: Final = 8288

_TICK: Final = 1.0
_PATIENCE: Final = 0.05
_TICKS_A_SECOND: Final = 10


def _protocol(**given: Any) -> asyncio.Protocol:
    """A connection of the server, which hands itself to the application for faults on the wire."""
    connection: Any = AutoHTTPProtocol(**given)
    application = connection.app

    async def with_wire(scope: Scope, receive: Receive, send: Send) -> None:
        scope["extensions"] = {**scope.get("extensions", {}), EXTENSION: connection}
        await application(scope, receive, send)

    connection.app = with_wire
    return cast("asyncio.Protocol", connection)


class _Server(uvicorn.Server):
    """uvicorn, but it says when it is ready, leaves at once, and cuts what is still open."""

    def __init__(self, app: SandboxApp) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=cast("type[asyncio.Protocol]", _protocol),  # only ever called
                loop="asyncio",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                backlog=BACKLOG,
            )
        )
        self.ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._leaving: asyncio.Event | None = None

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._leaving = asyncio.Event()
        ticks = 0
        await self.on_tick(ticks)
        self.ready.set()
        while not await self.on_tick(ticks):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._leaving.wait(), _TICK)
            ticks += _TICKS_A_SECOND

    def leave(self) -> None:
        """Stop, from any thread or a signal handler."""
        self.should_exit = True
        if self._loop is not None and self._leaving is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._leaving.set)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        self.leave()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for listening in sockets or []:
            listening.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        # What is held back ends by itself when its connection does; cancelled, it would be logged as failed.
        tasks = set(self.server_state.tasks)
        if tasks:
            _, tasks = await asyncio.wait(tasks, timeout=_TICK)
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
        host: where to listen; loopback unless told otherwise.
        port: 0 takes a free one.
        options: arguments of `Sandbox`.
    """

    def __init__(self, *, host: str = LOOPBACK, port: int = 0, **options: Any) -> None:
        super().__init__(**options)
        self._host = host
        self._port = port
        self._address = ""
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        self._problem: BaseException | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    @property
    def url(self) -> str:
        """Scheme, host and port.

        Raises:
            RuntimeError: it does not listen.
        """
        if not self._address:
            raise RuntimeError("the sandbox does not listen: use it in a with block, or call start()")
        return self._address

    @property
    def base_url(self) -> str:
        """What a client takes as its base URL."""
        return self.url + BASE_PATH

    def client(self, **options: Any) -> SmsClient:
        """A client of this sandbox, over its socket.

        Args:
            options: further arguments of `SmsClient`.
        """
        from connect_sms import SmsClient  # noqa: PLC0415 - the sandbox does without a client

        return SmsClient(**{**self._account(), **options})

    def async_client(self, **options: Any) -> AsyncSmsClient:
        """An async client of this sandbox, over its socket.

        Args:
            options: further arguments of `AsyncSmsClient`.
        """
        from connect_sms import AsyncSmsClient  # noqa: PLC0415 - the sandbox does without a client

        return AsyncSmsClient(**{**self._account(), **options})

    def start(self) -> None:
        """Listen. Returns when requests are answered.

        Raises:
            OSError: the port is taken.
            RuntimeError: it listens already, or the server did not start.
        """
        if self._thread is not None:
            raise RuntimeError("the sandbox listens already")
        listening = listen_on(self._host, self._port)
        self._address = url_of(self._host, listening)
        server = self._server = _Server(SandboxApp(self))
        self._thread = threading.Thread(
            target=self._run, args=(server, listening), name="sandbox-server", daemon=True
        )
        self._thread.start()
        # `ready` is set in a method that uvicorn does not promise to call; `started` is its own word for it.
        while not (server.ready.wait(_PATIENCE) or server.started):
            pass
        if self._problem is not None:
            problem = self._problem
            self.close()
            raise RuntimeError("the sandbox did not start") from problem

    def _run(self, server: _Server, listening: socket.socket) -> None:
        try:
            asyncio.run(server.serve(sockets=[listening]))
        except BaseException as problem:  # noqa: BLE001 - handed to the thread that waits
            self._problem = problem
        finally:
            listening.close()
            server.ready.set()

    def close(self) -> None:
        """Stop listening and posting. Open connections are cut."""
        if self._server is not None and self._thread is not None:
            self._server.leave()
            self._thread.join()
            self._server = self._thread = None
            self._address = ""
        super().close()


def serve(
    host: str = LOOPBACK,
    port: int = DEFAULT_PORT,
    *,
    sandbox: Sandbox | None = None,
    echo: Callable[[str], object] = print,
) -> None:
    """Run a sandbox in the foreground until Ctrl-C, showing masked traffic as it comes.

    Args:
        host: where to listen; loopback unless told otherwise.
        port: 0 takes a free one.
        sandbox: whose service to run; a new one when not given.
        echo: prints a line.

    Raises:
        OSError: the port is taken.
    """
    sandbox = sandbox or Sandbox()
    listening = listen_on(host, port)
    url = url_of(host, listening)
    settings = sandbox.settings
    echo(f"8x8 Connect SMS sandbox (unofficial) on {url}")
    echo(f"  base URL     {url}{BASE_PATH}")
    usual = settings.api_key == DEFAULT_KEY and not settings.accounts
    echo(f"  key          {DEFAULT_KEY if usual else 'as configured'}")
    echo(f"  sub-account  {'as configured' if settings.accounts else settings.sub_account_id}")
    echo(f"  faults       header {HEADER}, or POST {url}/_sandbox/faults")
    if not is_loopback(host):
        echo("  CAUTION      other machines can reach this; it has no real access control")
    sandbox.listen(lambda event: echo(line_of(event)))
    try:
        # However uvicorn hands Ctrl-C on, it has stopped.
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(_Server(SandboxApp(sandbox)).serve(sockets=[listening]))
        echo("stopped")
    finally:
        listening.close()
        sandbox.close()


def line_of(event: RequestRecord | Posted) -> str:
    """A line about a request or a posted receipt, without numbers, texts or keys."""
    clock = time.strftime("%H:%M:%S", time.gmtime(event.at))
    if isinstance(event, Posted):
        return f"{clock}  receipt {event.what:<12} {event.result!s:<8} try {event.attempt}  {event.umid}"
    words = [event.about]
    if event.code is not None:
        words.append(f"code {event.code}")
    if event.fault is not None:
        words.append(f"fault {event.fault}")
    said = "  ".join(filter(None, words))
    milliseconds = event.seconds * 1000
    return f"{clock}  {event.operation or '-':<7} {event.status or '---'}  {milliseconds:6.1f} ms  {said}"
