"""The flow behind `send_batch`: any number of messages, in requests of at most 10,000 and of bounded size.

What each recipient gets never depends on how 8x8 merges a template: every message of a request is complete in
itself.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal

import attrs

from connect_sms_api.models import BatchOfMessages, SentBatch
from connect_sms_api.types import UNSET

from ._batch_ledger import Ledger, Report
from ._batch_rows import Checker, Row
from ._effects import Finished, Flow, Pull, Start
from ._core import Core
from ._flow import call
from ._verdict import Done
from ._operations import SEND_BATCH, SEND_BATCH_AT_CATALOGUE_PATH, Operation
from ._prepare import BATCH_FIELDS, check_extra
from .addresses import check_client_batch_id
from .errors import ApiError, BatchInterrupted, ConnectSmsError, InvalidArgument, InvalidBatch, OutcomeUnknown
from .messages import BatchProgress, BatchResult, Message

if TYPE_CHECKING:
    from .config import Timeout

Recipient = str | Mapping[str, Any] | Message
OnInvalid = Literal["raise", "reject"]

#: Bytes of JSON around a message's text: field names, number, ids, sender.
_OVERHEAD: Final = 250

#: Requests in a row with an unknown outcome after which going on would only add to the unknown.
_UNKNOWN_IN_A_ROW: Final = 3

#: Statuses that show that a path does not exist, and so that nothing was done.
_NO_SUCH_PATH: Final = frozenset({404, 405})


def send_batch(
    core: Core,
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
    **options: Any,
) -> Flow[BatchResult]:
    """Send any number of messages."""
    if on_invalid not in ("raise", "reject"):
        msg = 'on_invalid must be "raise" or "reject"'
        raise InvalidArgument(msg, argument="on_invalid")
    if client_batch_id is not None:
        check_client_batch_id(client_batch_id)
    source, total = _open(messages)
    batch = _Batch(
        core,
        source,
        Checker(core.settings, text, max_parts, options, reject=on_invalid == "reject"),
        Ledger(client_batch_id, total, progress),
        concurrency,
        check_extra(extra, BATCH_FIELDS),
        timeout,
    )
    try:
        yield from batch.run()
    finally:
        batch.ledger.report(ended=True)
    return batch.ledger.result()


def _open(messages: object) -> tuple[Iterator[object] | AsyncIterator[object], int | None]:
    """An iterator over the recipients, and how many there are if that is known."""
    single = isinstance(messages, str | bytes | Message)
    if single or (isinstance(messages, Mapping) and "destination" in messages):
        msg = "messages must be an iterable of recipients; for a single one, use send()"
        raise InvalidArgument(msg, argument="messages")
    total = len(messages) if hasattr(messages, "__len__") else None
    if isinstance(messages, AsyncIterable):
        return aiter(messages), total
    if isinstance(messages, Iterable):
        return iter(messages), total
    msg = f"messages must be an iterable of recipients, not {type(messages).__name__}"
    raise InvalidArgument(msg, argument="messages")


@attrs.define
class _Batch:
    """A batch on its way."""

    core: Core
    source: Iterator[object] | AsyncIterator[object]
    checker: Checker
    ledger: Ledger
    concurrency: int
    extra: Mapping[str, Any] | None
    timeout: Timeout | float | None
    waiting: list[Row] = attrs.field(factory=list)
    taken: int = 0
    ended: bool = False
    unknown_in_a_row: int = 0
    failure: Exception | None = None

    def run(self) -> Flow[None]:
        """Send everything, or as much as can be sent.

        Raises:
            BatchInterrupted: It stopped half-way.
            Exception: It stopped before anything was sent; this is why.
        """
        try:
            yield from self._fill()
            while self.waiting and self.failure is None:
                rows = self._next_request()
                self.ledger.under_way.append(rows)
                yield Start(self._send(rows))
                yield from self._collect(most_left=self.concurrency - 1)
                yield from self._fill()
            yield from self._collect(most_left=0)
        except BaseException:
            # Ctrl-C, a cancelled task, or a mistake of ours: no further answer will be read.
            self.ledger.interrupt(self.waiting)
            raise
        if self.failure is not None:
            self.ledger.leave(self.waiting, "the batch stopped before its request was made")
            if not self.ledger.anything_happened:
                raise self.failure
            msg = (
                f"the batch stopped half-way: {type(self.failure).__name__}. .result says of each recipient what is "
                "known; those in .result.not_sent, and what is left of an iterator, were not sent"
            )
            raise BatchInterrupted(msg, result=self.ledger.result()) from self.failure

    def _fill(self) -> Flow[None]:
        """Take messages from the caller and check them, enough for the next request.

        What has a length is taken whole, so that one wrong number stops a batch before anything is sent.
        """
        size = self.core.settings.batch_size
        problems: list[InvalidArgument] = []
        while (
            self.failure is None
            and not self.ended
            and (self.ledger.total is not None or len(self.waiting) < size)
        ):
            items: list[object] = []
            try:
                self.ended = yield Pull(self.source, items, size)
            except Exception as problem:  # noqa: BLE001  whatever the caller's iterator raises
                self.failure = problem
            rows, rejected, wrong = self.checker.rows(items, self.taken)
            self.taken += len(items)
            self.waiting += rows
            self.ledger.rejected += rejected
            problems += wrong
        if problems and self.failure is None:
            self.failure = InvalidBatch(problems)

    def _next_request(self) -> list[Row]:
        """Cut off as many messages as one request may carry."""
        settings = self.core.settings
        room = settings.batch_bytes
        count = 0
        for row in self.waiting[: settings.batch_size]:
            # An estimate, to bound the size: exact would mean encoding everything twice.
            room -= _OVERHEAD + (len(row.text) if row.text.isascii() else len(row.text.encode()))
            if room < 0 and count:
                break
            count += 1
        rows = self.waiting[:count]
        del self.waiting[:count]
        return rows

    def _collect(self, most_left: int) -> Flow[None]:
        """Wait for requests to end until at most so many are under way."""
        while len(self.ledger.under_way) > most_left:
            report: Report = yield Finished()
            self.ledger.enter(report)
            self.ledger.report()
            if isinstance(report.error, OutcomeUnknown):
                self.unknown_in_a_row += 1
            else:
                self.unknown_in_a_row = 0
            gone_on_long_enough = self.unknown_in_a_row >= _UNKNOWN_IN_A_ROW
            if report.error is not None and (gone_on_long_enough or not report.error.may_have_been_sent):
                self.failure = self.failure or report.error

    def _send(self, rows: list[Row]) -> Flow[Report]:
        """One request, from its body to its answer."""
        try:
            return Report(rows, (yield from self._at_the_right_path(rows)), None)
        except ConnectSmsError as error:
            return Report(rows, None, error)

    def _at_the_right_path(self, rows: list[Row]) -> Flow[Done[SentBatch]]:
        """Send to the path 8x8 documents; where a server does not know that, to the catalogue's."""
        memory = self.core.memory
        paths = [SEND_BATCH, SEND_BATCH_AT_CATALOGUE_PATH]
        if memory.catalogue_batch_path:
            paths.reverse()
        refused = None
        for operation in paths:
            try:
                done = yield from self._call(operation, rows)
            except ApiError as error:
                if error.status not in _NO_SUCH_PATH:
                    raise
                refused = refused or error
            else:
                memory.catalogue_batch_path = operation is SEND_BATCH_AT_CATALOGUE_PATH
                return done
        assert refused is not None  # noqa: S101  two paths were tried, and each refused
        raise refused

    def _call(self, operation: Operation[..., SentBatch], rows: list[Row]) -> Flow[Done[SentBatch]]:
        batch_id = self.ledger.client_batch_id
        body = BatchOfMessages(
            messages=[row.model for row in rows],
            client_batch_id=UNSET if batch_id is None else batch_id,
            # Without it 8x8 answers with two counts and says of nobody whether they were accepted.
            include_messages_in_response=True,
        )
        what = operation(self.core.settings.sub_account_id, body=body)
        document = what.document or {}
        for row, message in zip(rows, document["messages"], strict=True):
            if row.extra:
                message.update(row.extra)
        return (
            yield from call(
                self.core,
                what,
                timeout=self.timeout,
                extra=self.extra,
                private=tuple({row.text for row in rows}),
                messages=len(rows),
            )
        )
