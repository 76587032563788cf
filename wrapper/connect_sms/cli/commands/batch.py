"""``batch``: sends to all recipients in a file, and writes the result of each.

The results of a request are on disk before the next is sent, and finished requests are dropped, so that a
million recipients take no more memory than a thousand.
"""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Literal

import attrs

from connect_sms._api.eight_by_eight import context_of
from connect_sms._batch.plan import BatchPlan
from connect_sms.cli.batch_input import InputLines
from connect_sms.cli.batch_output import Result, ResultsWriteError, ResultsWriter
from connect_sms.cli.batch_summary import KINDS, BatchSummary
from connect_sms.cli.csv_table import InputProblem
from connect_sms.cli.progress_bar import ProgressBar
from connect_sms.cli.signals import Interrupts
from connect_sms.errors.base import ConnectSmsError
from connect_sms.errors.results import BatchInterrupted

from .batch_check import check, no_recipients_in
from .batch_dry_run import dry_run as show_dry_run

if TYPE_CHECKING:
    from collections.abc import Generator

    from connect_sms.cli.account import Account
    from connect_sms.cli.batch_input import Source
    from connect_sms.cli.csv_table import Line
    from connect_sms.cli.output import Output
    from connect_sms.models.batch_results import BatchProgress, BatchRequestResult, BatchResult

#: Number of never-sent lines written at a time.
_GROUP: Final = 1_000


def batch(
    account: Account,
    out: Output,
    source: Source,
    text: str | None,
    *,
    on_invalid: Literal["raise", "reject"],
    request_size: int,
    output: str | None,
    overwrite: bool,
    dry_run: bool,
    **arguments: Any,
) -> int:
    """Send to all recipients in the source; `arguments` are those of `SmsClient.iter_batch`."""
    if dry_run:
        return show_dry_run(account, out, source, text, request_size=request_size, **arguments)
    with account.client(batch_size=request_size) as sms, Interrupts() as stop:
        total = None
        if on_invalid == "raise":
            try:
                with stop.allowed():
                    source = source.keep()
                    total = check(source, BatchPlan.of(context_of(sms.settings), text, **arguments), out)
            except KeyboardInterrupt:
                out.note("connect-sms batch: interrupted; nothing was sent")
                error = {"type": "Interrupted", "message": "nothing was sent", "may_have_been_sent": False}
                return out.end(stop.exit_code, error=error)
        results = ResultsWriter(output, out, overwrite=overwrite)
        summary = BatchSummary(out, output)
        try:
            with ProgressBar(out, "sending", total) as bar:
                lines = InputLines(source.lines())
                sending = _Sending(out, source, lines, results, summary, stop, bar)
                # Invalid lines are in the results here: with `raise`, they were refused above.
                sending.run(
                    sms.iter_batch(
                        lines.messages(), text, on_invalid="reject", progress=sending.note_end, **arguments
                    )
                )
        finally:
            results.close()
        return summary.report(stop)


@attrs.define(eq=False)
class _Sending:
    """A batch being sent."""

    out: Output
    source: Source
    lines: InputLines
    results: ResultsWriter
    summary: BatchSummary
    stop: Interrupts
    bar: ProgressBar
    arrived: deque[BatchRequestResult] = attrs.field(factory=deque["BatchRequestResult"])
    unfinished: BatchResult | None = None

    def run(self, requests: Generator[BatchRequestResult]) -> None:
        """Send one request after another and write its results, until the end or a stop."""
        while (request := self._next(requests)) is not None:
            self._write(self._results_of(request))
            self.summary.batch_ids += [request.batch_id] if request.batch_id else []
            self.bar.show(self.summary.recipients, self.summary.counts)
            if self._stopped:
                break
        requests.close()
        if self.unfinished is not None:
            self._write(self._results_of(self.unfinished))
            self.summary.batch_ids += self.unfinished.batch_ids
        if self._stopped:
            self._write_rest()
        elif not self.summary.recipients:
            self.summary.failure = no_recipients_in(self.source)

    def note_end(self, progress: BatchProgress) -> None:
        """Record the recipients in no yielded request, which the library reports at the end."""
        if progress.result is not None:
            self.unfinished = progress.result

    @property
    def _stopped(self) -> bool:
        summary = self.summary
        return summary.failure is not None or summary.write_error is not None or self.stop.number is not None

    def _next(self, requests: Generator[BatchRequestResult]) -> BatchRequestResult | None:
        try:
            with self.stop.allowed():
                # Not with `next`: between its return and the assignment, Ctrl-C could make a result vanish.
                self.arrived.extend(islice(requests, 1))
        except KeyboardInterrupt:
            pass  # recorded in `stop`
        except BatchInterrupted as stopped:
            cause = stopped.__cause__
            self.summary.failure = cause if isinstance(cause, ConnectSmsError) else stopped
        except ConnectSmsError as error:
            self.summary.failure = error
        return self.arrived.popleft() if self.arrived else None

    def _results_of(self, found: BatchRequestResult | BatchResult) -> list[Result]:
        results: list[Result] = []
        for kind in KINDS:
            for row in getattr(found, kind):
                line = self.lines.take(row.index)
                if line is None:
                    continue  # written before
                reason = row.reason
                if kind == "rejected" and line.problem is not None:
                    reason = f"not sent: {line.problem}"
                own_id = row.client_message_id or None
                results.append(
                    self._result(line, kind, umid=row.umid, client_message_id=own_id, reason=reason)
                )
        return sorted(results, key=lambda result: result.line)

    def _write_rest(self) -> None:
        """Write the lines that were never sent, if they can be read without waiting."""
        # Lines that the library did not report on may have been sent.
        kind = "unknown" if self.unfinished is None else "not_sent"
        self._write([self._result(line, kind, reason="the batch stopped") for line in self.lines.held()])
        # A pipe may deliver more at any time, and after a write error nothing can be written.
        if self.lines.broken or self.source.is_live or self.summary.write_error is not None:
            self.summary.unread = True
            return
        lines = self.lines.unread()
        try:
            while group := list(islice(lines, _GROUP)):
                reason = "not sent: the batch stopped before it"
                self._write([self._result(line, "not_sent", reason=reason) for line in group])
        except InputProblem:
            self.summary.unread = True

    def _result(self, line: Line, kind: str, **more: str | None) -> Result:
        return Result(line.number, self.out.number(line.destination), kind, **more)

    def _write(self, results: list[Result]) -> None:
        self.summary.add(results)
        if self.summary.write_error is None:
            try:
                self.results.add(results)
            except ResultsWriteError as error:
                self.summary.write_error = error
