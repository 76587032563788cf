"""A server on a bare socket, for what no mock can show: resets, cut-off bodies, silence."""

from __future__ import annotations

import contextlib
import re
import socket
import struct
import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType


class RawServer:
    """Reads each request whole, keeps it, and then acts.

    Args:
        act: What to do with the connection once the request has been read.

    Attributes:
        requests: Every request read whole, as bytes.
        url: Where it listens.
    """

    def __init__(self, act: Callable[[socket.socket], None]) -> None:
        self._act = act
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._ended = threading.Event()
        self._open: list[socket.socket] = []
        self._answering: list[threading.Thread] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self.requests: list[bytes] = []
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        # A blocked accept() does not notice that its socket was closed; a connection wakes it.
        with contextlib.suppress(OSError), socket.create_connection(self._listener.getsockname()):
            pass
        self._thread.join()
        self._listener.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RD)
        # What has been written to it is read before it ends, so that no request goes uncounted.
        for thread in self._answering:
            thread.join()
        for connection in self._open:
            connection.close()

    def _serve(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            self._open.append(connection)
            if self._ended.is_set():
                return
            self._answering.append(threading.Thread(target=self._answer, args=(connection,), daemon=True))
            self._answering[-1].start()

    def _answer(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while request := _read_request(connection):
                self.requests.append(request)
                self._act(connection)


def _read_request(connection: socket.socket) -> bytes:
    got = b""
    while b"\r\n\r\n" not in got:
        piece = connection.recv(65_536)
        if not piece:
            return b""
        got += piece
    head, _, body = got.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    wanted = int(length[1]) if length else 0
    while len(body) < wanted:
        piece = connection.recv(65_536)
        if not piece:
            return b""
        body += piece
    return head + b"\r\n\r\n" + body


def reset(connection: socket.socket) -> None:
    """Break the connection off, as a crashing server does."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def hang_up(connection: socket.socket) -> None:
    """Close the connection without a word."""
    connection.shutdown(socket.SHUT_RDWR)
    connection.close()


def stall(connection: socket.socket) -> None:
    """Say nothing, and keep the connection open."""


def stall_in_the_middle(connection: socket.socket) -> None:
    """Begin a good answer and fall silent."""
    connection.sendall(
        b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{"umid": "a'
    )


def cut_off(connection: socket.socket) -> None:
    """Begin a good answer and break off in its middle."""
    stall_in_the_middle(connection)
    hang_up(connection)


def babble(connection: socket.socket) -> None:
    """Answer in no protocol at all."""
    connection.sendall(b"220 mail.example.com ESMTP\r\n")
    hang_up(connection)


def saying(answer: bytes) -> Callable[[socket.socket], None]:
    """Answer with these bytes, and keep the connection."""

    def act(connection: socket.socket) -> None:
        connection.sendall(answer)

    return act


def http(body: bytes, status: str = "200 OK", headers: str = "") -> bytes:
    """An answer as bytes."""
    head = (
        f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n{headers}\r\n"
    )
    return head.encode() + body
