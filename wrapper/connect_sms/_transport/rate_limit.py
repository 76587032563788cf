"""One status request a second for a whole sub-account, whoever in this process asks.

8x8 counts per sub-account, so all clients, threads and tasks of a process share one rate limiter for each.
It is arithmetic under a lock: it hands out the next free moment and never sleeps itself, which is why
blocking and asynchronous callers can share it.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from connect_sms.clock import Clock


class RateLimiter:
    """Hands out moments of a clock, each a fixed interval after the one before."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next = float("-inf")

    def reserve(self, now: float, interval: float, deadline: float | None = None) -> float | None:
        """Take the next free moment.

        Args:
            now: The present, on a monotonic clock.
            interval: Seconds that must lie between this moment and the one after it.
            deadline: A moment of the clock; a free moment after it is not taken.

        Returns:
            Seconds to wait until the moment; None when it lies after the deadline.
        """
        with self._lock:
            moment = max(now, self._next)
            if deadline is not None and moment > deadline:
                return None
            self._next = moment + interval
            return moment - now

    def hold(self, until: float) -> None:
        """Hand out nothing before a moment of the clock: the server has asked for a pause."""
        with self._lock:
            self._next = max(self._next, until)


_rate_limiters: WeakKeyDictionary[Clock, dict[tuple[str, str], RateLimiter]] = WeakKeyDictionary()
_registry_lock = threading.Lock()


def shared_rate_limiter(clock: Clock, base_url: str, account: str) -> RateLimiter:
    """The rate limiter of an account in this process; the same one for everybody who asks."""
    with _registry_lock:
        return _rate_limiters.setdefault(clock, {}).setdefault((base_url, account), RateLimiter())
