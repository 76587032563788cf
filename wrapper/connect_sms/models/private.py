"""Holds what must not show: the key, phone numbers, texts. A repr of it shows ``***``.

Whatever prints the variables of a traceback (pytest with ``--showlocals``, an error tracker) calls `repr`. So
what is private is wrapped where it enters the package, and stays wrapped in each variable of a flow. A value
of a type below is otherwise what it wraps: it is compared, encoded and formatted like it. `clear_locals`
empties the frames of plain functions, which work on the bare values.
"""

from __future__ import annotations

from contextlib import suppress
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, Generic, NoReturn, ParamSpec, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import FrameType, TracebackType

P = ParamSpec("P")
T = TypeVar("T")

_OURS: Final = frozenset({"connect_sms", "connect_sms_api"})

#: The flags of code whose frame may be suspended: generators, coroutines, asynchronous generators.
_MAY_PAUSE: Final = 0x20 | 0x80 | 0x200


class Private(Generic[T]):
    """Any value. Its repr does not show it, and it cannot be pickled."""

    __slots__ = ("_value",)

    def __init__(self, value: T) -> None:
        self._value = value

    def reveal(self) -> T:
        """The value itself."""
        return self._value

    def __repr__(self) -> str:
        return f"{type(self).__name__}('***')"

    __str__ = __repr__

    def __reduce__(self) -> NoReturn:
        raise TypeError(self._not_pickled)

    @property
    def _not_pickled(self) -> str:
        return "a private value is not pickled, which would show it: pickle what reveal() gives"


class Secret(Private[str]):
    """An API key. Its repr does not show it, and it cannot be pickled."""

    __slots__ = ()

    @property
    def _not_pickled(self) -> str:
        return "an API key is not pickled: give each process its own, for example through the environment"


class _Masked:
    __slots__ = ()

    def __repr__(self) -> str:
        return "***"


class PrivateStr(_Masked, str):
    """A phone number, a text, or a link that grants access."""

    __slots__ = ()


class PrivateBytes(_Masked, bytes):
    """The bytes of a key or of a body."""

    __slots__ = ()


class PrivateTuple(_Masked, tuple[T, ...]):
    """Numbers and texts."""

    __slots__ = ()


class PrivateList(_Masked, list[T]):
    """The messages of a caller."""

    __slots__ = ()


class PrivateDict(_Masked, dict[str, T]):
    """The fields of a request."""

    __slots__ = ()


def private(value: T) -> T:
    """An argument, so that its repr does not show it.

    A str stays one, and what is private stays what it is. A value of another type, which is wrong or will be
    unwrapped, comes as a `Private`.
    """
    if isinstance(value, PrivateStr):
        return value
    if isinstance(value, str):
        # By the characters: the `__str__` of an enumeration's member is another text.
        return PrivateStr(str.__str__(value))  # type: ignore[return-value]
    return value if value is None or isinstance(value, Private) else Private(value)  # type: ignore[return-value]


def revealed(value: object) -> Any:  # noqa: ANN401  whatever was given
    """What `private` was given."""
    holder: Any = value
    return holder.reveal() if isinstance(value, Private) else value


def private_options(options: T) -> T:
    """The keywords of a send, each text among them wrapped. The id of a batch is no private text."""
    given = cast("Mapping[str, object]", options)
    wrapped = {
        name: private(value)
        if name == "extra" or (isinstance(value, str) and name != "client_batch_id")
        else value
        for name, value in given.items()
    }
    return cast("T", wrapped)


def type_name(value: object) -> str:
    """The name of the type of what was given, for an error."""
    value = revealed(value)
    return "str" if isinstance(value, PrivateStr) else type(value).__name__


def plain(value: str) -> str:
    """The str itself, for a result: the caller may print that."""
    return str.__str__(value)


def clear_locals(error: BaseException) -> None:
    """Empty the finished frames of plain functions of ours in the tracebacks of an error and of its causes.

    A frame that is still running is left. So is that of a generator or a coroutine, which may be suspended
    and would be closed: those hold what is private in wrapped form.
    """
    seen: set[int] = set()
    left: list[BaseException | None] = [error]
    while left:
        one = left.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        left += [one.__cause__, one.__context__]
        if isinstance(one, BaseExceptionGroup):
            left += cast("BaseExceptionGroup[BaseException]", one).exceptions
        _clear_frames(one.__traceback__)


def _clear_frames(trace: TracebackType | None) -> None:
    while trace is not None:
        frame, trace = trace.tb_frame, trace.tb_next
        if _is_ours(frame) and not frame.f_code.co_flags & _MAY_PAUSE:
            with suppress(RuntimeError):
                frame.clear()


def _is_ours(frame: FrameType) -> bool:
    package = str(frame.f_globals.get("__name__")).partition(".")[0]
    # The generated `__init__` of a class has globals of its own.
    return package in _OURS or frame.f_code.co_filename.startswith("<attrs generated methods connect_sms")


def clears_locals(function: Callable[P, T]) -> Callable[P, T]:
    """Wrap a plain function that callers give something private: see `clear_locals`."""

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return function(*args, **kwargs)
        except BaseException as problem:
            clear_locals(problem)
            del args, kwargs
            raise

    return call


def private_init(cls: type[T]) -> type[T]:
    """Wrap the `__init__` of a class whose arguments may hold a key, given by mistake or not."""
    kind: Any = cls
    kind.__init__ = clears_locals(kind.__init__)
    return cls
