"""The sandbox's own time: it can run faster than real time, be frozen, and be advanced by hand.

State changes, receipts and their retries, rate limits and late acceptance all read this clock, so a test
never has to sleep.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, Protocol

from .timestamps import format_timestamp

EPSILON: Final = 1e-6
"""Tolerance in seconds: sums of floats as large as today's date are not exact."""

_BACKWARDS: Final = "must not be negative: time does not run backwards"


class ScheduledWork(Protocol):
    """Work that is due at known sandbox times."""

    def next_due(self) -> float | None:
        """The time of the next piece of work, or None."""
        ...  # pragma: no cover

    def run_due(self) -> int:
        """Do all work that is due by now in the calling thread; returns the number of pieces done."""
        ...  # pragma: no cover

    def wake(self) -> None:
        """Called when the clock's speed or time has changed."""
        ...  # pragma: no cover


class SandboxClock:
    """Sandbox time, in seconds since the Unix epoch.

    Args:
        factor: Sandbox seconds per real second; 0 freezes the clock.
        start: The initial time; the real time when not given.
        real: The source of real time in seconds, monotonic.
    """

    def __init__(
        self, *, factor: float = 1.0, start: float | None = None, real: Callable[[], float] = time.monotonic
    ) -> None:
        if factor < 0:
            raise ValueError(f"factor {_BACKWARDS}")
        self._real = real
        self._lock = threading.RLock()
        self._factor = float(factor)
        self._resume_at = self._factor or 1.0
        self._base = time.time() if start is None else float(start)
        self._since = real()
        self._scheduled: list[ScheduledWork] = []

    def __repr__(self) -> str:
        return f"<SandboxClock {format_timestamp(self.now(), 2)} factor={self._factor:g}>"

    @property
    def factor(self) -> float:
        """Sandbox seconds per real second; 0 while frozen."""
        return self._factor

    @property
    def frozen(self) -> bool:
        """Whether only `advance` changes the time."""
        return self._factor == 0

    def now(self) -> float:
        """The time in seconds since the Unix epoch, to the microsecond."""
        with self._lock:
            # As precise as a datetime, so that when() is never later than now().
            return round(self._base + (self._real() - self._since) * self._factor, 6)

    def when(self) -> datetime:
        """The time as an aware datetime in UTC."""
        return datetime.fromtimestamp(self.now(), UTC)

    def has_reached(self, moment: float) -> bool:
        """Whether ``moment`` is now or in the past."""
        return moment <= self.now() + EPSILON

    def run(self, factor: float = 1.0) -> None:
        """Let time run, at ``factor`` sandbox seconds per real second.

        Raises:
            ValueError: ``factor`` is negative.
        """
        if factor < 0:
            raise ValueError(f"factor {_BACKWARDS}")
        with self._lock:
            self._base, self._since = self.now(), self._real()
            self._factor = float(factor)
            self._resume_at = self._factor or self._resume_at
        self._wake()

    def freeze(self) -> None:
        """Stop time; `advance` still changes it."""
        self.run(0)

    def resume(self) -> None:
        """Run again at the speed before `freeze`."""
        self.run(self._resume_at)

    def advance(self, seconds: float) -> None:
        """Advance the time and do all work due by then, in order, in the calling thread.

        When it returns, every receipt due by the new time has been posted.

        Raises:
            ValueError: ``seconds`` is negative.
        """
        if seconds < 0:
            raise ValueError(f"seconds {_BACKWARDS}")
        target = self.now() + seconds
        while (due := self._next_due()) is not None and due <= target + EPSILON:
            self._move_to(due)
            if not sum(work.run_due() for work in self._scheduled):
                break  # another thread took the work; only the time changes here
        self._move_to(target)
        self._wake()

    def register(self, work: ScheduledWork) -> None:
        """Let `advance` do ``work`` when it is due, and notify it of clock changes."""
        self._scheduled.append(work)

    def _move_to(self, moment: float) -> None:
        with self._lock:
            ahead = moment - self.now()
            if ahead > 0:
                self._base += ahead

    def _next_due(self) -> float | None:
        return min((due for work in self._scheduled if (due := work.next_due()) is not None), default=None)

    def _wake(self) -> None:
        for work in self._scheduled:
            work.wake()
