"""Checks the lines of a batch as the library does when it sends, and sends nothing."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

import attrs

from connect_sms._validation.wording import plural
from connect_sms.cli.batch_input import InputLines
from connect_sms.cli.csv_table import InputProblem
from connect_sms.cli.progress_bar import ProgressBar
from connect_sms.errors.base import InvalidBatch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connect_sms._batch.plan import BatchPlan
    from connect_sms.cli.batch_input import Source
    from connect_sms.cli.batch_resume import Resumed
    from connect_sms.cli.output import Output
    from connect_sms.text.counting import Encoding

_PROBLEMS_SHOWN: Final = 10


@attrs.frozen
class CheckedLine:
    """A line of the input that was checked.

    Attributes:
        number: Its number in the input.
        destination: The phone number, masked unless numbers are shown.
        text: The text to send.
        encoding: The requested encoding.
        problem: Why the line cannot be sent; None when it can.
    """

    number: int
    destination: str | None
    text: str = attrs.field(default="", repr=False)
    encoding: Encoding = "AUTO"
    problem: str | None = None


@attrs.define(eq=False)
class Problems:
    """Counts the lines that cannot be sent, and keeps the first ones."""

    count: int = 0
    shown: list[str] = attrs.field(factory=list[str])

    def add(self, line: CheckedLine) -> None:
        """Count a line."""
        self.count += 1
        if len(self.shown) < _PROBLEMS_SHOWN:
            self.shown.append(f"line {line.number}: {line.problem}")

    @property
    def more(self) -> list[str]:
        """A line that says how many are not shown, if any."""
        hidden = self.count - len(self.shown)
        return [f"  and {hidden:,} more"] if hidden else []


def check(source: Source | Resumed, plan: BatchPlan, out: Output) -> int:
    """Check every line before anything is sent. Returns the number of messages.

    Raises:
        InvalidBatch: Some lines are invalid.
    """
    messages, problems = 0, Problems()
    for line in checked_lines(source, plan, out):
        if line.problem is None:
            messages += 1
        else:
            problems.add(line)
    if problems.count:
        raise _refusal(problems)
    return messages


def checked_lines(source: Source | Resumed, plan: BatchPlan, out: Output) -> Iterator[CheckedLine]:
    """Every line of the input, checked."""
    lines = InputLines(source.lines)
    done = 0

    def checked(index: int, reason: str | None, **text: Any) -> CheckedLine:
        line = lines.take(index)
        assert line is not None  # noqa: S101  a chunk holds each of its lines once
        problem = None if reason is None else line.problem or reason.removeprefix("not sent: ")
        return CheckedLine(line.number, out.number(line.destination), problem=problem, **text)

    with ProgressBar(out, "checking", None) as bar:
        for chunk in plan.chunks(lines.messages()):
            found = [
                checked(row.index, None, text=row.text, encoding=row.common.encoding) for row in chunk.rows
            ]
            found += [checked(wrong.index, wrong.reason or "") for wrong in chunk.invalid]
            yield from sorted(found, key=attrgetter("number"))
            done += len(found)
            bar.show(done, {})


def no_recipients_in(source: Source | Resumed) -> InputProblem:
    """The error for an input without a recipient."""
    return InputProblem(f"{source.name} has no recipients")


def _refusal(problems: Problems) -> InvalidBatch:
    shown = "\n".join([*(f"  {problem}" for problem in problems.shown), *problems.more])
    message = (
        f"{plural(problems.count, 'line')} cannot be sent, so nothing was:\n{shown}\n"
        "Correct them, or send to the others: --on-invalid reject"
    )
    error = InvalidBatch([])
    error.args = (message,)
    return error
