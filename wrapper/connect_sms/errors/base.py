"""The root of all errors, and the errors for settings and arguments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Self


def _rebuild(cls: type[ConnectSmsError], message: str, state: dict[str, Any]) -> ConnectSmsError:
    error = cls.__new__(cls, message)
    error.args = (message,)  # a TimeoutError takes them in __init__ alone
    error.__dict__.update(state)
    return error


class ConnectSmsError(Exception):
    """The base class of all errors of this library.

    Attributes:
        may_have_been_sent: True when a message may have been sent. Sending again may then send it twice.
        transient: True when the same call may succeed later, unchanged.
    """

    may_have_been_sent: bool = False
    transient: bool = False

    def __init__(self, message: str) -> None:
        super().__init__(message)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        # The default would call __init__ with the message alone and fail for every class with more arguments.
        state = {name: _portable(value) for name, value in self.__dict__.items()}
        return _rebuild, (type(self), str(self), state)

    def __copy__(self) -> Self:
        twin = type(self).__new__(type(self), *self.args)
        twin.args = self.args
        twin.__dict__.update(self.__dict__)
        return twin


def _portable(value: object) -> object:
    """The part of an attribute that may leave the process: no personal data."""
    redacted = getattr(value, "redacted", None)
    return value if redacted is None else redacted()


class ConfigurationError(ConnectSmsError):
    """A setting is missing or invalid. Nothing was sent."""


class MissingExtra(ConfigurationError, ImportError):
    """An optional part is not installed.

    Attributes:
        extra: The name to put in ``pip install 'connect-sms[...]'``.
    """

    def __init__(self, purpose: str, *, extra: str) -> None:
        super().__init__(f"{purpose} needs an optional part: pip install 'connect-sms[{extra}]'")
        self.extra = extra


class InvalidArgument(ConnectSmsError, ValueError):
    """An invalid argument. Nothing was sent.

    Attributes:
        argument: The name of the invalid argument.
        index: In a batch, the position of the invalid message, counted from 0; otherwise None.
    """

    def __init__(self, message: str, *, argument: str, index: int | None = None) -> None:
        super().__init__(message if index is None else f"message {index} of the batch: {message}")
        self.argument = argument
        self.index = index

    def at(self, index: int) -> Self:
        """The same error for one message of a batch."""
        return type(self)(str(self), argument=self.argument, index=index)


class InvalidDestination(InvalidArgument):
    """Not a phone number that 8x8 accepts."""


class InvalidSender(InvalidArgument):
    """Not a sender ID that 8x8 accepts."""


class InvalidText(InvalidArgument):
    """A text that is empty, cannot be encoded, or would not be sent whole."""


class InvalidSchedule(InvalidArgument):
    """A time without an offset, in the past, or too far away."""


class InvalidBatch(InvalidArgument):
    """Messages of a batch are invalid. None of those it lists was sent.

    Attributes:
        problems: One error for each invalid message, in the order of the batch; `index` is its position.
    """

    _SHOWN: ClassVar[int] = 5

    def __init__(self, problems: Sequence[InvalidArgument]) -> None:
        shown = "; ".join(str(problem) for problem in problems[: self._SHOWN])
        more = len(problems) - self._SHOWN
        rest = f"; and {more:,} more in .problems" if more > 0 else ""
        count = "1 message is wrong" if len(problems) == 1 else f"{len(problems):,} messages are wrong"
        super().__init__(f"{count}: {shown}{rest}", argument="messages")
        self.problems = tuple(problems)


class StoreUnavailable(ConnectSmsError):
    """The receipt store cannot write or read now: disk full, locked, read-only, down, or closed.

    The records may or may not be stored; recording them again does no harm. The store recovers by itself
    when the cause is gone, unless it was closed. Raised by a send, it means that nothing was sent; a client
    with ``send_without_store`` sends what cannot be recorded.

    Attributes:
        reason: The database's reason in short, without any value.
    """

    transient = True

    def __init__(self, *, reason: str) -> None:
        super().__init__(f"the store of receipts is not available: {reason}")
        self.reason = reason
