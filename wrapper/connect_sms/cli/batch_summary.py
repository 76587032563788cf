"""The summary of a batch: as text, as JSON and as an exit code."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import attrs

from connect_sms._validation.wording import plural
from connect_sms.text.printable import printable

from .exit_codes import Exit, exit_of
from .output import error_document
from .results_rows import HELD, KINDS

if TYPE_CHECKING:
    from connect_sms.errors.base import ConnectSmsError

    from .output import Output
    from .results_file import ResultsWriteError
    from .results_rows import Result
    from .signals import Interrupts

_SHOWN: Final = 10
_ADVICE: Final = (
    "They are held until that is known. To look for them in 8x8's log: resume with --store STORE, then run",
    "`connect-sms reconcile --store STORE --since TIME`, then resume again with that store. If one was",
    "certainly not sent to, change the result in the file to not_sent.",
)


@attrs.define(eq=False)
class BatchSummary:
    """Counts the results: those of the library, and the input lines that it never read.

    Attributes:
        out: The output of the command.
        path: The results file, as given on the command line.
        resumed: Whether it went on with an earlier batch.
        counts: Recipients by result.
        kept: Recipients with a result of the earlier batch, who were not sent to now.
        held: How many of those may have been sent to.
        batch_ids: 8x8's id of each request.
        failure: The error that stopped the batch.
        write_error: Why results could not be written, which also stops the batch.
        unread: Whether a part of the input was never read.
        lost: The results that could not be written, by kind.
    """

    out: Output
    path: str | None
    resumed: bool = False
    kept: int = 0
    held: int = 0
    counts: Counter[str] = attrs.field(factory=Counter[str])
    batch_ids: list[str] = attrs.field(factory=list[str])
    failure: ConnectSmsError | None = None
    write_error: ResultsWriteError | None = None
    unread: bool = False
    lost: Counter[str] = attrs.field(factory=Counter[str])
    _lost_lines: list[int] = attrs.field(factory=list[int])
    _bad: list[Result] = attrs.field(factory=list["Result"])

    @property
    def recipients(self) -> int:
        """The number of recipients."""
        return self.counts.total()

    def add(self, results: list[Result]) -> None:
        """Count results."""
        self.counts.update(result.result for result in results)
        for result in results:
            if result.result != "accepted" and len(self._bad) < _SHOWN:
                self._bad.append(result)

    def lose(self, results: list[Result]) -> None:
        """Count results that could not be written."""
        self.lost.update(result.result for result in results)
        self._lost_lines += [result.line for result in results if result.result != "not_sent"]

    def keep(self, results: list[Result]) -> None:
        """Count results of the earlier batch."""
        self.add(results)
        self.kept += len(results)
        self.held += sum(result.result in HELD for result in results)

    def report(self, stop: Interrupts) -> int:
        """Print how the batch ended. Returns the exit code."""
        out = self.out
        out.keep()
        error = self._error(interrupted=stop.number is not None)
        if error is not None:
            out.note(f"connect-sms batch: {error['message']}")
        # If the batch stopped, the counts go to standard error, as standard output may be unread.
        say = out.note if error is not None or self.path == "-" else out.say
        for line in self._lines():
            say(line)
        if self.path not in {None, "-"}:
            out.note(f"Results, one line for each recipient: {self.path}")
        elif self.path is None and not out.json and self.recipients:
            out.note("For the result of each recipient, and the umids: --output results.csv, or --json")
        content: dict[str, Any] = {
            "type": "summary",
            "counts": {kind: self.counts[kind] for kind in KINDS},
            "recipients": self.recipients,
            "kept": self.kept,
            "held": self.held,
            "input_read": not self.unread,
            "batch_ids": self.batch_ids,
            "output": self.path,
        }
        return out.end(self._exit_code(stop), error=error, **content)

    def _lines(self) -> list[str]:
        counts = ", ".join(f"{self.counts[kind]:,} {kind.replace('_', ' ')}" for kind in KINDS)
        lines = [f"{plural(self.recipients, 'recipient')}: {counts}."]
        if self.resumed:
            lines.append(f"{self.kept:,} are as before, {self.recipients - self.kept:,} are of this run.")
        if self.counts["unknown"]:
            lines.append("Those unknown may have been sent: look for their receipts before sending again.")
            lines += _ADVICE if self.resumed else ()
        if self._lost_lines:
            kinds = ", ".join(
                f"{self.lost[kind]:,} {kind.replace('_', ' ')}" for kind in KINDS if self.lost[kind]
            )
            where = f"from line {min(self._lost_lines)} to line {max(self._lost_lines)} of the input"
            lines.append(
                f"The results of {plural(self.lost.total(), 'recipient')}, {where}, "
                f"are in no output: {kinds}."
            )
        if self.unread:
            lines.append("What followed in the input was not read, and not sent.")
        if self.path != "-":
            lines += [
                f"  line {bad.line}  {bad.destination}  {bad.result}: {printable(bad.reason or '')}"
                for bad in self._bad
            ]
            more = self.recipients - self.counts["accepted"] - len(self._bad)
            lines += [f"  and {more:,} more"] if more > 0 else []
        return lines

    def _error(self, *, interrupted: bool) -> dict[str, Any] | None:
        if interrupted:
            error: dict[str, Any] = {"type": "Interrupted", "message": "interrupted"}
        elif self.write_error is not None:
            what = ". ".join(filter(None, (self.write_error.why, self.write_error.go_on)))
            error = {"type": "ResultsWriteError", "message": f"sending stopped: {what}"}
        elif self.failure is not None:
            error = error_document(self.failure)
        else:
            return None
        return {**error, "may_have_been_sent": bool(self.counts["accepted"] or self.counts["unknown"])}

    def _exit_code(self, stop: Interrupts) -> int:
        counts, failure = self.counts, self.failure
        if stop.number is not None:
            return stop.exit_code
        if counts["unknown"]:
            return Exit.UNKNOWN
        if self.write_error is not None:
            code = self.write_error.exit_code
            nothing = code == Exit.HALFWAY and not (counts["accepted"] or counts["rejected"])
            return Exit.USAGE if nothing else code
        if failure is not None:
            return Exit.HALFWAY if counts["accepted"] else exit_of(failure)
        return Exit.FAILED if counts["rejected"] else Exit.DONE
