"""The server everybody sends to: a process of its own that answers as each vendor's API does.

It listens at several doors, each a port with one way to go wrong, so that a client needs nothing but another
address to meet a fault. It writes the ports to stdout as one line of JSON and ends when its stdin closes.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import sys
from contextlib import suppress
from functools import partial
from typing import Final

from benchmarks.answers import answer_to

#: What a client may meet. "first" goes wrong for the first request only, "always" for all.
FAULTS: Final = ("429", "503", "closed", "reset", "stalled")
LASTING: Final = ("first", "always")

_HEAD_END: Final = b"\r\n\r\n"
_ERROR: Final = b'{"code": 2000, "message": "failed", "errorId": "b1f0c9d4-6a7e-4f27-8c0e-2d9a4b6e1f12"}'
_MOST_CONNECTIONS: Final = 512


class Door:
    """A port, its fault, and the requests that came through it."""

    def __init__(self, fault: str | None = None, lasting: str = "always") -> None:
        self.fault, self.lasting, self.seen, self.keyed, self.open = fault, lasting, 0, 0, 0

    def count(self, head: bytes) -> None:
        """Note a request, and whether it asks the server not to do the same thing twice."""
        self.seen += 1
        self.keyed += b"\r\nidempotency-key:" in head.lower()

    def fault_now(self) -> str | None:
        """What goes wrong with the request just counted."""
        return self.fault if self.lasting == "always" or self.seen == 1 else None


class Visitor(asyncio.Protocol):
    """One connection, kept alive from request to request."""

    def __init__(self, door: Door, doors: dict[str, Door]) -> None:
        self._door, self._doors, self._got = door, doors, bytearray()
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let somebody in, unless there are too many."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._door.open += 1
        if self._door.open > _MOST_CONNECTIONS:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  asyncio's signature
        """Note that somebody left."""
        self._door.open -= 1

    def data_received(self, data: bytes) -> None:
        """Answer every request that is complete."""
        self._got += data
        while (end := self._got.find(_HEAD_END)) >= 0:
            head = bytes(self._got[:end])
            size = end + len(_HEAD_END) + _content_length(head)
            if len(self._got) < size:
                return
            body = bytes(self._got[end + len(_HEAD_END) : size])
            del self._got[:size]
            self._serve(head, body)

    def _serve(self, head: bytes, body: bytes) -> None:
        path = head.split(b" ", 2)[1].decode()
        if path == "/seen":
            seen = {name: (door.seen, door.keyed) for name, door in self._doors.items()}
            self._answer(200, json.dumps(seen).encode())
            for door in self._doors.values():
                door.seen = door.keyed = 0
            return
        self._door.count(head)
        match self._door.fault_now():
            case None:
                self._answer(*answer_to(path, body))
            case "429":
                self._answer(429, _ERROR, b"retry-after: 1\r\n")
            case "503":
                self._answer(503, _ERROR)
            case "closed":
                self._transport.close()
            case "reset":
                # To linger for 0 seconds is to close with a RST in place of a FIN.
                linger = struct.pack("ii", 1, 0)
                found: socket.socket = self._transport.get_extra_info("socket")
                found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self._transport.abort()
            case _:
                pass  # stalled: the client hears nothing

    def _answer(self, status: int, body: bytes, headers: bytes = b"") -> None:
        head = b"HTTP/1.1 %d -\r\ncontent-type: application/json\r\n%scontent-length: %d\r\n\r\n"
        self._transport.write(head % (status, headers, len(body)) + body)


def _content_length(head: bytes) -> int:
    at = head.lower().find(b"\r\ncontent-length:")
    return 0 if at < 0 else int(head[at + 17 :].split(b"\r\n", 1)[0])


async def _serve() -> None:
    doors = {"well": Door()} | {f"{fault} {when}": Door(fault, when) for fault in FAULTS for when in LASTING}
    loop = asyncio.get_running_loop()
    ports: dict[str, int] = {}
    for name, door in doors.items():
        server = await loop.create_server(partial(Visitor, door, doors), "127.0.0.1", 0)
        ports[name] = server.sockets[0].getsockname()[1]
    print(json.dumps(ports), flush=True)
    # Its end is the end of whoever started this, however that came.
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve())
