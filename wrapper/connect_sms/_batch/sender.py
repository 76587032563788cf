"""The flow behind `send_batch`: any number of messages, in requests of at most 10,000 and of bounded size.

What each recipient gets never depends on how 8x8 merges a template: every message of a request is complete in
itself.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator, Mapping, Sized
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar, Unpack, cast

import attrs

from connect_sms._api.bodies import BATCH_FIELDS, BatchBody, send_batch_body
from connect_sms._api.operations import SEND_BATCH, SEND_BATCH_AT_CATALOGUE_PATH, SubmittedBatch
from connect_sms._api.request import call, note_sent
from connect_sms._transport.effects import Effect, Flow, Join, ReadItems, Send, Spawn
from connect_sms._transport.json import dumps
from connect_sms._validation.fields import check_client_batch_id
from connect_sms._validation.options import check_extra
from connect_sms.errors.base import ConnectSmsError, InvalidArgument, InvalidBatch
from connect_sms.errors.calls import ApiError, OutcomeUnknown
from connect_sms.errors.results import BatchInterrupted
from connect_sms.models.messages import Message
from connect_sms.models.outcomes import Outcome
from connect_sms.models.sent import SentMessage

from .chunks import Chunk, Chunker
from .rows import Checker, added_size, unread
from .tracker import BatchTracker

if TYPE_CHECKING:
    from connect_sms._api.context import ClientContext
    from connect_sms._api.operation import Operation, Success
    from connect_sms.config import Timeout
    from connect_sms.models.batch_results import BatchProgress, BatchResult
    from connect_sms.options import MessageOptions


T = TypeVar("T")

Recipient = str | Mapping[str, Any] | Message
OnInvalid = Literal["raise", "reject"]

#: Requests in a row with an unknown outcome after which going on would only add to the unknown.
_UNKNOWN_IN_A_ROW: Final = 3

#: Statuses that show that a path does not exist, and so that nothing was done.
_NO_SUCH_PATH: Final = frozenset({404, 405})


def send_batch(
    context: ClientContext,
    messages: object,
    text: str | None = None,
    *,
    concurrency: int,
    client_batch_id: str | None = None,
    max_parts: int | None = None,
    extra: Mapping[str, Any] | None = None,
    timeout: Timeout | float | None = None,
    on_invalid: OnInvalid = "raise",
    progress: Callable[[BatchProgress], object] | None = None,
    **options: Unpack[MessageOptions],
) -> Flow[BatchResult]:
    """Send any number of messages."""
    if not isinstance(on_invalid, str) or on_invalid not in ("raise", "reject"):
        msg = 'on_invalid must be "raise" or "reject"'
        raise InvalidArgument(msg, argument="on_invalid")
    if client_batch_id is not None:
        check_client_batch_id(client_batch_id)
    source, total = _open(messages)
    settings = context.settings
    body = send_batch_body(client_batch_id)
    around = len(dumps(body.to_dict())) + added_size(check_extra(extra, BATCH_FIELDS))
    tracker = BatchTracker(
        client_batch_id,
        total,
        progress,
        Chunker(settings.batch_size, settings.batch_bytes - around + len(b",")),
    )
    checker = Checker(settings, text, max_parts, options)
    batch = _Batch(
        context, source, total is not None, checker, on_invalid, tracker, concurrency, body, extra, timeout
    )
    try:
        yield from batch.run()
    finally:
        # Ctrl-C, a cancelled task, or a mistake of ours: no further answer will be read.
        tracker.close("interrupted")
        tracker.report_end()
    return tracker.result()


def _open(messages: object) -> tuple[Iterator[object] | AsyncIterator[object], int | None]:
    """An iterator over the recipients, and how many there are if that is known."""
    total = len(messages) if isinstance(messages, Sized) else None
    single = isinstance(messages, str | bytes | Message)
    if single or (isinstance(messages, Mapping) and "destination" in messages):
        msg = "messages must be an iterable of recipients; for a single one, use send()"
        raise InvalidArgument(msg, argument="messages")
    texts = cast("Mapping[object, object]", messages).values() if isinstance(messages, Mapping) else ()
    if any(text is not None for text in texts):
        # Iterating would take the keys, and send everybody the shared text in place of what stands here.
        msg = "messages must not map numbers to texts: give mappings with the keys destination and text"
        raise InvalidArgument(msg, argument="messages")
    if isinstance(messages, AsyncIterable):
        return aiter(cast("AsyncIterable[object]", messages)), total
    if isinstance(messages, Iterable):
        return iter(cast("Iterable[object]", messages)), total
    msg = f"messages must be an iterable of recipients, not {type(messages).__name__}"
    raise InvalidArgument(msg, argument="messages")


@attrs.define(eq=False)
class _Batch:
    """A batch on its way."""

    context: ClientContext
    source: Iterator[object] | AsyncIterator[object]
    sized: bool
    checker: Checker
    on_invalid: OnInvalid
    tracker: BatchTracker
    concurrency: int
    body: BatchBody
    extra: Mapping[str, Any] | None
    timeout: Timeout | float | None
    under_way: int = 0
    ended: bool = False
    unknown_in_a_row: int = 0
    failure: Exception | None = None
    problems: list[InvalidArgument] = attrs.field(factory=list[InvalidArgument])

    def __attrs_post_init__(self) -> None:
        self.source = (
            _watch(self.source, self._look)
            if isinstance(self.source, Iterator)
            else _AsyncWatch(self.source, self._look)
        )

    def run(self) -> Flow[None]:
        """Send everything, or as much as can be sent.

        Raises:
            BatchInterrupted: It stopped half-way.
            Exception: It stopped before anything was sent; this is why.
        """
        while (chunk := (yield from self._next_chunk())) is not None:
            self.under_way += 1
            yield Spawn(self._send(chunk))
            yield from self._collect(most_left=self.concurrency - 1)
        yield from self._collect(most_left=0)
        self.tracker.close("the batch stopped")
        if self.failure is not None:
            if not self.tracker.anything_happened:
                raise self.failure
            msg = (
                f"the batch stopped half-way: {type(self.failure).__name__}. .result says of each recipient "
                "what is known; those in .result.not_sent, and what is left of an iterator, were not sent"
            )
            raise BatchInterrupted(msg, result=self.tracker.result()) from self.failure

    def _next_chunk(self) -> Flow[Chunk | None]:
        """Take messages from the caller and check them until there is enough for a request.

        What has a length is taken whole, so that one wrong number stops a batch before anything is sent.
        """
        tracker, chunker = self.tracker, self.tracker.chunker
        while self.failure is None and not self.ended and (self.sized or not chunker.ready):
            try:
                self.ended = yield ReadItems(self.source, tracker.taken, chunker.wanted)
            except Exception as problem:  # noqa: BLE001  whatever the caller's iterator raises
                self.failure = problem
            self._look()
            tracker.looked_at()
        if self.problems and self.failure is None:
            self.failure = InvalidBatch(self.problems)
        if self.failure is not None:
            return None
        if self.ended:
            chunker.flush()
            tracker.total = tracker.first
        return chunker.ready.popleft() if chunker.ready else None

    def _look(self) -> None:
        """Check what was taken: right messages go into chunks, wrong ones are refused."""
        tracker, row, add = self.tracker, self.checker.row, self.tracker.chunker.add
        taken, first, place = tracker.taken, tracker.first, tracker.looked
        try:
            while place < len(taken):
                index, item = first + place, taken[place]
                try:
                    add(row(index, item))
                except InvalidArgument as wrong:
                    tracker.refused.append(unread(index, item, f"not sent: {wrong}"))
                    if self.on_invalid == "raise":
                        self.problems.append(wrong.at(index))
                place += 1
        finally:
            tracker.looked = place

    def _collect(self, most_left: int) -> Flow[None]:
        """Wait for requests to end until at most so many are under way."""
        while self.under_way > most_left:
            chunk: Chunk = yield Join()
            self.under_way -= 1
            self.tracker.enter(chunk)
            error = chunk.error
            self.unknown_in_a_row = self.unknown_in_a_row + 1 if isinstance(error, OutcomeUnknown) else 0
            gone_on_long_enough = self.unknown_in_a_row >= _UNKNOWN_IN_A_ROW
            if error is not None and (gone_on_long_enough or not error.may_have_been_sent):
                self.failure = self.failure or error

    def _send(self, chunk: Chunk) -> Flow[Chunk]:
        """One request, from its body to its answer."""
        try:
            done = yield from _watched(chunk, self._at_the_right_path(chunk))
        except ConnectSmsError as error:
            self.tracker.failed(chunk, error)
        else:
            if done is not None:
                self.tracker.answered(chunk, done)
        yield from self._note(chunk)
        return chunk

    def _note(self, chunk: Chunk) -> Flow[None]:
        """Record what was handed to 8x8 in the message store."""
        settings, settled = self.context.settings, chunk.settled
        if settings.receipts is None or settled is None:
            return
        note = partial(
            SentMessage,
            sub_account_id=settings.sub_account_id,
            sent_at=settings.clock.now(),
            batch_id=settled.batch_id or None,
            client_batch_id=self.tracker.client_batch_id,
        )
        outcomes = (
            (Outcome.QUEUED, settled.accepted),
            (Outcome.REJECTED, settled.rejected),
            (Outcome.UNKNOWN, settled.unknown),
        )
        notes = [
            note(
                client_message_id=row.client_message_id,
                umid=row.umid,
                destination=row.destination,
                outcome=outcome,
                reason=row.reason,
            )
            for outcome, rows in outcomes
            for row in rows
        ]
        yield from note_sent(self.context, *notes)

    def _at_the_right_path(self, chunk: Chunk) -> Flow[Success[SubmittedBatch]]:
        """Send to the path 8x8 documents; where a server does not know that, to the catalogue's."""
        capabilities = self.context.capabilities
        paths = [SEND_BATCH, SEND_BATCH_AT_CATALOGUE_PATH]
        if capabilities.catalogue_batch_path:
            paths.reverse()
        try:
            return (yield from self._call(paths[0], chunk))
        except ApiError as error:
            if error.status not in _NO_SUCH_PATH:
                raise
            refused = error
        try:
            done = yield from self._call(paths[1], chunk)
        except ApiError as error:
            raise (refused if error.status in _NO_SUCH_PATH else error) from None
        capabilities.catalogue_batch_path = paths[1] is SEND_BATCH_AT_CATALOGUE_PATH
        return done

    def _call(self, operation: Operation[..., SubmittedBatch], chunk: Chunk) -> Flow[Success[SubmittedBatch]]:
        rows = chunk.rows
        what = operation(self.context.settings.sub_account_id, body=self.body)
        document = {**(what.document or {}), "messages": [row.document() for row in rows]}
        return (
            yield from call(
                self.context,
                attrs.evolve(what, document=document),
                timeout=self.timeout,
                extra=self.extra,
                private=tuple({row.text for row in rows}),
                messages=len(rows),
            )
        )


