"""``batch``: many recipients, one request after another, with a record of every one of them.

Each request is one call of `SmsClient.send_batch`, so that what became of its recipients is written down
before the next goes out, and a million of them take no more memory than a thousand.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Literal

import attrs

from connect_sms.errors.base import ConnectSmsError, InvalidBatch
from connect_sms.errors.calls import OutcomeUnknown
from connect_sms.errors.results import BatchInterrupted

from .inputs import InputProblem
from .interrupts import Interrupts
from .progress import Progress
from .results import LostResults, Result, Results
from .tally import KINDS, Tally
from .wording import plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from connect_sms.client import SmsClient
    from connect_sms.models.batch_results import BatchProgress, BatchResult

    from .account import Account
    from .inputs import Line, Source
    from .single import Options
    from .voice import Voice

#: Requests in a row of which nothing is known, after which going on would only add to the unknown.
_UNKNOWN_IN_A_ROW: Final = 3


@attrs.frozen
class Job:
    """What to send to whom.

    Attributes:
        text: The text for every recipient that has none of its own.
        options: For every recipient that has none of its own.
        client_batch_id: Your own id for the whole.
        size: Recipients in a request.
        on_invalid: ``raise`` checks everything before anything is sent; ``reject`` reports and goes on.
    """

    text: str | None
    options: Options
    client_batch_id: str | None
    size: int
    on_invalid: Literal["raise", "reject"]

    def send(self, sms: SmsClient, lines: list[Line], progress: Any = None) -> BatchResult:  # noqa: ANN401
        """Send to these; wrong ones are rejected in the result."""
        return sms.send_batch(
            [line.item for line in lines if line.item is not None],
            self.text,
            client_batch_id=self.client_batch_id,
            on_invalid="reject",
            progress=progress,
            **self.options.arguments(),
        )


def batch(
    account: Account,
    voice: Voice,
    source: Source,
    job: Job,
    *,
    output: str | None,
    overwrite: bool,
    dry_run: bool,
) -> int:
    """Send to everybody the source names."""
    job.options.arguments()
    if dry_run:
        from .rehearsal import rehearse  # noqa: PLC0415  loads httpx

        return rehearse(account, voice, source, job)
    with account.client(batch_size=job.size) as sms, Interrupts() as stop:
        total = None
        if job.on_invalid == "raise":
            from .rehearsal import check  # noqa: PLC0415  as above

            try:
                with stop.allowed():
                    source = source.keep()
                    total = check(account, voice, source, job)
            except KeyboardInterrupt:
                voice.note("connect-sms batch: interrupted; nothing was sent")
                error = {"type": "Interrupted", "message": "nothing was sent", "may_have_been_sent": False}
                return voice.end(stop.exit_code, error=error)
        results = Results(output, voice, overwrite=overwrite)
        tally = Tally(voice, output)
        try:
            with Progress(voice, "sending", total) as bar:
                _Run(sms, voice, job, results, stop, tally, bar).over(source)
        finally:
            results.close()
        return tally.report(stop)


def in_groups(lines: Iterable[Line], size: int) -> Iterator[list[Line]]:
    """Lines as they go out together."""
    remaining = iter(lines)
    while group := list(islice(remaining, size)):
        yield group


@attrs.define(eq=False)
class _Run:
    """A batch on its way."""

    sms: SmsClient
    voice: Voice
    job: Job
    results: Results
    stop: Interrupts
    tally: Tally
    bar: Progress
    unknown_in_a_row: int = 0
    ended: BatchResult | None = None

    def over(self, source: Source) -> None:
        """Send to one group of lines after another, until none is left or something stops it."""
        lines = source.lines()
        while not self._stopped and (group := self._take(lines)):
            self._send(group)
            self.bar.show(self.tally.recipients, self.tally.counts)
        if self._stopped:
            self._leave(source, lines)
        elif not self.tally.recipients:
            self.tally.failure = InputProblem(f"{source.name} names nobody to send to")

    @property
    def _stopped(self) -> bool:
        tally = self.tally
        return tally.failure is not None or tally.lost is not None or self.stop.number is not None

    def _take(self, lines: Iterator[Line]) -> list[Line]:
        """The next group. What was read when an interruption or a fault came is written down as not sent."""
        group: list[Line] = []
        try:
            with self.stop.allowed():
                for line in islice(lines, self.job.size):
                    group.append(line)  # noqa: PERF402  what was read before a fault is needed
        except KeyboardInterrupt:
            why = "not sent: interrupted first"
        except InputProblem as problem:
            why = "not sent: the batch stopped first"
            self.tally.failure = problem
        else:
            return group
        # A reader that broke off half-way can say no more.
        self.tally.unread = True
        self._write(self._everybody(group, "not_sent", why))
        return []

    def _send(self, group: list[Line]) -> None:
        """One request, and what became of it on paper."""
        self.ended = None
        under_way = False
        try:
            with self.stop.allowed():
                self.job.send(self.sms, group, self._note_end)
        except KeyboardInterrupt as interrupt:
            # The library notes on it when a request was on its way.
            under_way = bool(getattr(interrupt, "__notes__", None))
        except BatchInterrupted as stopped:
            cause = stopped.__cause__
            self.tally.failure = cause if isinstance(cause, ConnectSmsError) else stopped
        except ConnectSmsError as error:
            self.tally.failure = error
        self._write(self._settle(group, under_way=under_way))

    def _note_end(self, progress: BatchProgress) -> None:
        if progress.result is not None:
            self.ended = progress.result

    def _settle(self, group: list[Line], *, under_way: bool) -> list[Result]:
        ended, tally = self.ended, self.tally
        if ended is None:
            if under_way:
                return self._everybody(group, "unknown", "interrupted while its request was under way")
            return self._everybody(group, "not_sent", "not sent: the batch stopped first")
        tally.batch_ids += ended.batch_ids
        in_doubt = bool(ended.unknown) and not ended.accepted
        self.unknown_in_a_row = self.unknown_in_a_row + 1 if in_doubt else 0
        if self.unknown_in_a_row >= _UNKNOWN_IN_A_ROW and tally.failure is None:
            tally.failure = OutcomeUnknown(
                reason=f"{_UNKNOWN_IN_A_ROW} requests in a row without a usable answer"
            )
        return settled(group, ended, self.voice)

    def _leave(self, source: Source, lines: Iterator[Line]) -> None:
        """Write down those never looked at, as far as the rest can be read at once."""
        if source.is_live or self.tally.lost is not None:
            self.tally.unread = True  # who knows when more would come, or where to put it
        if self.tally.unread:
            return
        try:
            for group in in_groups(lines, self.job.size):
                self._write(self._everybody(group, "not_sent", "not sent: the batch stopped before it"))
        except InputProblem:
            self.tally.unread = True

    def _everybody(self, group: list[Line], result: str, reason: str) -> list[Result]:
        number = self.voice.number
        return [Result(line.number, number(line.destination), result, reason=reason) for line in group]

    def _write(self, results: list[Result]) -> None:
        self.tally.add(results)
        if self.tally.lost is None:
            try:
                self.results.add(results)
            except LostResults as lost:
                self.tally.lost = lost


def settled(group: list[Line], result: BatchResult, voice: Voice) -> list[Result]:
    """What became of each line of a group, in the order of the input."""
    sent = [line for line in group if line.item is not None]
    found = [
        Result(line.number, voice.number(line.destination), "rejected", reason=f"not sent: {line.problem}")
        for line in group
        if line.item is None
    ]
    for kind, rows in zip(
        KINDS, (result.accepted, result.rejected, result.unknown, result.not_sent), strict=True
    ):
        for row in rows:
            line = sent[row.index]
            number = voice.number(line.destination)
            found.append(
                Result(line.number, number, kind, row.umid, row.client_message_id or None, row.reason)
            )
    return sorted(found, key=lambda entry: entry.line)


def refuse(problems: list[str], count: int) -> InvalidBatch:
    """One error for all lines that are wrong."""
    error = InvalidBatch([])
    shown = "\n  ".join(problems)
    more = f"\n  and {count - len(problems):,} more" if count > len(problems) else ""
    message = (
        f"{plural(count, 'line')} cannot be sent, so nothing was:\n  {shown}{more}\n"
        "Correct them, or send to the others: --on-invalid reject"
    )
    error.args = (message,)
    return error
