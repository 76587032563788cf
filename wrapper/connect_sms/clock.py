"""Time and random numbers, in one place, so that a test can control both."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ._lazy import LazyModule

if TYPE_CHECKING:
    import anyio
    from anyio import lowlevel
else:  # for asynchronous callers
    anyio = LazyModule("anyio")
    lowlevel = LazyModule("anyio.lowlevel")


class Clock:
    """Where a client takes time and random numbers from. Subclass it to control them."""

    def monotonic(self) -> float:
        """Seconds of a clock that is never set back, for measuring durations."""
        return time.monotonic()

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
        return random.random()  # noqa: S311  spreads load; guards nothing


#: The clock of every client that is given no other; one object, so that rate limiters are shared.
SYSTEM_CLOCK = Clock()


class ManualClock(Clock):
    """A clock for tests: nothing sleeps, time passes only when told, and the random number is fixed.

    Args:
        start: The time of day at first.
        chance: What `jitter` returns.

    Attributes:
        slept: Every wait asked for, in seconds.
    """

    def __init__(self, start: datetime = datetime(2026, 1, 1, tzinfo=UTC), chance: float = 1.0) -> None:
        self._start = start
        self._passed = 0.0
        self._chance = chance
        self.slept: list[float] = []

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._passed += seconds

    def monotonic(self) -> float:
        """Seconds passed so far."""
        return self._passed

    def now(self) -> datetime:
        """The start, and what has passed since."""
        return self._start + timedelta(seconds=self._passed)

    def sleep(self, seconds: float) -> None:
        """Record the wait and let that much time pass at once."""
        self.slept.append(seconds)
        self.advance(seconds)

    async def asleep(self, seconds: float) -> None:
        """The same as `sleep`, giving other tasks a turn."""
        self.sleep(seconds)
        await lowlevel.checkpoint()

    def jitter(self) -> float:
        """The number given as `chance`."""
        return self._chance
