"""A server of plain sockets that hands each request, with its connection, to a function; plain or TLS."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import threading
import uuid
from typing import TYPE_CHECKING, Any, Self

import attrs

from tests.support.raw_server import http

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable


@attrs.frozen
class Exchange:
    """A request read whole, and the connection it came on.

    Attributes:
        head: Request line and headers.
        body: The body.
        connection: To answer on.
        place: Which request on this connection it is, from 1.
    """

    head: bytes
    body: bytes
    connection: socket.socket
    place: int

    @property
    def method(self) -> str:
        """GET, POST or CONNECT."""
        return self.head.partition(b" ")[0].decode("ascii")

    @property
    def path(self) -> str:
        """The target of the request."""
        return self.head.split(b" ")[1].decode("ascii")

    @property
    def document(self) -> Any:
        """The JSON of the body."""
        return json.loads(self.body)

    def say(self, data: bytes) -> None:
        """Write bytes on the connection."""
        self.connection.sendall(data)


class WireServer:
    """Reads each request whole, keeps it, and lets `act` answer. One thread for each connection.

    Args:
        act: Answers a request.
        tls: Speak TLS.
        greet: Called with each new connection before anything is read.
        host: Where to listen.

    Attributes:
        requests: Every request read whole.
        connections: How many were opened.
        url: Where it listens.
    """

    def __init__(
        self,
        act: Callable[[Exchange], None],
        *,
        tls: ssl.SSLContext | None = None,
        greet: Callable[[socket.socket], None] | None = None,
        host: str = "127.0.0.1",
    ) -> None:
        self._act, self._tls, self._greet = act, tls, greet
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, 0), family=family, backlog=512)
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._ended = False
        self.requests: list[Exchange] = []
        self.connections = 0
        self.port: int = self._listener.getsockname()[1]
        self.url = self.url_for(f"[{host}]" if ":" in host else host)

    def url_for(self, host: str) -> str:
        """Where it listens, under another name of this machine."""
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}"

    def __enter__(self) -> Self:
        self._start(self._listen)
        return self

    def __exit__(self, *_: object) -> None:
        self._ended = True
        # A blocked accept() does not notice that its socket was closed; a connection wakes it.
        with contextlib.suppress(OSError), socket.create_connection(self._listener.getsockname()[:2]):
            pass
        self._threads[0].join()
        self._listener.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for connection in self._open:
            connection.close()

    def _start(self, target: Callable[..., None], *given: Any) -> None:
        thread = threading.Thread(target=target, args=given, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _listen(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self._ended:
                connection.close()
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._open.append(connection)
            self.connections += 1
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
                self._open.append(connection)
            if self._greet is not None:
                self._greet(connection)
            reader, place = _Reader(connection), 0
            while (request := reader.next()) is not None:
                place += 1
                exchange = Exchange(*request, connection, place)
                self.requests.append(exchange)
                self._act(exchange)
        connection.close()


class _Reader:
    """Requests of one connection; a client that was misled may have sent the next one already."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection, self._kept = connection, b""

    def _more(self) -> bool:
        piece = self._connection.recv(65_536)
        self._kept += piece
        return bool(piece)

    def next(self) -> tuple[bytes, bytes] | None:
        """Head and body of the next request; None when there is none."""
        while b"\r\n\r\n" not in self._kept:
            if not self._more():
                return None
        head, _, self._kept = self._kept.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
        size = int(length[1]) if length else 0
        while len(self._kept) < size:
            if not self._more():
                return None
        body, self._kept = self._kept[:size], self._kept[size:]
        return head, body


def umid_for(client_message_id: str) -> str:
    """The UMID that these servers give a message: worked out from its id, so that a foreign one shows."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, client_message_id))


def queued_body(client_message_id: str, **changes: Any) -> bytes:
    """The body of an answer that accepts one message; None as a change leaves a field out."""
    document = {
        "umid": umid_for(client_message_id),
        "clientMessageId": client_message_id,
        "destination": "+447700900123",
        "encoding": "GSM7",
        "status": {"code": "QUEUED", "description": "SMS is accepted and queued for processing"},
        **changes,
    }
    return json.dumps(document).encode()


def queued_answer(client_message_id: str) -> bytes:
    """An answer that accepts one message."""
    return http(queued_body(client_message_id))