def _watch(source: Iterator[object], look: Callable[[], None]) -> Iterator[object]:
    """Pass items on, and look at each that can change before the next is asked for.

    By then the caller may have put the next recipient into the same dict.
    """
    # No builtin `next` here: between its return and ours, Ctrl-C could make an item vanish.
    for item in source:
        yield item
        if type(item) is not str:
            look()


@attrs.define(eq=False)
class _AsyncWatch(AsyncIterator[object]):
    """The same for an asynchronous source; no generator, for nobody would close it."""

    source: AsyncIterator[object]
    look: Callable[[], None]

    async def __anext__(self) -> object:
        self.look()
        return await anext(self.source)


def _watched(chunk: Chunk, flow: Flow[T]) -> Flow[T | None]:
    """Note when a chunk's request is on the wire, and let none go out for which the books are closed.

    A cancelled task may run on for a moment: by then the caller may have been told that nothing was sent.
    """
    step: Callable[[], Effect] = partial(next, flow)
    while True:
        try:
            effect = step()
        except StopIteration as end:
            return cast("T", end.value)
        if chunk.settled is not None:
            flow.close()
            return None
        chunk.on_the_wire = type(effect) is Send
        try:
            got = yield effect
        except BaseException as problem:  # noqa: BLE001  the flow decides; it always raises it again
            step = partial(flow.throw, problem)
        else:
            step = partial(flow.send, got)
