"""A server on this machine that fails in one given way, and the ways there are."""

from __future__ import annotations

import contextlib
import re
import socket
import struct
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from collections.abc import Callable

BODY: Final = b'{"umid": "a-whole-answer"}'

_HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(BODY)
_HALF: Final = _HEAD + BODY[:9]


@dataclass(frozen=True, slots=True)
class Scene:
    """What the server does.

    Attributes:
        name: In words, after "the server".
        act: Called with the connection once the last request has been read; None refuses connections.
        requests: Requests that are made; all but the last are answered.
        reads: Bytes of each request that the server reads; None reads it whole.
        status: The status of the answer that must arrive; None when there is none.
    """

    name: str
    act: Callable[[socket.socket], None] | None
    requests: int = 1
    reads: int | None = None
    status: int | None = None


def _say(data: bytes) -> Callable[[socket.socket], None]:
    return lambda connection: connection.sendall(data)


def _close(data: bytes = b"") -> Callable[[socket.socket], None]:
    def act(connection: socket.socket) -> None:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_RDWR)

    return act


def _reset(data: bytes = b"") -> Callable[[socket.socket], None]:
    def act(connection: socket.socket) -> None:
        connection.sendall(data)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    return act


def _answer(status: int, header: str = "X-None: 1") -> Callable[[socket.socket], None]:
    return _say(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n{header}\r\n\r\n".encode())


SCENES: Final = (
    Scene("refuses the connection", None),
    Scene("answers", _say(_HEAD + BODY), status=200),
    Scene("answers 429", _answer(429, "Retry-After: 0"), status=429),
    Scene("answers 503", _answer(503, "Retry-After: 0"), status=503),
    Scene("redirects to itself", _answer(307, "Location: /elsewhere"), status=307),
    Scene("reads a part and closes", _close(), reads=10),
    Scene("reads a part and resets", _reset(), reads=10),
    Scene("reads and closes", _close()),
    Scene("reads and resets", _reset()),
    Scene("reads and is silent", _say(b"")),
    Scene("answers in no HTTP", _close(b"220 mail.example.test ESMTP\r\n")),
    Scene("closes in the status line", _close(_HEAD[:10])),
    Scene("closes in the headers", _close(_HEAD[:-4])),
    Scene("resets in the headers", _reset(_HEAD[:-4])),
    Scene("is silent in the headers", _say(_HEAD[:-4])),
    Scene("closes in the body", _close(_HALF)),
    Scene("resets in the body", _reset(_HALF)),
    Scene("is silent in the body", _say(_HALF)),
    Scene("reads a second request and closes", _close(), requests=2),
    Scene("reads a second request and resets", _reset(), requests=2),
    Scene("reads a second request and is silent", _say(b""), requests=2),
)
"""Every way; the transport that is checked meets each of them."""


class FailingServer:
    """Plays a scene on a free port of the loopback interface.

    Attributes:
        url: Where it listens, or would.
        begun: Requests of which it has read anything.
    """

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._listen, daemon=True)]
        self._open: list[socket.socket] = []
        self._ended = False
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/"
        self.begun = 0

    def __enter__(self) -> Self:
        if self._scene.act is None:
            self._listener.close()
        else:
            self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._scene.act is None:
            return
        self._ended = True
        # A blocked accept() does not notice that its socket was closed; a connection wakes it.
        with contextlib.suppress(OSError), socket.create_connection(self._listener.getsockname()):
            pass
        self._threads[0].join()
        self._listener.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RD)
        # What was written to it is read before it ends, so that no request goes uncounted.
        for thread in self._threads[1:]:
            thread.join()
        for connection in self._open:
            connection.close()

    def _listen(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            self._open.append(connection)
            if self._ended:
                return
            self._threads.append(threading.Thread(target=self._serve, args=(connection,), daemon=True))
            self._threads[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        got, act = b"", self._scene.act
        with contextlib.suppress(OSError):
            while act is not None and (piece := connection.recv(self._scene.reads or 65_536)):
                self.begun += not got
                got += piece
                if self._scene.reads is None and not _is_whole(got):
                    continue
                got = b""
                if self.begun < self._scene.requests:
                    connection.sendall(_HEAD + BODY)
                else:
                    act(connection)
                    if self._scene.reads is not None:
                        return


def _is_whole(request: bytes) -> bool:
    head, end, body = request.partition(b"\r\n\r\n")
    if re.search(rb"(?i)\r\ntransfer-encoding: *chunked", head):
        return body.endswith(b"0\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return bool(end) and len(body) >= (int(length[1]) if length else 0)
