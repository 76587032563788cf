"""A server that answers one byte at a time: each read is quick, the whole is not."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from tests.support.wire_server import Exchange, WireServer

if TYPE_CHECKING:
    import ssl

_HEAD: Final = b"HTTP/1.1 200 OK\r\ncontent-type: %b\r\ncontent-length: 4000\r\n\r\n{"


class DribblingServer(WireServer):
    """Begins a good answer to GET and POST, and then says a byte each time until it has done so for long.

    Args:
        seconds: How long.
        every: Seconds between two bytes.
        from_the_start: Dribble the headers too.
        tls: Speak TLS.
    """

    def __init__(
        self,
        seconds: float = 5.0,
        every: float = 0.1,
        *,
        from_the_start: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._seconds, self._every, self._from_the_start = seconds, every, from_the_start
        super().__init__(self._dribble, tls=tls)

    def _dribble(self, exchange: Exchange) -> None:
        head = _HEAD % b"application/json"
        pieces = iter(head) if self._from_the_start else iter(())
        if not self._from_the_start:
            exchange.say(head)
        ends = time.monotonic() + self._seconds
        while time.monotonic() < ends:
            exchange.say(bytes([next(pieces, ord(" "))]))
            time.sleep(self._every)
        exchange.connection.close()
