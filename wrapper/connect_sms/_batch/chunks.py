"""Chunks of a batch: the messages of one request, and their results."""

from __future__ import annotations

from collections import deque
from operator import attrgetter
from typing import TYPE_CHECKING

import attrs

from connect_sms._transport.json import dumps
from connect_sms.errors.base import InvalidArgument
from connect_sms.models.batch_results import BatchRequestResult, RecipientResult

from .rows import Checker, Row, unchecked_result

if TYPE_CHECKING:
    from connect_sms.errors.base import ConnectSmsError
    from connect_sms.models.responses import RawResponse


@attrs.define(eq=False, repr=False)
class Outcomes:
    """The outcome of the messages of one request, while it is being read."""

    accepted: list[RecipientResult] = attrs.field(factory=list[RecipientResult])
    rejected: list[RecipientResult] = attrs.field(factory=list[RecipientResult])
    unknown: list[RecipientResult] = attrs.field(factory=list[RecipientResult])
    not_sent: list[RecipientResult] = attrs.field(factory=list[RecipientResult])
    batch_id: str | None = None
    response: RawResponse | None = None


@attrs.define(eq=False, repr=False)
class Chunk:
    """Messages that are sent in one request.

    Attributes:
        number: Its index in the batch, from 0.
        rows: The messages; empty once the result is set.
        invalid: Invalid messages found while it was filled; they are not in the request.
        on_the_wire: True while the request may be on the wire.
        result: The result of the messages; set in one step, so that Ctrl-C finds all of it or nothing.
    """

    number: int
    rows: list[Row] = attrs.field(factory=list[Row])
    invalid: list[RecipientResult] = attrs.field(factory=list[RecipientResult])
    on_the_wire: bool = False
    result: BatchRequestResult | None = None

    @property
    def last_index(self) -> int:
        """The position in the batch of its last message; -1 when it holds none."""
        return max((held[-1].index for held in (self.rows, self.invalid) if held), default=-1)

    def finish(
        self, found: Outcomes, client_batch_id: str | None, error: ConnectSmsError | None = None
    ) -> BatchRequestResult:
        """Set the result, unless it is set: a request may still end after its batch was closed."""
        if self.result is not None:
            return self.result
        rejected = found.rejected
        if self.invalid:
            rejected = sorted([*self.invalid, *rejected], key=attrgetter("index"))
        result = BatchRequestResult(
            tuple(found.accepted),
            tuple(rejected),
            tuple(found.unknown),
            tuple(found.not_sent),
            number=self.number,
            batch_id=found.batch_id,
            client_batch_id=client_batch_id,
            error=error,
            response=found.response,
        )
        self.result = result
        self.rows = []
        return result


class Chunker:
    """Checks messages and packs them into chunks of bounded number and size.

    Args:
        checker: Checks a message.
        max_messages: Maximum number of messages in a chunk, and of invalid ones beside them.
        max_bytes: Maximum bytes in a chunk. A larger message has its own chunk.

    Attributes:
        chunks: Every chunk made and not released.
        ready: The full chunks, waiting to be sent.
    """

    def __init__(self, checker: Checker, max_messages: int, max_bytes: int) -> None:
        self.chunks: list[Chunk] = []
        self.ready: deque[Chunk] = deque()
        self._check = checker.row
        self._max_messages, self._max_bytes = max_messages, max_bytes
        self._made = 0
        self._open: Chunk | None = None
        self._left = 0
        self._text, self._text_size = "", len(b'""')

    @property
    def capacity(self) -> int:
        """The number of messages that still fit the open chunk."""
        return self._max_messages if self._open is None else self._max_messages - len(self._open.rows)

    @property
    def last_index(self) -> int:
        """The position in the batch of the message placed last; -1 once its chunk is released."""
        return self.chunks[-1].last_index if self.chunks else -1

    def place(self, index: int, item: object) -> InvalidArgument | None:
        """Check a message and put it into a chunk.

        Returns:
            The error; None when the message is valid.
        """
        try:
            row = self._check(index, item)
        except InvalidArgument as wrong:
            self._place_invalid(unchecked_result(index, item, f"not sent: {wrong}"))
            return wrong.at(index)
        self._place_row(row)
        return None

    def flush(self) -> None:
        """Close the open chunk."""
        if self._open is not None:
            self.ready.append(self._open)
            self._open = None

    def _place_row(self, row: Row) -> None:
        if row.text is not self._text:
            self._text, self._text_size = row.text, len(dumps(row.text))
        size = row.size + self._text_size
        if size > self._left:
            self.flush()
        if self._open is None:
            chunk = self._begin(Chunk(self._made, rows=[row]))
        else:
            chunk = self._open
            chunk.rows.append(row)
        self._left -= size
        if len(chunk.rows) == self._max_messages:
            self.flush()

    def _place_invalid(self, result: RecipientResult) -> None:
        if self._open is None:
            chunk = self._begin(Chunk(self._made, invalid=[result]))
        else:
            chunk = self._open
            chunk.invalid.append(result)
        if len(chunk.invalid) == self._max_messages:
            self.flush()

    def _begin(self, chunk: Chunk) -> Chunk:
        # Created with its first message: an empty chunk would hide which message was placed last.
        self.chunks.append(chunk)
        self._open, self._left = chunk, self._max_bytes
        self._made += 1
        return chunk
