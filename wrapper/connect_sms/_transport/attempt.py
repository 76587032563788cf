"""One try of a request while a transport performs it: its time, and what was noticed on its connection."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Final, TypeVar

from connect_sms.clock import SYSTEM_CLOCK

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextvars import Token
    from typing import Self

T = TypeVar("T")

#: Carries the try to where bytes are read and written, through libraries that know nothing of it.
_current: Final[ContextVar[Attempt | None]] = ContextVar("connect_sms_attempt", default=None)


class Attempt:
    """One try, current within its `with` block.

    Args:
        seconds: How long it may take by the clock; None for no limit.

    Attributes:
        connected: Whether it was given a connection; None where the transport does not say.
        followed_by_data: True when more lay on the connection, behind the answer.
    """

    __slots__ = ("_ends", "_token", "connected", "followed_by_data")

    def __init__(self, seconds: float | None) -> None:
        self._ends = None if seconds is None else SYSTEM_CLOCK.monotonic() + seconds
        self._token: Token[Attempt | None] | None = None
        self.connected: bool | None = None
        self.followed_by_data = False

    def __enter__(self) -> Self:
        self._token = _current.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        if self._token is not None:
            _current.reset(self._token)

    def in_time(self, pieces: Iterable[T]) -> Iterator[T]:
        """The pieces, while there is time.

        Raises:
            TimeoutError: There is none left.
        """
        for piece in pieces:
            if self._ends is not None and SYSTEM_CLOCK.monotonic() > self._ends:
                raise TimeoutError
            yield piece

    @property
    def left(self) -> float | None:
        """Seconds left; None for no limit."""
        return None if self._ends is None else self._ends - SYSTEM_CLOCK.monotonic()


def current_attempt() -> Attempt | None:
    """The try that this thread or task is busy with."""
    return _current.get()


def is_limited() -> bool:
    """Whether the current try has a limited time."""
    attempt = _current.get()
    return attempt is not None and attempt.left is not None


def limited(timeout: float | None, error: type[Exception]) -> float | None:
    """A timeout that does not outlast the current try.

    Args:
        timeout: Seconds for one step, such as a read.
        error: Raised when there is no time left.
    """
    attempt = _current.get()
    left = None if attempt is None else attempt.left
    if left is None:
        return timeout
    if left <= 0:
        raise error("there was no time left")
    return left if timeout is None else min(timeout, left)
