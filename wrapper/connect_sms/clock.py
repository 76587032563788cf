"""Time and random numbers, in one place, so that a test can control both."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from ._lazy import LazyModule

if TYPE_CHECKING:
    import anyio
    from anyio import lowlevel
else:  # for asynchronous callers
    anyio = LazyModule("anyio")
    lowlevel = LazyModule("anyio.lowlevel")


class Clock:
    """The source of a client's time and random numbers. Subclass it to control them."""

    # freezegun stops `time.monotonic` wherever a module holds it, while what sleeps goes on sleeping: a wait
    # would never end. It does not reach into classes, nor to clock_gettime, where this is loaded later.
    _read_monotonic = staticmethod(
        partial(time.clock_gettime, time.CLOCK_MONOTONIC)
        if hasattr(time, "clock_gettime")
        else time.monotonic  # Windows
    )

    def monotonic(self) -> float:
        """Seconds of a monotonic clock, for measuring durations."""
        return self._read_monotonic()

    def now(self) -> datetime:
        """The time of day, in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Wait, blocking the thread."""
        time.sleep(seconds)

    async def asleep(self, seconds: float) -> None:
        """Wait while other tasks run (asyncio and trio)."""
        await anyio.sleep(seconds)

    def jitter(self) -> float:
        """A random number from 0 up to 1, which keeps many clients from retrying at the same moment."""
        return random.random()  # noqa: S311  spreads load; not for security


#: The default clock of clients; one object, so that rate limiters are shared.
SYSTEM_CLOCK = Clock()


class ManualClock(Clock):
    """A clock for tests: nothing sleeps, time passes only on request, and the random number is fixed.

    Args:
        start: The initial time.
        chance: What `jitter` returns.

    Attributes:
        slept: Every requested wait, in seconds.
    """

    def __init__(self, start: datetime = datetime(2026, 1, 1, tzinfo=UTC), chance: float = 1.0) -> None:
        self._start = start
        self._passed = 0.0
        self._chance = chance
        self.slept: list[float] = []

    def advance(self, seconds: float) -> None:
        """Advance the time."""
        self._passed += seconds

    def monotonic(self) -> float:
        """Seconds passed so far."""
        return self._passed

    def now(self) -> datetime:
        """The initial time plus the time passed."""
        return self._start + timedelta(seconds=self._passed)

    def sleep(self, seconds: float) -> None:
        """Record the wait and advance the time by it."""
        self.slept.append(seconds)
        self.advance(seconds)

    async def asleep(self, seconds: float) -> None:
        """Like `sleep`; other tasks run once."""
        self.sleep(seconds)
        await lowlevel.checkpoint()

    def jitter(self) -> float:
        """The number given as `chance`."""
        return self._chance
