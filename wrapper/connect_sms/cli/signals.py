"""Ctrl-C and SIGTERM: raised at once while waiting, deferred while results are written."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator
    from types import FrameType
    from typing import Self

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")


class Interrupts:
    """Inside its ``with`` block signals to stop are recorded, and raised only inside `allowed`.

    Attributes:
        number: The received signal; None before.
    """

    def __init__(self) -> None:
        self.number: int | None = None
        self._raise = False
        self._before: dict[int, object] = {}

    def __enter__(self) -> Self:
        for name in _SIGNALS:
            number = getattr(signal, name, None)
            # A program started to ignore SIGHUP (nohup) continues to ignore it.
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                try:
                    self._before[number] = signal.signal(number, self._handle)
                except ValueError:  # not the main thread; handlers can only be set there
                    break
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # the previous handler

    @contextmanager
    def allowed(self) -> Generator[None]:
        """Inside, a signal raises KeyboardInterrupt, once; an earlier one is raised at once."""
        self._raise = True
        try:
            if self.number is not None:
                raise KeyboardInterrupt
            yield
        finally:
            self._raise = False

    @contextmanager
    def deferred(self) -> Generator[None]:
        """Inside `allowed`: a signal is raised at the end of this block."""
        before, self._raise = self._raise, False
        try:
            yield
        finally:
            self._raise = before
        if before and self.number is not None:
            self._raise = False
            raise KeyboardInterrupt

    @property
    def exit_code(self) -> int:
        """128 plus the signal, as in shells."""
        return 128 + (signal.SIGINT if self.number is None else self.number)

    def _handle(self, number: int, _: FrameType | None) -> None:
        self.number = number
        if self._raise:
            # A second one must not stop the cleanup after the first.
            self._raise = False
            raise KeyboardInterrupt
