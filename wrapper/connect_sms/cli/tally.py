"""What became of a batch as a whole, in words, as JSON and as an exit code."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import attrs

from .exits import Exit, exit_of
from .voice import error_document
from .wording import plural

if TYPE_CHECKING:
    from connect_sms.errors.base import ConnectSmsError

    from .interrupts import Interrupts
    from .results import LostResults, Result
    from .voice import Voice

KINDS: Final = ("accepted", "rejected", "unknown", "not_sent")
_SHOWN: Final = 10


def _counter() -> Counter[str]:
    return Counter()


@attrs.define(eq=False)
class Tally:
    """The sum of all results.

    Attributes:
        voice: Of the command.
        output: Where the results go, as the command line says.
        counts: Recipients by result.
        batch_ids: 8x8's id of each request.
        failure: What stopped it.
        lost: Why results could not be written down, which stops it too.
        unread: Whether a part of the input was never read.
    """

    voice: Voice
    output: str | None
    counts: Counter[str] = attrs.field(factory=_counter)
    batch_ids: list[str] = attrs.field(factory=list[str])
    failure: ConnectSmsError | None = None
    lost: LostResults | None = None
    unread: bool = False
    _bad: list[Result] = attrs.field(factory=list["Result"])

    @property
    def recipients(self) -> int:
        """How many of them there are in all."""
        return self.counts.total()

    def add(self, results: list[Result]) -> None:
        """Count these."""
        self.counts.update(result.result for result in results)
        for result in results:
            if result.result != "accepted" and len(self._bad) < _SHOWN:
                self._bad.append(result)

    def report(self, stop: Interrupts) -> int:
        """Say how it ended. Returns the exit code."""
        voice = self.voice
        error = self._error(interrupted=stop.number is not None)
        if error is not None:
            voice.note(f"connect-sms batch: {error['message']}")
        # What tells of a batch that broke off is said where it is seen even if the output is not.
        say = voice.note if error is not None or self.output == "-" else voice.say
        for line in self._words():
            say(line)
        if self.output not in {None, "-"}:
            voice.note(f"Results, one line for each recipient: {self.output}")
        elif self.output is None and not voice.json and self.recipients:
            voice.note("For the result of each recipient, and the umids: --output results.csv, or --json")
        content: dict[str, Any] = {
            "type": "summary",
            "counts": {kind: self.counts[kind] for kind in KINDS},
            "recipients": self.recipients,
            "input_read": not self.unread,
            "batch_ids": self.batch_ids,
            "output": self.output,
        }
        code = self._exit_code(stop)
        # With no standard output left, there is nobody to give a last line to.
        gone = self.lost is not None and self.lost.exit_code == Exit.PIPE
        return code if gone and voice.json else voice.end(code, error=error, **content)

    def _words(self) -> list[str]:
        counts = ", ".join(f"{self.counts[kind]:,} {kind.replace('_', ' ')}" for kind in KINDS)
        lines = [f"{plural(self.recipients, 'recipient')}: {counts}."]
        if self.counts["unknown"]:
            lines.append("Those unknown may have been sent: look for their receipts before sending again.")
        if self.unread:
            lines.append("What followed in the input was not read, and not sent.")
        if self.output != "-":
            lines += [
                f"  line {bad.line}  {bad.destination}  {bad.result}: {bad.reason}" for bad in self._bad
            ]
            more = self.recipients - self.counts["accepted"] - len(self._bad)
            lines += [f"  and {more:,} more"] if more > 0 else []
        return lines

    def _error(self, *, interrupted: bool) -> dict[str, Any] | None:
        if interrupted:
            error: dict[str, Any] = {"type": "Interrupted", "message": "interrupted"}
        elif self.lost is not None:
            error = {"type": "LostResults", "message": f"sending stopped: {self.lost.why}"}
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
        if self.lost is not None:
            return self.lost.exit_code
        if failure is not None:
            return Exit.HALFWAY if counts["accepted"] else exit_of(failure)
        return Exit.FAILED if counts["rejected"] else Exit.DONE
