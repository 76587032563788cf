"""Going on with a batch: its results file is compared with the input, and says who is still to be sent to."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import attrs

from connect_sms._validation.wording import plural
from connect_sms.models.outcomes import Outcome
from connect_sms.models.redaction import mask
from connect_sms.models.sent import SentMessage
from connect_sms.text.printable import one_line

from .csv_table import InputProblem
from .results_rows import HELD, Result

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connect_sms.models.status import MessageStatus
    from connect_sms.receipts import ReceiptStore

    from .batch_input import Source
    from .csv_lines import Line
    from .results_file import Index, ResultsFile

_SHOWN: Final = 10

#: How far 8x8's clock may be behind this machine's.
_CLOCKS_DIFFER: Final = timedelta(minutes=1)

_is_made_id: Final = re.compile(r"[0-9a-f]{32}-[0-9]+").fullmatch


@attrs.define(eq=False)
class Resumed:
    """The input of a batch without those who need no further message: it is read like a `Source`.

    Attributes:
        file: The results file.
        source: The whole input.
        store: Where the outcome of those who may have been sent to is looked up.
        sub_account_id: The sub-account that they were sent from.
        is_live: False: it can be read again.
    """

    file: ResultsFile
    source: Source
    store: ReceiptStore | None
    sub_account_id: str | None = None
    is_live: bool = attrs.field(default=False, init=False)
    _index: Index = attrs.field(init=False)
    _lost: list[SentMessage] = attrs.field(factory=list["SentMessage"], init=False)

    @property
    def name(self) -> str:
        """The name of the input in messages."""
        return self.source.name

    def compare(self) -> int:
        """Compare the results with the input. Returns the number of recipients in both.

        Raises:
            InputProblem: They are not of the same batch; the message says where they differ.
        """
        self._index = index = self.file.index()
        recipients = found = 0
        differences: list[str] = []
        for line, row in self._rows():
            recipients += 1
            found += row is not None
            said = None if row is None else _difference(line, row)
            if said is not None and len(differences) <= _SHOWN:
                differences.append(f"line {line.number}: {said}")
        before = index.recipients if index.is_unfinished else index.lines
        if before is None:
            raise self._other(
                "the results do not say how many recipients there were, as that input could be read only once"
            )
        if recipients != before:
            raise self._other(
                f"the results are of {plural(before, 'recipient')}, the input has {recipients:,}"
            )
        if found != index.lines:
            differences.append(f"{plural(index.lines - found, 'line')} of the results are not in the input")
        if differences:
            more = "\n  and more" if len(differences) > _SHOWN else ""
            raise self._other("\n  ".join(["", *differences[:_SHOWN]]) + more)
        return recipients

    def lines(self) -> Iterator[Line]:
        """The recipients who are still to be sent to, each with the id it had."""
        for line, row in self._rows():
            if row is None:
                yield line
            elif row.result == "not_sent":
                own_id = line.client_message_id or row.client_message_id
                yield attrs.evolve(line, client_message_id=own_id)

    def others(self) -> Iterator[tuple[Result, bool]]:
        """The recipients who are not sent to: their result as it is known now, and whether that is new."""
        for line, row in self._rows():
            if row is not None and row.result != "not_sent":
                known = self._settled(line, row) if row.result in HELD else row
                yield known, known != row

    def record_lost(self) -> None:
        """Record in the store those of `others` that it lacks, so that `reconcile` looks for them.

        Raises:
            StoreUnavailable: That failed.
        """
        lost, self._lost = self._lost, []
        if self.store is not None and lost:
            self.store.record_sent(lost)

    def _rows(self) -> Iterator[tuple[Line, Result | None]]:
        for line in self.source.lines():
            offset = self._index.offset_of(line.number)
            yield line, None if offset is None else self.file.row_at(offset)

    def _settled(self, line: Line, row: Result) -> Result:
        """The result of a recipient who may have been sent to, with what the store knows."""
        own_id, status = line.client_message_id or row.client_message_id, None
        if self.store is not None and own_id is not None:
            sent_at = None if row.sent_at is None else datetime.fromisoformat(row.sent_at)
            with_id = self.store.statuses_by_client_id(own_id)
            found = _sent_then(with_id, sent_at)
            if not (with_id if sent_at is None else found):
                self._lost.append(self._unknown(own_id, line.destination, sent_at))
            status = found[0] if len(found) == 1 else None
        if status is None or _is_open(status):
            reason = "the batch ended while its request was under way"
            return row if row.result == "unknown" else attrs.evolve(row, result="unknown", reason=reason)
        result = "rejected" if status.outcome is Outcome.REJECTED else "accepted"
        reason = f"{status.outcome}, according to the store"
        return attrs.evolve(row, result=result, umid=status.umid or row.umid, reason=reason)

    def _unknown(self, own_id: str, number: str, sent_at: datetime | None) -> SentMessage:
        return SentMessage(
            client_message_id=own_id,
            destination=number,
            sub_account_id=self.sub_account_id,
            sent_at=sent_at or self.file.last_written,
            outcome=Outcome.UNKNOWN,
            reason="its batch ended without an answer",
        )

    def _other(self, said: str) -> InputProblem:
        return InputProblem(f"{self.name} is not the input of {self.file.path}, so nothing was sent: {said}")


def _sent_then(statuses: Sequence[MessageStatus], sent_at: datetime | None) -> Sequence[MessageStatus]:
    """Those of a message with an id that others, of earlier and later batches, may have too.

    Args:
        statuses: Of all messages with the id.
        sent_at: When the message was recorded as about to go out. Without it, none is known to be its own.
    """
    if sent_at is None:
        return []
    if own := [status for status in statuses if status.sent_at == sent_at]:
        return own
    # The store has no record of the send, but perhaps a receipt, or a line of the log.
    return [
        status
        for status in statuses
        if status.sent_at is None
        and (seen := status.created_at or status.observed_at) is not None
        and seen > sent_at - _CLOCKS_DIFFER
    ]


def _is_open(status: MessageStatus) -> bool:
    """Whether a status does not tell if the message was sent."""
    # One whose answer was lost, and of which nothing came in 48 hours, has no UMID.
    silent = status.outcome is Outcome.NO_RECEIPT and not status.umid
    return silent or status.outcome in {Outcome.UNKNOWN, Outcome.HANDING_OVER}


def _difference(line: Line, row: Result) -> str | None:
    """How a line of the input differs from its row; None when it does not."""
    number = one_line(line.destination)
    if (row.destination or "") not in {number, mask(line.destination)}:
        return f"its number, {mask(line.destination)}, is not that in the results"
    given, recorded = line.client_message_id, row.client_message_id
    if recorded is None or (given is not None and one_line(given) == recorded):
        return None
    if given is None and (_is_made_id(recorded) or line.item is None):
        return None
    return "its client_message_id is not that in the results"


def check_resume(source: Source, resume: str | None, output: str | None, *, overwrite: bool) -> None:
    """Check the options that go together with ``--resume``.

    Raises:
        InputProblem: They do not.
    """
    if resume is None:
        return
    if source.is_live:
        problem = f"--resume needs the input as a file, to compare it with the results; {source.name} is none"
    elif resume == "-":
        problem = "--resume takes a results file; standard output and standard input are none"
    elif output is not None or overwrite:
        problem = "--resume goes on writing to its own file: leave out --output and --overwrite"
    else:
        return
    raise InputProblem(problem)
