"""The sandbox's own time: it can run faster, stand still, and be stepped.

Everything that happens over time in the sandbox (travel of messages, receipts and their retries, rate limits,
late processing) reads this clock, so a test never has to sleep.
"""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["INSTANT", "Clock", "parse_when", "stamp"]

INSTANT: Final = 1e-6
"""Seconds that make no difference: sums of floats as large as today's date are not exact."""


class Agenda(Protocol):
    """Something that has work to do at known moments of sandbox time."""

    def next_due(self) -> float | None:
        """The moment of the next piece of work, or None."""
        ...  # pragma: no cover

    def run_due(self) -> int:
        """Do all work that is due by now, in the calling thread; how many pieces were done."""
        ...  # pragma: no cover

    def wake(self) -> None:
        """The clock's speed or reading has changed."""
        ...  # pragma: no cover


class Clock:
    """Sandbox time, in seconds since the Unix epoch.

    Args:
        factor: sandbox seconds per real second; 0 stands still.
        start: the first reading; the real time when not given.
        real: the source of real time in seconds, monotonic.
    """

    def __init__(
        self, *, factor: float = 1.0, start: float | None = None, real: Callable[[], float] = time.monotonic
    ) -> None:
        if factor < 0:
            raise ValueError("factor must not be negative: time does not run backwards")
        self._real = real
        self._lock = threading.RLock()
        self._factor = float(factor)
        self._resume_at = self._factor or 1.0
        self._base = time.time() if start is None else float(start)
        self._since = real()
        self._agendas: list[Agenda] = []

    def __repr__(self) -> str:
        return f"<Clock {stamp(self.now(), 2)} factor={self._factor:g}>"

    @property
    def factor(self) -> float:
        """Sandbox seconds per real second; 0 while frozen."""
        return self._factor

    @property
    def frozen(self) -> bool:
        """Whether time stands still until it is stepped."""
        return self._factor == 0

    def now(self) -> float:
        """The reading, in seconds since the Unix epoch, to the microsecond."""
        with self._lock:
            # No finer than a datetime, so that a time taken from when() is not a hair later than now().
            return round(self._base + (self._real() - self._since) * self._factor, 6)

    def when(self) -> datetime:
        """The reading as an aware datetime in UTC."""
        return datetime.fromtimestamp(self.now(), UTC)

    def run(self, factor: float = 1.0) -> None:
        """Let time run, at ``factor`` sandbox seconds per real second.

        Raises:
            ValueError: ``factor`` is negative.
        """
        if factor < 0:
            raise ValueError("factor must not be negative: time does not run backwards")
        with self._lock:
            self._base, self._since = self.now(), self._real()
            self._factor = float(factor)
            self._resume_at = self._factor or self._resume_at
        self._wake()

    def freeze(self) -> None:
        """Stand still. `advance` still steps."""
        self.run(0)

    def resume(self) -> None:
        """Run again at the speed before `freeze`."""
        self.run(self._resume_at)

    def advance(self, seconds: float) -> None:
        """Step forward, doing everything that falls due on the way, in order, in the calling thread.

        When it returns, every receipt due by the new reading has been posted.

        Raises:
            ValueError: ``seconds`` is negative.
        """
        if seconds < 0:
            raise ValueError("seconds must not be negative: time does not run backwards")
        target = self.now() + seconds
        while (due := self._next_due()) is not None and due <= target + INSTANT:
            self._jump(due)
            if not sum(agenda.run_due() for agenda in self._agendas):
                break  # another thread took the work: it posts, we only move time
        self._jump(target)
        self._wake()

    def follow(self, agenda: Agenda) -> None:
        """Have ``agenda`` served by `advance` and told of changes."""
        self._agendas.append(agenda)

    def unfollow(self, agenda: Agenda) -> None:
        """Forget an agenda."""
        self._agendas.remove(agenda)

    def _jump(self, moment: float) -> None:
        with self._lock:
            ahead = moment - self.now()
            if ahead > 0:
                self._base += ahead

    def _next_due(self) -> float | None:
        return min((due for agenda in self._agendas if (due := agenda.next_due()) is not None), default=None)

    def _wake(self) -> None:
        for agenda in self._agendas:
            agenda.wake()


def stamp(moment: float, digits: int) -> str:
    """An ISO 8601 timestamp with 0, 2 or 7 fraction digits.

    The live service mixes these, and writes the offset as ``+00:00`` beside 7 digits and as ``Z`` otherwise.
    """
    seconds, ticks = divmod(round(moment * 10**7), 10**7)
    whole = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    if digits == 0:
        return f"{whole}Z"
    if digits == 2:  # noqa: PLR2004 - the three styles of the live service
        return f"{whole}.{ticks // 10**5:02d}Z"
    return f"{whole}.{ticks:07d}+00:00"


def parse_when(text: str) -> float:
    """Seconds since the epoch of an ISO 8601 date and time with an offset.

    Raises:
        ValueError: not such a text, no offset, or outside the calendar.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("no offset from UTC")
    try:
        return moment.timestamp()
    except OverflowError as error:
        raise ValueError(str(error)) from error
