"""The root of all errors, wrong settings and wrong arguments. Imports nothing of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

if TYPE_CHECKING:
    from collections.abc import Sequence


def _rebuild(cls: type[ConnectSmsError], message: str, state: dict[str, Any]) -> ConnectSmsError:
    error = cls.__new__(cls, message)
    error.args = (message,)  # a TimeoutError takes them in __init__ alone
    error.__dict__.update(state)
    return error


class ConnectSmsError(Exception):
    """The root of everything this library raises.

    Attributes:
        may_have_been_sent: True when a message may have left. Sending again may then send it twice.
        transient: True when the same call may well succeed later, with nothing changed.
    """

    may_have_been_sent: bool = False
    transient: bool = False

    def __init__(self, message: str) -> None:
        super().__init__(message)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        # The default would call __init__ with the message alone and fail for every class with more to it.
        state = {name: _portable(value) for name, value in self.__dict__.items()}
        return _rebuild, (type(self), str(self), state)

    def __copy__(self) -> Self:
        twin = type(self).__new__(type(self), *self.args)
        twin.args = self.args
        twin.__dict__.update(self.__dict__)
        return twin


def _portable(value: object) -> object:
    """What of an error's attribute may leave the process: nothing that names a person."""
    redacted = getattr(value, "redacted", None)
    return value if redacted is None else redacted()


class ConfigurationError(ConnectSmsError):
    """A setting is missing or wrong. Nothing was sent."""


class MissingExtra(ConfigurationError, ImportError):
    """An optional part is not installed.

    Attributes:
        extra: The name to put in ``pip install 'connect-sms[...]'``.
    """

    def __init__(self, purpose: str, *, extra: str) -> None:
        super().__init__(f"{purpose} needs an optional part: pip install 'connect-sms[{extra}]'")
        self.extra = extra


class InvalidArgument(ConnectSmsError, ValueError):
    """A wrong argument. Nothing was sent.

    Attributes:
        argument: The name of the argument at fault.
        index: In a batch, the position of the message at fault, counted from 0; otherwise None.
    """

    def __init__(self, message: str, *, argument: str, index: int | None = None) -> None:
        super().__init__(message if index is None else f"message {index} of the batch: {message}")
        self.argument = argument
        self.index = index

    def at(self, index: int) -> Self:
        """The same error, said of one message of a batch."""
        return type(self)(str(self), argument=self.argument, index=index)


class InvalidDestination(InvalidArgument):
    """Not a phone number that 8x8 takes."""


class InvalidSender(InvalidArgument):
    """Not a sender ID that 8x8 takes."""


class InvalidText(InvalidArgument):
    """A text that is empty, cannot be encoded, or would not go out whole."""


class InvalidSchedule(InvalidArgument):
    """A time without an offset, in the past, or too far away."""


class InvalidBatch(InvalidArgument):
    """Messages of a batch are wrong. None of those it names was sent.

    Attributes:
        problems: One error for each wrong message, in the order of the batch; `index` says which it is.
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
    """The store of receipts cannot write or read now: disk full, locked, read-only, down, or closed.

    What was to be kept may or may not be there; handing it over again does no harm. The store recovers by
    itself when the trouble is over, unless it was closed.

    Attributes:
        reason: What the database said, in a few words, without any value.
    """

    transient = True

    def __init__(self, *, reason: str) -> None:
        super().__init__(f"the store of receipts is not available: {reason}")
        self.reason = reason
