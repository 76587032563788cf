"""``reconcile``: what became of everything that was sent, on the terminal, as CSV and as a page."""

from __future__ import annotations

import re
import shutil
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import attrs

from connect_sms.errors.base import ConfigurationError, InvalidArgument

from .exits import Exit
from .progress import Progress

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

    from connect_sms.reconcile import ReconcileProgress, Report

    from .account import Account
    from .voice import Voice

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_ago = re.compile(r"([0-9]{1,6})([mhd])").fullmatch

_STEPS = {
    "looking": "open messages",
    "polling": "asking 8x8",
    "exporting": "waiting for 8x8's log",
    "reading": "reading 8x8's log",
    "counting": "counting",
}


@attrs.frozen
class Question:
    """What to find out about, and how.

    Attributes:
        store: Where receipts are kept.
        since: The beginning of the span.
        until: Its end; now when None.
        tail: The most messages to ask for one by one.
        use_log: Whether 8x8's log may be ordered.
        deadline: Seconds after which nothing more is asked.
        include_others: Count messages that only receipts told of.
    """

    store: str
    since: datetime
    until: datetime | None
    tail: int
    use_log: bool
    deadline: float
    include_others: bool


@attrs.frozen
class Files:
    """What to write.

    Attributes:
        csv: A line for each recipient.
        html: The page.
        retryable: Who may be sent to again, as `batch` reads it.
        show_numbers: Whether the first shows numbers whole.
    """

    csv: Path | None
    html: Path | None
    retryable: Path | None
    show_numbers: bool


def run(account: Account, voice: Voice, question: Question, files: Files) -> int:
    """Reconcile, write, and say what was found."""
    from connect_sms import reconcile as wing  # noqa: PLC0415  a wing of its own
    from connect_sms.receipts import open_store  # noqa: PLC0415  as above

    with account.client() as client, open_store(question.store) as store:
        with _Bars(voice) as bars:
            report = wing.reconcile(
                client,
                store,
                sent_since=question.since,
                sent_until=question.until,
                max_polls=question.tail,
                use_log=question.use_log,
                deadline=question.deadline,
                include_others=question.include_others,
                progress=bars.show,
            )
        written = _write(report, files)
        if voice.json:
            return voice.end(Exit.DONE, report=report.to_dict(), written=written)
        terminal = sys.stdout.isatty()
        said = wing.summary(report, colour=terminal, width=shutil.get_terminal_size().columns)
        if terminal:
            voice.draw(said)
        else:
            voice.say(said.rstrip("\n"))
        for what, path in written.items():
            voice.note(f"{what}: {path}")
    return Exit.DONE


def moment(text: str, argument: str) -> datetime:
    """A point in time: ISO 8601 with an offset, or so long ago.

    Args:
        text: Like ``2026-07-01T06:00:00Z``, or ``90m``, ``12h``, ``3d`` for so long ago.
        argument: What it is called in messages.

    Raises:
        InvalidArgument: It is none of these.
    """
    try:
        if found := _ago(text):
            return datetime.now(UTC) - timedelta(**{_UNITS[found[2]]: int(found[1])})
        when = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        when = None
    if when is None or when.utcoffset() is None:
        raise InvalidArgument(
            f"{argument} is not a time: write 2026-07-01T06:00:00Z, with its offset from UTC, "
            "or 90m, 12h, 3d for so long ago",
            argument=argument,
        )
    return when


def _write(report: Report, files: Files) -> dict[str, str]:
    from connect_sms import reconcile as wing  # noqa: PLC0415  loaded by then

    written: dict[str, str] = {}
    try:
        if files.csv is not None:
            lines = wing.write_csv(report, files.csv, show_numbers=files.show_numbers)
            written[f"{lines:,} recipients"] = str(files.csv)
        if files.html is not None:
            wing.write_html(report, files.html)
            written["page"] = str(files.html)
        if files.retryable is not None:
            lines = wing.write_retryable(report, files.retryable)
            written[f"{lines:,} who may be sent to again"] = str(files.retryable)
    except OSError as fault:
        raise ConfigurationError(
            f"a file cannot be written: {fault.filename}: {fault.strerror}. What was learnt is in the store"
        ) from None
    return written


class _Bars:
    """A bar for each step, one after the other."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self._step = ""
        self._bar: Progress | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.__exit__(None, None, None)

    def show(self, step: ReconcileProgress) -> None:
        """So far it has come."""
        if self._bar is None or step.step != self._step:
            self.__exit__()
            self._step = step.step
            self._bar = Progress(self._voice, _STEPS[step.step], step.total).__enter__()
        self._bar.show(step.done, {})
