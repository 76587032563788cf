"""Portions of a batch: what goes out in one request, and what became of it."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import attrs

from connect_sms._transport.json import dumps
from connect_sms.models.batch_results import RecipientResult

from .rows import Row

if TYPE_CHECKING:
    from connect_sms.errors.base import ConnectSmsError
    from connect_sms.models.responses import RawResponse


@attrs.define(eq=False, repr=False)
class Settled:
    """What became of the messages of one request."""

    accepted: list[RecipientResult] = attrs.field(factory=list[RecipientResult])
    rejected: list[RecipientResult] = attrs.field(factory=list[RecipientResult])
    unknown: list[RecipientResult] = attrs.field(factory=list[RecipientResult])
    not_sent: list[RecipientResult] = attrs.field(factory=list[RecipientResult])
    batch_id: str | None = None
    response: RawResponse | None = None


@attrs.define(eq=False, repr=False)
class Chunk:
    """Messages that go out in one request.

    Attributes:
        rows: The messages; let go of once settled.
        on_the_wire: True while the request may be on its way.
        settled: What became of them; said in one step, so that Ctrl-C finds all of them or none.
        error: What the request ended in, if not in a good answer.
    """

    rows: list[Row] = attrs.field(factory=list[Row])
    on_the_wire: bool = False
    settled: Settled | None = None
    error: ConnectSmsError | None = None

    def settle(self, settled: Settled) -> None:
        """Say what became of them."""
        self.settled = settled
        self.rows = []


class Chunker:
    """Packs messages into chunks of bounded number and size.

    Args:
        most: Messages in a chunk.
        room: Bytes in a chunk. A single message larger than that has a chunk of its own.

    Attributes:
        chunks: Every chunk made.
        ready: Those that are full, and wait to be sent.
        newest: The messages of the chunk made last.
    """

    def __init__(self, most: int, room: int) -> None:
        self.chunks: list[Chunk] = []
        self.ready: deque[Chunk] = deque()
        self.newest: list[Row] = []
        self._most, self._room = most, room
        self._open: Chunk | None = None
        self._left = 0
        self._text, self._text_size = "", len(b'""')

    @property
    def wanted(self) -> int:
        """How many messages the open chunk still takes."""
        return self._most if self._open is None else self._most - len(self._open.rows)

    def add(self, row: Row) -> None:
        """Put a message into the open chunk, or into a new one if it does not fit."""
        if row.text is not self._text:
            self._text, self._text_size = row.text, len(dumps(row.text))
        size = row.size + self._text_size
        if size > self._left:
            self.flush()
        if self._open is None:
            self._open = Chunk()
            self._left = self._room
            self.newest = self._open.rows
            self.chunks.append(self._open)
        self._left -= size
        self.newest.append(row)
        if len(self.newest) == self._most:
            self.flush()

    def flush(self) -> None:
        """Nothing more goes into the open chunk."""
        if self._open is not None:
            self.ready.append(self._open)
            self._open = None
