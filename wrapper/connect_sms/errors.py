"""Every error this library raises, and what each says about the message.

::

    ConnectSmsError
    ├── ConfigurationError          a setting is missing or wrong; nothing was sent
    │   └── MissingExtra            an optional part is not installed; the line to type is in the message
    ├── InvalidArgument             a wrong argument (also a ValueError); nothing was sent
    │   ├── InvalidDestination
    │   ├── InvalidSender
    │   ├── InvalidText             empty, or too long to go out whole
    │   ├── InvalidSchedule         naive, past or too far away
    │   └── InvalidBatch            messages of a batch are wrong; names each of them
    ├── ApiError                    8x8 answered 4xx (on a read also 5xx): the request was refused
    │   ├── BadRequest              400, 422 and any other 4xx
    │   ├── AuthenticationFailed    401
    │   ├── PermissionDenied        403
    │   ├── NotFound                404
    │   ├── Gone                    410
    │   ├── InsecureProtocol        426
    │   ├── RateLimited             429, after the last retry
    │   └── ServerError             5xx on a read, after the last retry
    ├── NetworkError
    │   ├── ConnectionFailed        no connection was made; nothing was sent
    │   └── NoAnswer                a read went out and no usable answer came back
    ├── OutcomeUnknown              a send went out and its fate is not known: do not send again blindly
    ├── MessageRejected             8x8 answered 200 and refused the message
    ├── UnreadableAnswer            2xx to a read that cannot be understood
    ├── StoreUnavailable            receipts could not be kept or read now; nothing is claimed to be durable
    ├── ExportFailed                a log export ended without a log, or not in time
    ├── WaitTimeout                 no final state within the time given; carries the last status seen
    └── BatchInterrupted            a batch stopped half-way; carries what is known of every recipient

``may_have_been_sent`` on each of them answers the one question that matters before trying again.

No message, repr or pickle of these holds a key, a phone number or a text: what 8x8 wrote back is kept in
``response`` in memory, and left behind when an error is pickled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .messages import BatchResult, LogExport, MessageStatus, RawResponse

__all__ = [
    "ApiError",
    "AuthenticationFailed",
    "BadRequest",
    "BatchInterrupted",
    "ConfigurationError",
    "ConnectSmsError",
    "ConnectionFailed",
    "ExportFailed",
    "Gone",
    "InsecureProtocol",
    "InvalidArgument",
    "InvalidBatch",
    "InvalidDestination",
    "InvalidSchedule",
    "InvalidSender",
    "InvalidText",
    "MessageRejected",
    "MissingExtra",
    "NetworkError",
    "NoAnswer",
    "NotFound",
    "OutcomeUnknown",
    "PermissionDenied",
    "RateLimited",
    "ServerError",
    "StoreUnavailable",
    "UnreadableAnswer",
    "WaitTimeout",
]


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
    without_people = getattr(value, "without_people", None)
    return value if without_people is None else without_people()


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


class ApiError(ConnectSmsError):
    """8x8 answered and refused the request.

    Attributes:
        status: The HTTP status.
        code: 8x8's own code, for example 1002; None when the answer carried none. See `connect_sms.ApiCode`.
        error_id: 8x8's id of this one failure, the first thing its support asks for; None when there was
            none.
        server_message: 8x8's own words, with numbers and whatever the caller sent masked; None when there
            were none.
        response: The raw answer.
    """

    default_advice: ClassVar[str] = ""

    def __init__(
        self,
        *,
        status: int,
        code: int | None = None,
        error_id: str | None = None,
        server_message: str | None = None,
        response: RawResponse | None = None,
    ) -> None:
        super().__init__(_describe_refusal(self.default_advice, status, code, error_id, server_message))
        self.status = status
        self.code = code
        self.error_id = error_id
        self.server_message = server_message
        self.response = response


def _describe_refusal(
    default_advice: str, status: int, code: int | None, error_id: str | None, server_message: str | None
) -> str:
    from .codes import ApiCode  # noqa: PLC0415  only a failure pays for the table

    known = None if code is None else ApiCode.find(code)
    said = known.cause if known else (server_message or "no reason given")
    advice = known.advice if known else default_advice
    head = f"[errorId {error_id}] " if error_id else ""
    number = "" if code is None else f", code {code}" + (f" {known.name}" if known else "")
    end = "" if said.endswith((".", "!", "?")) else "."
    return f"{head}HTTP {status}{number}: {said}{end}" + (f" {advice}" if advice else "")


class BadRequest(ApiError):
    """8x8 refused the request as malformed (400, 422 and any 4xx without a class of its own)."""

    default_advice = "Correct the request before sending it again."


class AuthenticationFailed(ApiError):
    """401: the key is missing, wrong or withdrawn."""

    default_advice = "Check the API key and that it belongs to this region."


class PermissionDenied(ApiError):
    """403: the key is good, but not for this."""

    default_advice = (
        "Check that the key may use this sub-account, and that this address is on its allow-list."
    )


class NotFound(ApiError):
    """404: no such message, sub-account or path."""

    default_advice = "Check the UMID, the sub-account and the region."


class Gone(ApiError):
    """410: what was asked for is no longer there."""

    default_advice = "It will not come back; do not ask again."


class InsecureProtocol(ApiError):
    """426: the TLS version offered is too old."""

    default_advice = "Offer TLS 1.2 or newer; a proxy between may be the one that is too old."


class RateLimited(ApiError):
    """429: too many requests, and waiting did not help.

    Attributes:
        retry_after: Seconds 8x8 asked to wait, as far as it said so.
    """

    transient = True
    default_advice = "Send more slowly; 8x8 takes 1,800 sends and 1 status request a second per sub-account."

    def __init__(self, *, retry_after: float | None = None, **fields: Any) -> None:
        super().__init__(**fields)
        self.retry_after = retry_after


class ServerError(ApiError):
    """5xx to a read, after the last retry."""

    transient = True
    default_advice = "Ask again later."


class NetworkError(ConnectSmsError):
    """The network failed.

    Attributes:
        reason: What failed, as one word of the transport's, for example ``ConnectTimeout``.
    """

    transient = True

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class ConnectionFailed(NetworkError):
    """No connection could be made, however often tried. Nothing was sent."""


class NoAnswer(NetworkError):
    """A status request went out and no usable answer came back, however often tried."""


class OutcomeUnknown(ConnectSmsError):
    """The request went out, and whether 8x8 took the message is not known.

    8x8 documents no duplicate detection, so sending again may send twice. Look the message up by
    ``client_message_id`` in its receipt or in 8x8's log export before deciding.

    Attributes:
        reason: What was seen instead of an answer, for example ``ReadTimeout`` or ``HTTP 503``.
        client_message_id: The id the message carried; None for a whole batch request.
        status: The HTTP status, when there was one.
        error_id: 8x8's id of the failure, when it gave one.
        response: The raw answer, when there was one.
    """

    may_have_been_sent = True

    def __init__(
        self,
        *,
        reason: str,
        client_message_id: str | None = None,
        status: int | None = None,
        error_id: str | None = None,
        response: RawResponse | None = None,
    ) -> None:
        head = f"[errorId {error_id}] " if error_id else ""
        which = f" (clientMessageId {client_message_id})" if client_message_id else ""
        super().__init__(
            f"{head}the request went out and its outcome is unknown: {reason}{which}. It may have been sent; "
            "sending again may send it twice. Look for its receipt, or in 8x8's log export, before deciding."
        )
        self.reason = reason
        self.client_message_id = client_message_id
        self.status = status
        self.error_id = error_id
        self.response = response


class MessageRejected(ConnectSmsError):
    """8x8 answered 200 and refused the message. It was not sent.

    Attributes:
        reason: 8x8's description, with numbers masked.
        umid: 8x8's id of the refused message, when it gave one.
        client_message_id: The id the message carried.
        response: The raw answer.
    """

    def __init__(
        self,
        *,
        reason: str,
        umid: str | None = None,
        client_message_id: str | None = None,
        response: RawResponse | None = None,
    ) -> None:
        which = f" (clientMessageId {client_message_id})" if client_message_id else ""
        super().__init__(f"8x8 rejected the message{which}: {reason}. It was not sent.")
        self.reason = reason
        self.umid = umid
        self.client_message_id = client_message_id
        self.response = response


class UnreadableAnswer(ConnectSmsError):
    """A status request was answered with 2xx and a body that cannot be understood.

    Attributes:
        response: The raw answer.
    """

    def __init__(self, *, reason: str, response: RawResponse) -> None:
        super().__init__(f"HTTP {response.status} with an answer that cannot be read: {reason}")
        self.reason = reason
        self.response = response


class ExportFailed(ConnectSmsError):
    """8x8 wrote no log, it was not ready in time, or it could not be fetched whole. Nothing was sent.

    Attributes:
        export: The export, as far as it is known.
    """

    def __init__(self, message: str, *, export: LogExport, transient: bool = False) -> None:
        super().__init__(message)
        self.export = export
        self.transient = transient


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


class WaitTimeout(ConnectSmsError, TimeoutError):
    """No final state within the time given. The message itself is still on its way.

    Attributes:
        umid: The message waited for.
        last: The last status seen; None when none could be read.
    """

    transient = True
    may_have_been_sent = True

    def __init__(self, message: str, *, umid: str, last: MessageStatus | None) -> None:
        super().__init__(message)
        self.umid = umid
        self.last = last


class BatchInterrupted(ConnectSmsError):
    """A batch stopped before its end.

    Attributes:
        result: What is known of every recipient taken so far: accepted, rejected, unknown, not sent.
    """

    def __init__(self, message: str, *, result: BatchResult) -> None:
        super().__init__(message)
        self.result = result

    @property
    def may_have_been_sent(self) -> bool:  # type: ignore[override]  # here it depends on how far it came
        """True when at least one recipient was accepted or may have been."""
        return bool(self.result.accepted or self.result.unknown)
