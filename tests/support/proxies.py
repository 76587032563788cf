"""Proxies: one that records every byte it is given, and some that fail while a tunnel is made."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import TYPE_CHECKING, Final, Self

from tests.support.wire_server import Exchange, WireServer

if TYPE_CHECKING:
    from collections.abc import Callable


class RecordingProxy:
    """Listens, keeps whatever comes, answers nothing and hangs up.

    Attributes:
        port: Where it listens, on 127.0.0.1.
        seen: What was written to it, a piece for each connection.
    """

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._ended = False
        self.port: int = self._listener.getsockname()[1]
        self.seen: list[bytes] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended = True
        with contextlib.suppress(OSError), socket.create_connection(self._listener.getsockname()):
            pass
        self._thread.join()
        self._listener.close()

    def _listen(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            with connection:
                if self._ended:
                    return
                connection.settimeout(0.5)
                with contextlib.suppress(OSError):
                    self.seen.append(b"")  # that it was called at all is too much
                    self.seen[-1] = connection.recv(65_536)


def _say(data: bytes) -> Callable[[Exchange], None]:
    def act(exchange: Exchange) -> None:
        exchange.say(data)
        exchange.connection.close()

    return act


def _close(exchange: Exchange) -> None:
    exchange.connection.close()


def _hang(exchange: Exchange) -> None:
    exchange.connection.recv(1)  # until the client loses patience
    exchange.connection.close()


def _welcome_and_hang(exchange: Exchange) -> None:
    exchange.say(b"HTTP/1.1 200 OK\r\n\r\n")
    _hang(exchange)


def _reset(exchange: Exchange) -> None:
    exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    exchange.connection.close()


def _dribble(exchange: Exchange) -> None:
    for _ in range(5):
        exchange.say(b"H")
        time.sleep(0.1)
    exchange.connection.close()


#: What a proxy does when it is asked for a tunnel.
TUNNELS: Final[dict[str, Callable[[Exchange], None]]] = {
    "407": _say(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"),
    "429": _say(b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n"),
    "500": _say(b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"),
    "502": _say(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 4\r\n\r\noops"),
    "302": _say(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"),
    "closes": _close,
    "resets": _reset,
    "hangs": _hang,
    "dribbles": _dribble,
    "speaks no HTTP": _say(b"220 mail.example.test ESMTP\r\n"),
    "200, then closes": _say(b"HTTP/1.1 200 OK\r\n\r\n"),
    "200, then no TLS": _say(b"HTTP/1.1 200 OK\r\n\r\nhello, this is no TLS"),
    "200, then hangs": _welcome_and_hang,
}


#: What a proxy does with a request that it is to forward, once it has read it whole.
FORWARDS: Final[dict[str, Callable[[Exchange], None]]] = {
    name: TUNNELS[name] for name in ("500", "502", "closes", "resets", "hangs", "speaks no HTTP")
}


def forwarding_proxy(kind: str) -> WireServer:
    """A proxy that fails once it has a request without a tunnel."""
    return WireServer(FORWARDS[kind])


class TunnellingProxy:
    """A proxy whose tunnel works, to one server on this machine whatever it is asked for.

    Args:
        port: Where the server listens.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._server = WireServer(self._connect)
        self.url = self._server.url

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.__exit__()

    def _connect(self, exchange: Exchange) -> None:
        near = exchange.connection
        with socket.create_connection(("127.0.0.1", self._port)) as far:
            exchange.say(b"HTTP/1.1 200 OK\r\n\r\n")
            back = threading.Thread(target=_pass_on, args=(far, near), daemon=True)
            back.start()
            _pass_on(near, far)
            back.join()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65_536):
            target.sendall(piece)
    for end in (source, target):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def tunnel_proxy(kind: str) -> WireServer:
    """A proxy that fails while a tunnel is made."""
    return WireServer(TUNNELS[kind])
