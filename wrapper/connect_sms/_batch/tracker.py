"""Keeps track of every recipient of a batch: accepted, rejected, unknown or not sent.

Every recipient taken from the caller ends in exactly one of the four lists, even if it is interrupted. Ctrl-C
may come between any two steps, so nothing is moved between lists: each result is written once, and the rest
is derived from what is missing.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

import attrs

from connect_sms.errors.calls import OutcomeUnknown
from connect_sms.hooks import call_hook
from connect_sms.models.batch_results import BatchProgress, BatchRequestResult, BatchResult, RecipientResult
from connect_sms.models.private import PrivateList, clear_locals

from .chunks import Chunk, Chunker, Outcomes
from .response import read_response, unusable_response
from .rows import unchecked_result

if TYPE_CHECKING:
    from collections.abc import Callable

    from connect_sms._api.operation import Success
    from connect_sms._api.operations import SubmittedBatch
    from connect_sms.errors.base import ConnectSmsError


#: Bytes of raw responses to keep; enough for well over 100,000 recipients.
_KEPT: Final = 32_000_000


def _no_counts() -> list[int]:
    return [0, 0, 0, 0]


@attrs.define(eq=False, repr=False)
class BatchTracker:
    """The known results of every recipient so far.

    Attributes:
        client_batch_id: The batch's id.
        total: The number of recipients; None while it is not known.
        progress: Called after each request.
        chunker: Holds every message checked and not yet released.
        kept: The request results kept for the result of the whole batch, by number.
        taken: The items last read from the source.
        checked: The number of those already checked.
        first: The position of their first in the batch.
        anything_happened: True once a request was answered or its outcome is unknown.
    """

    client_batch_id: str | None
    total: int | None
    progress: Callable[[BatchProgress], object] | None
    chunker: Chunker
    kept: dict[int, BatchRequestResult] = attrs.field(factory=dict[int, BatchRequestResult])
    taken: list[object] = attrs.field(factory=PrivateList[object])
    checked: int = 0
    first: int = 0
    anything_happened: bool = False
    _unchecked: list[RecipientResult] = attrs.field(factory=list[RecipientResult])
    _counts: list[int] = attrs.field(factory=_no_counts)
    _released: list[int] = attrs.field(factory=_no_counts)
    _kept_bytes: int = 0
    _closed: bool = False
    _final: BatchResult | None = None

    def all_checked(self) -> None:
        """Note that all items read are in a chunk."""
        following = self.first + len(self.taken)
        self.taken = PrivateList()
        self.first = following
        self.checked = 0

    def answered(self, chunk: Chunk, done: Success[SubmittedBatch]) -> None:
        """Set the result of a chunk from the response to its request."""
        found = read_response(chunk.rows, done, self.client_batch_id)
        chunk.finish(found, self.client_batch_id, unusable_response(found))

    def failed(self, chunk: Chunk, error: ConnectSmsError) -> None:
        """Set the result of a chunk whose request failed or has an unknown outcome."""
        clear_locals(error)  # it stays in the result
        found = Outcomes()
        if isinstance(error, OutcomeUnknown):
            found.response = error.response
            head = f"[errorId {error.error_id}] " if error.error_id else ""
            reason = f"{head}its outcome is unknown: {error.reason}"
            found.unknown = [row.result(reason=reason) for row in chunk.rows]
        else:
            reason = f"its request failed: {error}"
            found.not_sent = [row.result(reason=reason) for row in chunk.rows]
        chunk.finish(found, self.client_batch_id, error)

    def count(self, result: BatchRequestResult) -> None:
        """Count a finished request, and report the progress."""
        self.anything_happened |= not result.not_sent
        self._counts = _sum(self._counts, result)
        if self.progress is not None:
            call_hook(self.progress, self._progress(self._counts))

    def keep(self, result: BatchRequestResult) -> None:
        """Keep a result for the result of the whole batch.

        Its raw response is dropped when `_KEPT` bytes are kept already, unless it left a recipient unknown.
        """
        if result.response is not None and not result.unknown:
            self._kept_bytes += len(result.response.body)
            if self._kept_bytes > _KEPT:
                result = attrs.evolve(result, response=None)
        self.kept[result.number] = result

    def release(self, chunk: Chunk) -> None:
        """Drop a chunk whose result the caller has."""
        if chunk.result is not None and chunk.number not in self.kept:
            self._released = _sum(self._released, chunk.result)
        self.chunker.chunks.remove(chunk)

    def close(self, why: str) -> None:
        """End the batch: a message without a result is unknown when on the wire, and otherwise not sent.

        Only the first call counts.

        Args:
            why: The reason, as the beginning of a sentence.
        """
        if self._closed:
            return
        # Not by `checked`, which lags by one step; and now, while the chunks have their rows.
        placed = self.chunker.last_index
        for chunk in self.chunker.chunks:
            if chunk.result is None:
                found = Outcomes()
                if chunk.on_the_wire:
                    reason = f"{why} while its request was under way"
                    found.unknown = [row.result(reason=reason) for row in chunk.rows]
                else:
                    reason = f"{why} before its request was made"
                    found.not_sent = [row.result(reason=reason) for row in chunk.rows]
                chunk.finish(found, self.client_batch_id)
        reason = f"{why} before it was checked"
        self._unchecked = [
            unchecked_result(index, item, reason)
            for index, item in enumerate(self.taken, self.first)
            if index > placed
        ]
        self._closed = True

    def result(self) -> BatchResult:
        """The results of all recipients whose request was not released; only once the tracker is closed."""
        if self._final is None:
            held = {chunk.number: chunk.result for chunk in self.chunker.chunks if chunk.result is not None}
            found = [result for _, result in sorted({**held, **self.kept}.items())]
            self._final = BatchResult(
                tuple(chain.from_iterable(result.accepted for result in found)),
                tuple(chain.from_iterable(result.rejected for result in found)),
                tuple(chain.from_iterable(result.unknown for result in found)),
                tuple(chain(*(result.not_sent for result in found), self._unchecked)),
                tuple(result.batch_id for result in found if result.batch_id),
                self.client_batch_id,
                tuple(result.response for result in found if result.response is not None),
            )
        return self._final

    def final_progress(self) -> BatchProgress:
        """The counts of the whole batch, released requests included; only once the tracker is closed."""
        return self._progress(_sum(self._released, self.result()), self.result())

    def report_end(self) -> None:
        """Report the end of the batch."""
        if self.progress is not None:
            call_hook(self.progress, self.final_progress())

    def _progress(self, counts: list[int], result: BatchResult | None = None) -> BatchProgress:
        accepted, rejected, unknown, not_sent = counts
        return BatchProgress(
            accepted, rejected, unknown, not_sent, self.total, ended=result is not None, result=result
        )


def _sum(counts: list[int], result: BatchRequestResult | BatchResult) -> list[int]:
    return [count + more for count, more in zip(counts, result.counts.values(), strict=True)]
