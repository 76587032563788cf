"""One status request a second for a whole sub-account, whoever in this process asks.

8x8 counts per sub-account, so all clients, threads and tasks of a process share one rate_limiter for each.
It is arithmetic under a lock: it hands out the next free moment and never sleeps itself, which is why
blocking and asynchronous callers can share it.
"""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connect_sms.clock import Clock


class RateLimiter:
    """Hands out moments of a clock, each a fixed interval after the one before."""

    def __init__(self, clock: Clock) -> None:
        # Weakly, because the registry below holds limiters for as long as their clock lives.
        self._clock = weakref.ref(clock)
        self._lock = threading.Lock()
        self._next = float("-inf")

    def _now(self) -> float:
        clock = self._clock()
        return 0.0 if clock is None else clock.monotonic()

    def reserve(self, interval: float, deadline: float | None = None) -> float | None:
        """Take the next free moment.

        Args:
            interval: Seconds that must lie between this moment and the one after it.
            deadline: A moment of the clock; a free moment after it is not taken.

        Returns:
            Seconds to wait until the moment; None when it lies after the deadline.
        """
        with self._lock:
            now = self._now()
            moment = max(now, self._next)
            if deadline is not None and moment > deadline:
                return None
            self._next = moment + interval
            return moment - now

    def hold(self, seconds: float) -> None:
        """Hand out nothing for that long: the server has asked for a pause."""
        with self._lock:
            self._next = max(self._next, self._now() + seconds)


_rate_limiters: weakref.WeakKeyDictionary[Clock, dict[tuple[str, str], RateLimiter]] = (
    weakref.WeakKeyDictionary()
)
_registry_lock = threading.Lock()


def shared_rate_limiter(clock: Clock, base_url: str, sub_account_id: str) -> RateLimiter:
    """The rate_limiter of a sub-account in this process; the same one for everybody who asks."""
    with _registry_lock:
        return _rate_limiters.setdefault(clock, {}).setdefault((base_url, sub_account_id), RateLimiter(clock))
