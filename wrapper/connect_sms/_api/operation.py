"""An operation of an API, bound once; one call of it; and what a reply to it is taken for.

Of a generated endpoint module only its two pure halves are used: one builds a request, one reads an answer.
The generated client object is not: its repr prints the key, its timeout is infinite, and it raises on what a
server may well send.
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
    """An operation with its arguments: what to send, and how to read the answer."""

    operation: Operation[..., T]
    path: str = attrs.field(repr=False)
    document: dict[str, Any] | None = attrs.field(repr=False)


class Operation(Generic[P, T]):
    """One operation of an API.

    Attributes:
        name: Its operationId.
        method: Its HTTP method.
        build: The generated half that makes a request of arguments.
        parse: The generated half that reads an answer.
        answer: What a good answer is read as.
        absent: What to read in place of a required field that is missing, where the rest still says
            something.
        unread: Fields the generated half is not shown, because the wrapper reads them itself.
        good: The status of a good answer, as the contract has it.
        replay_safe: True of a POST that does no harm when it is repeated.
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
        """True when repeating it does no harm, so that a lost answer may be asked for again."""
        return self.method == "GET" or self.replay_safe

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Call[T]:
        """Give the operation its arguments; nothing is sent yet."""
        built = self.build(*args, **kwargs)
        return Call(self, built["url"], built.get("json"))

    def read(self, document: dict[str, Any]) -> T:
        """Read the JSON of a 2xx answer.

        Raises:
            KeyError, TypeError, ValueError, AttributeError: It is not what the contract says.
        """
        shown = {**self.absent, **document}
        for name in self.unread:
            shown.pop(name, None)
        found = self.parse(client=None, response=_Answer(shown, self.good))
        if not isinstance(found, self.answer):
            raise TypeError
        return found


class _Answer:
    """What the generated half reads of an answer. Any 2xx is read as the one that the contract has."""

    def __init__(self, document: dict[str, Any], status: int) -> None:
        self._document = document
        self.status_code: Final = status

    def json(self) -> dict[str, Any]:
        return self._document


class Success(NamedTuple, Generic[T]):
    """A good answer, read, with all that was in it."""

    value: T
    document: dict[str, Any]
    response: RawResponse

    def __repr__(self) -> str:
        return f"Success({self.response!r})"


class Retry(NamedTuple):
    """Another try is safe.

    Attributes:
        reason: What was seen.
        error: Raised when there is no try left.
        after: Seconds that the server asks to wait; None when it does not say.
    """

    reason: str
    error: ConnectSmsError
    after: float | None = None
