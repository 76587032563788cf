"""Time and chance, in one place, so that a test can hold both still."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta


class Clock:
    """The clock a client lives by. Subclass it to take time or chance into your own hands."""

    def monotonic(self) -> float:
        """Seconds that only ever grow; for measuring how long something took."""
        return time.monotonic()

    def now(self) -> datetime:
        """The time of day, in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Wait, blocking the thread."""
        time.sleep(seconds)

    async def asleep(self, seconds: float) -> None:
        """Wait, letting other tasks run (asyncio and trio alike)."""
        import anyio  # noqa: PLC0415  only asynchronous callers need it

        await anyio.sleep(seconds)

    def jitter(self) -> float:
        """A fresh number from 0 up to 1, to keep many clients from retrying in step."""
        return random.random()  # noqa: S311  spreads load; guards nothing


#: The clock of every client that is given no other; one object, so that limiters are shared.
SYSTEM_CLOCK = Clock()


class ManualClock(Clock):
    """A clock for tests: nothing sleeps, time passes only when told, chance is fixed.

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
        """Note the wait and let that much time pass at once."""
        self.slept.append(seconds)
        self.advance(seconds)

    async def asleep(self, seconds: float) -> None:
        """The same as `sleep`, giving other tasks a turn."""
        from anyio.lowlevel import checkpoint  # noqa: PLC0415  only asynchronous callers need it

        self.sleep(seconds)
        await checkpoint()

    def jitter(self) -> float:
        """Always the same."""
        return self._chance
