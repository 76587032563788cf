"""An operation of an API, bound once; one call of it; and the classes of a reply.

Only two pure functions of a generated endpoint module are used: one builds a request, one reads an answer.
The generated client object is not: its repr prints the key, its timeout is infinite, and it raises on
answers that servers do send.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Generic, Literal, NamedTuple, ParamSpec, TypeVar

import attrs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from connect_sms.errors.base import ConnectSmsError
    from connect_sms.models.responses import RawResponse

P = ParamSpec("P")
T = TypeVar("T")

_NOTHING: Final[Mapping[str, Any]] = {}


@attrs.frozen
class Call(Generic[T]):
    """An operation with its arguments: the request, and the reader of its answer."""

    operation: Operation[..., T]
    path: str = attrs.field(repr=False)
    document: dict[str, Any] | None = attrs.field(repr=False)


class Operation(Generic[P, T]):
    """One operation of an API.

    Attributes:
        name: Its operationId.
        method: Its HTTP method.
        build: The generated function that builds a request.
        parse: The generated function that reads an answer.
        answer: The class of a successful answer.
        absent: Values for required fields that may be missing, where the rest is still
            useful.
        unread: Fields removed before the generated reader, because the wrapper reads them itself.
        good: The HTTP status of success in the contract.
        replay_safe: True of a POST that is safe to repeat.
        paced: True when it counts towards the limit of one status request a second.
    """

    def __init__(
        self,
        name: str,
        method: Literal["GET", "POST"],
        build: Callable[P, dict[str, Any]],
        parse: Callable[..., object],
        answer: type[T],
        *,
        absent: Mapping[str, Any] = _NOTHING,
        unread: tuple[str, ...] = (),
        good: int = 200,
        replay_safe: bool = False,
        paced: bool = False,
    ) -> None:
        self.name: Final = name
        self.method: Final = method
        self.build = build
        self.parse = parse
        self.answer: Final = answer
        self.absent: Final = absent
        self.unread: Final = unread
        self.good: Final = good
        self.replay_safe: Final = replay_safe
        self.paced: Final = paced

    def __repr__(self) -> str:
        return f"Operation({self.name!r}, {self.method!r})"

    @property
    def is_read(self) -> bool:
        """True when it is safe to repeat, so that a lost answer can be requested again."""
        return self.method == "GET" or self.replay_safe

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Call[T]:
        """Bind the arguments; nothing is sent yet."""
        built = self.build(*args, **kwargs)
        return Call(self, built["url"], built.get("json"))

    def read(self, document: dict[str, Any]) -> T:
        """Read the JSON of a 2xx answer.

        Raises:
            KeyError, TypeError, ValueError, AttributeError: It does not match the contract.
        """
        shown = {**self.absent, **document}
        for name in self.unread:
            shown.pop(name, None)
        found = self.parse(client=None, response=_Answer(shown, self.good))
        if not isinstance(found, self.answer):
            raise TypeError
        return found


class _Answer:
    """The part of an answer that the generated reader uses. Any 2xx is read as the contract's status."""

    def __init__(self, document: dict[str, Any], status: int) -> None:
        self._document = document
        self.status_code: Final = status

    def json(self) -> dict[str, Any]:
        return self._document


class Success(NamedTuple, Generic[T]):
    """A successful answer, parsed, and its full content."""

    value: T
    document: dict[str, Any]
    response: RawResponse

    def __repr__(self) -> str:
        return f"Success({self.response!r})"


class Retry(NamedTuple):
    """A retry is safe.

    Attributes:
        reason: The cause.
        error: Raised when no attempt is left.
        after: Seconds that the server asks to wait; None when not given.
    """

    reason: str
    error: ConnectSmsError
    after: float | None = None
