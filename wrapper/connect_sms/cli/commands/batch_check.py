"""Checks the lines of a batch as the library does when it sends, and sends nothing."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Final

import attrs

from connect_sms.cli.batch_input import InputLines, Source
from connect_sms.cli.csv_table import InputProblem
from connect_sms.cli.progress_bar import ProgressBar
from connect_sms.cli.segments_view import plural
from connect_sms.errors.base import InvalidBatch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connect_sms._batch.chunks import Chunk
    from connect_sms._batch.plan import BatchPlan
    from connect_sms._batch.rows import Row
    from connect_sms.cli.output import Output

_PROBLEMS_SHOWN: Final = 10


@attrs.frozen
class CheckedLine:
    """A line of the input that was checked.

    Attributes:
        number: Its number in the input.
        destination: The phone number, masked unless numbers are shown.
        row: The checked message; None when it cannot be sent.
        problem: Why it cannot be sent.
    """

    number: int
    destination: str | None
    row: Row | None
    problem: str | None = None


@attrs.define(eq=False)
class Problems:
    """Counts the lines that cannot be sent, and keeps the first of them."""

    count: int = 0
    shown: list[str] = attrs.field(factory=list[str])

    def add(self, line: CheckedLine) -> None:
        """Count a line."""
        self.count += 1
        if len(self.shown) < _PROBLEMS_SHOWN:
            self.shown.append(f"line {line.number}: {line.problem}")


def check(source: Source, plan: BatchPlan, out: Output) -> int:
    """Check every line before anything is sent. Returns the number of messages.

    Raises:
        InvalidBatch: Some lines are wrong.
        InputProblem: There is no recipient.
    """
    messages, problems = 0, Problems()
    for _, lines in checked_requests(source, plan, out):
        for line in lines:
            if line.row is None:
                problems.add(line)
            else:
                messages += 1
    if problems.count:
        raise _refusal(problems)
    if not messages:
        raise nobody_in(source)
    return messages


def checked_requests(
    source: Source, plan: BatchPlan, out: Output
) -> Iterator[tuple[Chunk, list[CheckedLine]]]:
    """The requests that would go out, each with its lines and the wrong ones among them."""
    lines = InputLines(source.lines())
    done = 0
    with ProgressBar(out, "checking", None) as bar:
        for chunk in plan.chunks(lines.messages()):
            found = [_checked(lines, out, row.index, row) for row in chunk.rows]
            found += [_checked(lines, out, wrong.index, None, wrong.reason) for wrong in chunk.invalid]
            yield chunk, sorted(found, key=attrgetter("number"))
            done += len(found)
            bar.show(done, {})


def _checked(
    lines: InputLines, out: Output, index: int, row: Row | None, reason: str | None = None
) -> CheckedLine:
    line = lines.take(index)
    assert line is not None  # noqa: S101  a chunk holds what was handed over, each once
    problem = None if row is not None else line.problem or (reason or "").removeprefix("not sent: ")
    return CheckedLine(line.number, out.number(line.destination), row, problem)


def nobody_in(source: Source) -> InputProblem:
    """The error for an input without a recipient."""
    return InputProblem(f"{source.name} names nobody to send to")


def _refusal(problems: Problems) -> InvalidBatch:
    shown = "\n  ".join(problems.shown)
    hidden = problems.count - len(problems.shown)
    more = f"\n  and {hidden:,} more" if hidden else ""
    message = (
        f"{plural(problems.count, 'line')} cannot be sent, so nothing was:\n  {shown}{more}\n"
        "Correct them, or send to the others: --on-invalid reject"
    )
    error = InvalidBatch([])
    error.args = (message,)
    return error
