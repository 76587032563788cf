"""A gate that is shut while the process forks: nobody is inside the database's library then.

SQLite keeps locks of its own in memory, and one held by another thread at the fork is held for ever in the
child.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType


class Gate:
    """Lets any number in, and none while it is shut."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._is_shut = False

    def __enter__(self) -> None:
        with self._changed:
            while self._is_shut:
                self._changed.wait()
            self._inside += 1

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._changed:
            self._inside -= 1
            self._changed.notify_all()

    @property
    def is_empty(self) -> bool:
        """True when nobody is inside."""
        return self._inside == 0

    def shut(self, patience: float) -> bool:
        """Let nobody in, and wait until nobody is inside; False when that takes too many seconds."""
        with self._changed:
            self._is_shut = True
            return self._changed.wait_for(lambda: self.is_empty, patience)

    def open(self) -> None:
        """Let all in who wait."""
        with self._changed:
            self._is_shut = False
            self._changed.notify_all()
