"""A server that says more than it was asked: responses, refusals and bytes that belong to no request."""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Final, TypeAlias

from tests.support.raw_server import http
from tests.support.wire_server import Exchange, WireServer, queued_answer

if TYPE_CHECKING:
    import socket
    import ssl
    from collections.abc import Callable

Stray: TypeAlias = "Callable[[Exchange, bytes], None]"

LIMITED: Final = http(
    b'{"code": 1300, "message": "Too many requests"}', "429 Too Many Requests", "retry-after: 0\r\n"
)
SOMEBODY: Final = queued_answer("the message of somebody else")
#: Long enough for a client to be idle again, short enough to wait for.
LATE: Final = 0.03


def nothing(exchange: Exchange, answer: bytes) -> None:
    """Only the answer."""
    exchange.say(answer)


def twice_in_one_piece(exchange: Exchange, answer: bytes) -> None:
    """One response too many, in the same packet."""
    exchange.say(answer + answer)


def twice_in_two_pieces(exchange: Exchange, answer: bytes) -> None:
    """One response too many, right behind; over TLS a record of its own."""
    exchange.say(answer)
    exchange.say(answer)


def twice_and_late(exchange: Exchange, answer: bytes) -> None:
    """One response too many, when the connection lies idle."""
    exchange.say(answer)
    time.sleep(LATE)
    exchange.say(answer)


def somebody_elses_behind(exchange: Exchange, answer: bytes) -> None:
    """The answer, and one to a message that nobody here sent."""
    exchange.say(answer + SOMEBODY)


def limit_behind(exchange: Exchange, answer: bytes) -> None:
    """The answer, and a 429 that is left over."""
    exchange.say(answer + LIMITED)


def limit_before(exchange: Exchange, answer: bytes) -> None:
    """A 429 that is left over, and the answer behind it: the message was accepted."""
    exchange.say(LIMITED + answer)


def junk_behind(exchange: Exchange, answer: bytes) -> None:
    """The answer, and bytes of no protocol."""
    exchange.say(answer + b"\x00\r\njunk")


STRAYS: Final = (
    nothing,
    twice_in_one_piece,
    twice_in_two_pieces,
    twice_and_late,
    somebody_elses_behind,
    limit_behind,
    limit_before,
    junk_behind,
)


class StrayServer(WireServer):
    """Accepts every message, and adds what was not asked for.

    Args:
        stray: Writes the answer and what is too much.
        tls: Speak TLS.
        greet: What to write on every second connection before any request.
        host: Where to listen.

    Attributes:
        accepted: How often each message was accepted, by its ``clientMessageId``.
        garbled: Requests that were none, as when two processes write on one connection.
    """

    def __init__(
        self, stray: Stray, *, tls: ssl.SSLContext | None = None, greet: bytes = b"", host: str = "127.0.0.1"
    ) -> None:
        self.accepted: Counter[str] = Counter()
        self.garbled = 0
        self._lock = threading.Lock()
        self._stray, self._greeting = stray, greet
        super().__init__(self._accept, tls=tls, greet=self._say_hello if greet else None, host=host)

    def _say_hello(self, connection: socket.socket) -> None:
        if self.connections % 2:
            connection.sendall(self._greeting)

    def _accept(self, exchange: Exchange) -> None:
        try:
            own = exchange.document["clientMessageId"]
        except (ValueError, LookupError, TypeError):
            self.garbled += 1
            exchange.connection.close()
            return
        with self._lock:
            self.accepted[own] += 1
        self._stray(exchange, queued_answer(own))
