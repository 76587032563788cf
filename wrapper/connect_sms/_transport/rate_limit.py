"""One status request a second for a whole sub-account, across this process.

8x8 counts per sub-account, so all clients, threads and tasks of a process share one rate limiter for each.
It only computes the next free time under a lock and never sleeps, so blocking and asynchronous callers can
share it.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from connect_sms._fork import ForkAware, follow_forks

if TYPE_CHECKING:
    from connect_sms.clock import Clock


class RateLimiter(ForkAware):
    """Reserves times of a clock at a fixed interval."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next = float("-inf")
        follow_forks(self)

    def after_fork_in_child(self) -> None:
        """A new lock: another thread may have held this one."""
        self._lock = threading.Lock()

    def reserve(self, now: float, interval: float, deadline: float | None = None) -> float | None:
        """Reserve the next free time.

        Args:
            now: The current time of a monotonic clock.
            interval: Seconds between this time and the next.
            deadline: A time of the clock; a free time after it is not reserved.

        Returns:
            Seconds to wait until then; None when it is after the deadline.
        """
        with self._lock:
            moment = max(now, self._next)
            if deadline is not None and moment > deadline:
                return None
            self._next = moment + interval
            return moment - now

    def hold(self, until: float) -> None:
        """Reserve nothing before a time of the clock: the server asked for a pause."""
        with self._lock:
            self._next = max(self._next, until)


_rate_limiters: WeakKeyDictionary[Clock, dict[tuple[str, str], RateLimiter]] = WeakKeyDictionary()


def shared_rate_limiter(clock: Clock, base_url: str, account: str) -> RateLimiter:
    """The shared rate limiter of an account in this process."""
    # Both are atomic, and so need no lock, which another thread might hold while the process forks.
    return _rate_limiters.setdefault(clock, {}).setdefault((base_url, account), RateLimiter())
