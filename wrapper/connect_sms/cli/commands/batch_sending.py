"""A batch being sent: one request after another, and the result of each recipient."""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, Final

import attrs

from connect_sms.cli.csv_table import InputProblem
from connect_sms.cli.results_file import ResultsWriteError
from connect_sms.cli.results_rows import KINDS, Result
from connect_sms.errors.base import ConnectSmsError
from connect_sms.errors.results import BatchInterrupted

from .batch_check import no_recipients_in

if TYPE_CHECKING:
    from collections.abc import Generator

    from connect_sms.cli.batch_input import InputLines, Source
    from connect_sms.cli.batch_output import ResultsWriter
    from connect_sms.cli.batch_resume import Resumed
    from connect_sms.cli.batch_summary import BatchSummary
    from connect_sms.cli.csv_lines import Line
    from connect_sms.cli.output import Output
    from connect_sms.cli.progress_bar import ProgressBar
    from connect_sms.cli.signals import Interrupts
    from connect_sms.models.batch_results import BatchProgress, BatchRequestResult, BatchResult

#: Number of lines without a request that are written at a time.
_GROUP: Final = 1_000


@attrs.define(eq=False)
class Sending:
    """A batch being sent.

    Attributes:
        source: The recipients to send to.
    """

    out: Output
    source: Source | Resumed
    lines: InputLines
    results: ResultsWriter
    summary: BatchSummary
    stop: Interrupts
    bar: ProgressBar
    arrived: deque[BatchRequestResult] = attrs.field(factory=deque["BatchRequestResult"])
    unfinished: BatchResult | None = None

    def keep(self, resumed: Resumed) -> None:
        """Count and show those whom an earlier batch leaves nothing to do for."""
        others = resumed.others()
        while (group := list(islice(others, _GROUP))) and self.summary.write_error is None:
            results = [result for result, _ in group]
            self.summary.keep(results)
            resumed.record_lost()
            try:
                self.results.record([result for result, is_new in group if is_new])
                self.results.show(results)
            except ResultsWriteError as error:
                self.summary.write_error = error

    def run(self, requests: Generator[BatchRequestResult]) -> None:
        """Send one request after another and write its results, until the end or a stop."""
        while not self._stopped and (request := self._next(requests)) is not None:
            self._write(self._results_of(request))
            self.summary.batch_ids += [request.batch_id] if request.batch_id else []
            self.bar.show(self.summary.recipients, self.summary.counts)
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
                # A message that was never in a request has no id but its own.
                is_wrong = kind == "rejected" and (reason or "").startswith("not sent: ")
                own_id = line.client_message_id if is_wrong else row.client_message_id
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
        own_id = more.pop("client_message_id", line.client_message_id)
        number = self.out.number(line.destination)
        sent_at = self.lines.sent_at.pop(line.number, None)
        more["sent_at"] = None if kind == "not_sent" else sent_at
        return Result(line.number, number, kind, client_message_id=own_id, **more)

    def _write(self, results: list[Result]) -> None:
        self.summary.add(results)
        if self.summary.write_error is None:
            try:
                self.results.add(results)
            except ResultsWriteError as error:
                self.summary.write_error = error
                if not error.is_in_file:
                    self.summary.lose(results)
        else:
            self.summary.lose(results)
