"""The flows behind `iter_batch` and `send_batch`: any number of messages, in requests of bounded size.

No message depends on how 8x8 merges a template: every message of a request is complete.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal, Unpack

import attrs

from connect_sms._api.operation import Success
from connect_sms._api.store import StoreCalls
from connect_sms._fork import process_id
from connect_sms._transport.effects import Effect, Emit, Flow, Join, ReadItems, Send, Spawn, fold, forward
from connect_sms._validation.options import OPTION_NAMES, check_names
from connect_sms.errors.base import ConfigurationError, ConnectSmsError, InvalidArgument, InvalidBatch
from connect_sms.errors.calls import OutcomeUnknown
from connect_sms.errors.results import BatchInterrupted
from connect_sms.models.private import revealed

from .chunks import Chunk, Chunker, Outcomes
from .record import recorded
from .request import BatchRequests
from .rows import Checker
from .source import open_source
from .tracker import BatchTracker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping

    from connect_sms._api.context import ClientContext
    from connect_sms._api.journal import Record
    from connect_sms.config import Timeout
    from connect_sms.models.batch_results import BatchProgress, BatchResult
    from connect_sms.options import MessageOptions

BATCH_NAMES: Final = (
    "messages",
    "text",
    *OPTION_NAMES,
    "client_batch_id",
    "max_parts",
    "extra",
    "timeout",
    "on_invalid",
    "progress",
)

_ELSEWHERE: Final = {"client_message_id": "give it in each message: Message(client_message_id=...)"}

OnInvalid = Literal["raise", "reject"]

#: Consecutive requests with an unknown outcome after which the batch stops.
_UNKNOWN_IN_A_ROW: Final = 3


def send_batch(
    context: ClientContext, messages: object, text: str | None = None, *, concurrency: int, **arguments: Any
) -> Flow[BatchResult]:
    """Send any number of messages, with up to `concurrency` requests under way all the time."""
    batch = _prepare("send_batch", context, messages, text, **arguments)
    tracker = batch.tracker
    yield from batch.until_end(fold(batch.run(concurrency, refill_at=concurrency - 1), tracker.keep))
    return tracker.result()


def iter_batch(
    context: ClientContext, messages: object, text: str | None = None, *, concurrency: int, **arguments: Any
) -> Flow[None]:
    """Send any number of messages and emit the `BatchRequestResult` of each request.

    No request is in flight when a result is emitted: up to `concurrency` are sent together, and their
    results emitted one after the other.
    """
    batch = _prepare("iter_batch", context, messages, text, **arguments)
    yield from batch.until_end(batch.run(concurrency, refill_at=0))


def _prepare(
    call: str,
    context: ClientContext,
    messages: object,
    text: str | None,
    *,
    client_batch_id: str | None = None,
    max_parts: int | None = None,
    extra: Mapping[str, Any] | None = None,
    timeout: Timeout | float | None = None,
    on_invalid: OnInvalid = "raise",
    progress: Callable[[BatchProgress], object] | None = None,
    **options: Unpack[MessageOptions],
) -> _Batch:
    check_names(call, options, BATCH_NAMES, elsewhere=_ELSEWHERE)
    if not isinstance(on_invalid, str) or on_invalid not in ("raise", "reject"):
        raise InvalidArgument('on_invalid must be "raise" or "reject"', argument="on_invalid")
    requests = BatchRequests.of(context, client_batch_id, extra, timeout)
    checker = Checker(context.settings, text, max_parts, options)
    chunker = Chunker(checker, context.settings.batch_size, requests.max_bytes)
    tracker = BatchTracker(client_batch_id, None, progress, chunker)
    batch = _Batch(context, requests, checker, tracker, raises=on_invalid == "raise")
    batch.source, tracker.total = open_source(revealed(messages), batch.check_taken)
    batch.store = StoreCalls(context.settings.clock)
    batch.sized = tracker.total is not None
    return batch


@attrs.define(eq=False, repr=False)
class _Batch:
    """A batch being sent."""

    context: ClientContext
    requests: BatchRequests
    checker: Checker
    tracker: BatchTracker
    raises: bool = attrs.field(kw_only=True)
    source: Iterator[object] | AsyncIterator[object] = attrs.field(init=False)
    sized: bool = False
    source_ended: bool = False
    under_way: int = 0
    ended: list[Chunk] = attrs.field(factory=list[Chunk])
    unknown_in_a_row: int = 0
    failure: Exception | None = None
    problems: list[InvalidArgument] = attrs.field(factory=list[InvalidArgument])
    store: StoreCalls = attrs.field(init=False)
    process: int = attrs.field(factory=process_id, init=False)

    def until_end(self, flow: Flow[None]) -> Flow[None]:
        """Run a flow, and always close the tracker.

        Raises:
            BatchInterrupted: The batch stopped early.
            Exception: The cause, when it stopped before anything was sent.
        """
        try:
            yield from flow
            self._conclude()
        finally:
            # After Ctrl-C, a cancelled task, a loop that was left, or a bug no response will be read.
            self.tracker.close("interrupted")
            self.tracker.report_end()

    def _conclude(self) -> None:
        tracker = self.tracker
        tracker.close("the batch stopped")
        if self.failure is None:
            return
        if not tracker.anything_happened:
            raise self.failure
        counts = tracker.final_progress().counts
        numbers = ", ".join(f"{count:,} {outcome.replace('_', ' ')}" for outcome, count in counts.items())
        # Words of ours, which hold no values; those of another error may.
        why = f" ({self.failure})" if isinstance(self.failure, InvalidBatch | ConfigurationError) else ""
        msg = (
            f"the batch stopped half-way: {type(self.failure).__name__}{why}; {numbers}. .result has the "
            "recipients (of iter_batch: those that were not yielded). What is left of an iterator was not "
            "sent"
        )
        raise BatchInterrupted(msg, result=tracker.result(), counts=counts) from self.failure

    def run(self, concurrency: int, *, refill_at: int) -> Flow[None]:
        """Send as much as possible, and emit the result of each request.

        Args:
            concurrency: Maximum number of requests in flight.
            refill_at: The number in flight below which results are emitted and further requests started.
        """
        while (chunk := (yield from self._next_chunk())) is not None:
            if chunk.rows:
                self.under_way += 1
                yield Spawn(self._send(chunk))
            else:
                chunk.finish(Outcomes(), self.tracker.client_batch_id)
                self.ended.append(chunk)
            if self.under_way + len(self.ended) >= concurrency:
                yield from self._collect(refill_at)
        yield from self._collect(0)

    def _next_chunk(self) -> Flow[Chunk | None]:
        """Read and check the caller's messages until a request is full.

        A sized source is read completely, so that an invalid number stops a batch before anything is sent.
        """
        tracker, chunker = self.tracker, self.tracker.chunker
        self._check_process()  # before reading, too: a file of the caller's has one position for both
        while self.failure is None and not self.source_ended and (self.sized or not chunker.ready):
            try:
                self.source_ended = yield ReadItems(self.source, tracker.taken, chunker.capacity)
            except Exception as problem:  # noqa: BLE001  the caller's iterator may raise anything
                self.failure = problem
            self.check_taken()
            tracker.all_checked()
            if self.problems and not self.sized:
                break
        self._check_process()
        if self.problems and self.failure is None:
            self.failure = InvalidBatch(self.problems)
        if self.failure is not None:
            return None
        if self.source_ended:
            chunker.flush()
            tracker.total = tracker.first
        return chunker.ready.popleft() if chunker.ready else None

    def _check_process(self) -> None:
        """Stop the copy of a batch that a forked child has: the parent goes on with it."""
        if self.failure is None and process_id() != self.process:
            self.failure = ConfigurationError(
                "the process was forked while it was sending a batch, and its parent goes on with that; the "
                "child sent nothing of it"
            )

    def check_taken(self) -> None:
        """Check the items read from the source and put them into chunks."""
        tracker, place = self.tracker, self.tracker.chunker.place
        taken, first, checked = tracker.taken, tracker.first, tracker.checked
        try:
            while checked < len(taken):
                wrong = place(first + checked, taken[checked])
                if wrong is not None and self.raises:
                    self.problems.append(wrong)
                checked += 1
        finally:
            tracker.checked = checked

    def _collect(self, max_left: int) -> Flow[None]:
        """Wait until at most `max_left` requests are in flight, and emit the results."""
        while self.under_way > max_left:
            chunk: Chunk = yield Join()
            self.under_way -= 1
            self._count(chunk)
            self.ended.append(chunk)
        ended, self.ended = self.ended, []
        for chunk in ended:
            yield Emit(chunk.result, partial(self._release, chunk))

    def _count(self, chunk: Chunk) -> None:
        """Count a finished request, and stop the batch for an error that would recur."""
        if chunk.result is None:
            return
        self.tracker.count(chunk.result)
        error = chunk.result.error
        self.unknown_in_a_row = self.unknown_in_a_row + 1 if isinstance(error, OutcomeUnknown) else 0
        if error is None or self.failure is not None:
            return
        if not error.may_have_been_sent:
            self.failure = error
        elif isinstance(error, OutcomeUnknown) and self.unknown_in_a_row >= _UNKNOWN_IN_A_ROW:
            self.failure = OutcomeUnknown(
                reason=f"{_UNKNOWN_IN_A_ROW} requests in a row without a usable answer; last: {error.reason}",
                status=error.status,
                error_id=error.error_id,
                response=error.response,
            )

    def _release(self, chunk: Chunk) -> None:
        """Drop a chunk whose result the caller has; later messages may reuse its ids."""
        self.tracker.release(chunk)
        if chunk.result is not None and chunk.number not in self.tracker.kept:
            self.checker.forget(chunk.result)

    def _send(self, chunk: Chunk) -> Flow[Chunk]:
        """One request, from its body to its response, and its record."""
        context = self.context
        if context.journal is None:
            return self._request(chunk, None)
        return recorded(
            context,
            context.journal,
            chunk,
            self.tracker.client_batch_id,
            send=partial(self._request, chunk),
            store=self.store,
        )

    def _request(self, chunk: Chunk, record: Record | None) -> Flow[Chunk]:
        flow = self.requests.send(chunk.rows, partial(self.tracker.answered, chunk), record)
        try:
            if not isinstance((yield from forward(flow, partial(_is_too_late, chunk))), Success):
                flow.close()
        except ConnectSmsError as error:
            self.tracker.failed(chunk, error)
        return chunk


def _is_too_late(chunk: Chunk, effect: Effect) -> bool:
    """Mark when a chunk's request is on the wire; True once the chunk has a result.

    A cancelled task may continue briefly; the caller may already have the result "not sent".
    """
    if chunk.result is not None:
        return True
    chunk.on_the_wire = type(effect) is Send
    return False
