"""Binds each generated endpoint once.

Of a generated module only its two pure halves are used: one builds a request, one reads an answer. The
generated client object is not: its repr prints the key, its timeout is infinite, and it raises on what 8x8
may well send.
"""

# The generated halves have no public names; the exact pin of the generator keeps them where they are.
# ruff: noqa: SLF001
# pyright: reportPrivateUsage=false

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Generic, Literal, ParamSpec, TypeVar

import attrs

from connect_sms_api.api.exports import get_log_export, start_log_export
from connect_sms_api.api.sending import send_batch, send_batch_at_catalogue_path, send_message
from connect_sms_api.api.status import get_message
from connect_sms_api.models import LogExport, MessageDetails, OrderedLogExport, SentBatch, SentMessage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


SubmittedMessage = SentMessage
SubmittedBatch = SentBatch

P = ParamSpec("P")
T = TypeVar("T")

_NOTHING: Final[Mapping[str, Any]] = {}


@attrs.frozen
class Call(Generic[T]):
    """An operation with its arguments: what to send, and how to read the answer."""

    operation: Operation[..., T]
    path: str = attrs.field(repr=False)
    document: dict[str, Any] | None = attrs.field(repr=False)


@attrs.frozen
class Operation(Generic[P, T]):
    """One operation of the contract.

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
        paced: True when it counts towards 8x8's limit of one status request a second.
    """

    name: str
    method: Literal["GET", "POST"]
    build: Callable[P, dict[str, Any]] = attrs.field(repr=False)
    parse: Callable[..., object] = attrs.field(repr=False)
    answer: type[T] = attrs.field(repr=False)
    absent: Mapping[str, Any] = attrs.field(default=_NOTHING, repr=False)
    unread: tuple[str, ...] = attrs.field(default=(), repr=False)
    good: int = attrs.field(default=200, repr=False)
    replay_safe: bool = attrs.field(default=False, repr=False)
    paced: bool = attrs.field(default=False, repr=False)

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
    """All that the generated half asks of an answer. Whatever 2xx came, it is read as the one it knows."""

    def __init__(self, document: dict[str, Any], status: int) -> None:
        self._document = document
        self.status_code: Final = status

    def json(self) -> dict[str, Any]:
        return self._document


#: What a batch's answer lacks is not missed: its rows are read by `_batch`, which can do without any of it.
_BATCH_ABSENT: Final[Mapping[str, Any]] = {"batchId": "", "acceptedCount": None, "rejectedCount": None}

SEND_MESSAGE = Operation(
    "sendMessage", "POST", send_message._get_kwargs, send_message._parse_response, SubmittedMessage
)
SEND_BATCH = Operation(
    "sendBatch",
    "POST",
    send_batch._get_kwargs,
    send_batch._parse_response,
    SubmittedBatch,
    absent=_BATCH_ABSENT,
    unread=("messages",),
)
SEND_BATCH_AT_CATALOGUE_PATH = Operation(
    "sendBatchAtCataloguePath",
    "POST",
    send_batch_at_catalogue_path._get_kwargs,
    send_batch_at_catalogue_path._parse_response,
    SubmittedBatch,
    absent=_BATCH_ABSENT,
    unread=("messages",),
)
GET_MESSAGE = Operation(
    "getMessage",
    "GET",
    get_message._get_kwargs,
    get_message._parse_response,
    MessageDetails,
    absent={"umid": "", "status": {}},
    paced=True,
)
START_LOG_EXPORT = Operation(
    "startLogExport",
    "POST",
    start_log_export._get_kwargs,
    start_log_export._parse_response,
    OrderedLogExport,
    good=202,
    # It sends nothing: ordering a log twice gives two logs.
    replay_safe=True,
)
GET_LOG_EXPORT = Operation(
    "getLogExport", "GET", get_log_export._get_kwargs, get_log_export._parse_response, LogExport
)
