"""Who was accepted, rejected, not sent, and of whom it is not known: the books of a batch.

Every recipient taken from the caller ends in exactly one of the four lists, however the batch ends. Ctrl-C
may come between any two steps, so nothing is ever moved from one place to another: what is known is written
once, and the rest is worked out from what is missing.
"""

from __future__ import annotations

from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Final

import attrs

from connect_sms.errors.calls import OutcomeUnknown
from connect_sms.hooks import call_hook
from connect_sms.models.batch_results import BatchProgress, BatchResult, RecipientResult

from .chunks import Chunk, Chunker, Settled
from .response import nobody_named, read_answer
from .rows import unread

if TYPE_CHECKING:
    from collections.abc import Callable

    from connect_sms._api.operation import Success
    from connect_sms._api.operations import SubmittedBatch
    from connect_sms.errors.base import ConnectSmsError


#: Bytes of raw answers to keep; enough for well over 100,000 recipients.
_KEPT: Final = 32_000_000


@attrs.define(eq=False)
class BatchTracker:
    """What is known of every recipient so far.

    Attributes:
        client_batch_id: The batch's id.
        total: How many recipients there are; None while that is not known.
        progress: To be told how far it has come.
        chunker: Holds every message that was found right.
        refused: Those found wrong here, before anything was sent.
        taken: What was taken from the caller last.
        looked: How many of those were looked at.
        first: The position in the batch of the first of those.
    """

    client_batch_id: str | None
    total: int | None
    progress: Callable[[BatchProgress], object] | None
    chunker: Chunker
    refused: list[RecipientResult] = attrs.field(factory=list[RecipientResult])
    taken: list[object] = attrs.field(factory=list[object])
    looked: int = 0
    first: int = 0
    anything_happened: bool = False
    _left: list[RecipientResult] = attrs.field(factory=list[RecipientResult])
    _counts: list[int] = attrs.field(factory=lambda: [0, 0, 0, 0])
    _kept: int = 0
    _closed: bool = False
    _final: BatchResult | None = None

    def looked_at(self) -> None:
        """All that was taken has found its place."""
        following = self.first + len(self.taken)
        self.taken = []
        self.first = following
        self.looked = 0

    def answered(self, chunk: Chunk, done: Success[SubmittedBatch]) -> None:
        """8x8 took a request and said something of its messages."""
        settled = read_answer(chunk.rows, done)
        chunk.error = nobody_named(settled)
        self._keep(settled)
        chunk.settle(settled)

    def failed(self, chunk: Chunk, error: ConnectSmsError) -> None:
        """A request came to nothing, or to nobody knows what."""
        chunk.error = error
        settled = Settled()
        if isinstance(error, OutcomeUnknown):
            settled.response = error.response
            head = f"[errorId {error.error_id}] " if error.error_id else ""
            reason = f"{head}its outcome is unknown: {error.reason}"
            settled.unknown = [row.result(reason=reason) for row in chunk.rows]
        else:
            reason = f"its request failed: {error}"
            settled.not_sent = [row.result(reason=reason) for row in chunk.rows]
        self._keep(settled)
        chunk.settle(settled)

    def enter(self, chunk: Chunk) -> None:
        """Count a request that has ended, and tell the caller."""
        settled = chunk.settled or Settled()
        self.anything_happened |= not settled.not_sent
        for place, rows in enumerate((settled.accepted, settled.rejected, settled.unknown, settled.not_sent)):
            self._counts[place] += len(rows)
        if self.progress is not None:
            accepted, rejected, unknown, not_sent = self._counts
            rejected += len(self.refused)
            call_hook(
                self.progress,
                BatchProgress(accepted, rejected, unknown, not_sent, self.total, ended=False),
            )

    def close(self, why: str) -> None:
        """The batch is over; nothing that has not gone out will. Only the first call counts.

        Args:
            why: What kept the rest from being sent.
        """
        if self._closed:
            return
        for chunk in self.chunker.chunks:
            if chunk.settled is None and chunk.on_the_wire:
                reason = f"{why} while its request was under way"
                chunk.settle(Settled(unknown=[row.result(reason=reason) for row in chunk.rows]))
            elif chunk.settled is None:
                reason = f"{why} before its request was made"
                chunk.settle(Settled(not_sent=[row.result(reason=reason) for row in chunk.rows]))
        # Not by `looked`, which lags behind by a step.
        newest, refused = self.chunker.newest, self.refused
        placed = max(newest[-1].index if newest else -1, refused[-1].index if refused else -1)
        reason = f"{why} before it was looked at"
        self._left = [
            unread(index, item, reason) for index, item in enumerate(self.taken, self.first) if index > placed
        ]
        self._closed = True

    def result(self) -> BatchResult:
        """The books, once closed."""
        if self._final is None:
            all_settled = [chunk.settled or Settled() for chunk in self.chunker.chunks]
            rejected = chain(self.refused, *(settled.rejected for settled in all_settled))
            self._final = BatchResult(
                tuple(chain.from_iterable(settled.accepted for settled in all_settled)),
                tuple(sorted(rejected, key=attrgetter("index"))),
                tuple(chain.from_iterable(settled.unknown for settled in all_settled)),
                tuple(chain(*(settled.not_sent for settled in all_settled), self._left)),
                tuple(settled.batch_id for settled in all_settled if settled.batch_id),
                self.client_batch_id,
                tuple(settled.response for settled in all_settled if settled.response is not None),
            )
        return self._final

    def report_end(self) -> None:
        """Tell the caller how it ended."""
        if self.progress is not None:
            result = self.result()
            counts = (len(result.accepted), len(result.rejected), len(result.unknown), len(result.not_sent))
            call_hook(self.progress, BatchProgress(*counts, self.total, ended=True, result=result))

    def _keep(self, settled: Settled) -> None:
        """Let go of a raw answer when many are kept already, unless it left somebody's fate open."""
        if settled.response is not None and not settled.unknown:
            self._kept += len(settled.response.body)
            if self._kept > _KEPT:
                settled.response = None
