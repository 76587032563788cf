"""Logs refused requests now and then: a wrong setting has to show, and a scanner must not fill the disk."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

log: Final = logging.getLogger("connect_sms.receipts")

_EVERY: Final = 60.0


class RefusalLog:
    """At most one line a minute, with the number of refusals since the last. Thread-safe.

    Args:
        now: A clock that never goes back, in seconds.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._next = float("-inf")
        self._unsaid = 0

    def note(self, reason: str) -> None:
        """A request was refused.

        Args:
            reason: What was wrong with it, without a value of it.
        """
        with self._lock:
            now = self._now()
            if now < self._next:
                self._unsaid += 1
                return
            more, self._unsaid, self._next = self._unsaid, 0, now + _EVERY
        since = f" ({more} more were refused since the last line)" if more else ""
        log.warning("a request was refused with 401: %s%s", reason, since)
