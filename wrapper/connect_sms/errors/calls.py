"""Errors raised by API calls: refusals, network failures, unknown outcomes."""

# ruff: noqa: TC001  at run time too, so that `typing.get_type_hints` finds every name

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from connect_sms._lazy import LazyModule
from connect_sms.models.responses import RawResponse
from connect_sms.text.printable import printable

from .base import ConnectSmsError

if TYPE_CHECKING:
    from connect_sms.models import api_codes
else:
    api_codes = LazyModule("connect_sms.models.api_codes")  # only a failure needs the table


class ApiError(ConnectSmsError):
    """8x8 answered and refused the request.

    Attributes:
        status: The HTTP status.
        code: 8x8's own code, for example 1002; None when the answer carried none. See `connect_sms.ApiCode`.
        error_id: 8x8's id of this failure, which its support asks for; None when there was
            none.
        server_message: 8x8's text, with numbers and the caller's content masked; None when there
            was none.
        occurred_at: When it happened by 8x8's clock, in UTC; None when it did not say.
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
        occurred_at: datetime | None = None,
        response: RawResponse | None = None,
    ) -> None:
        super().__init__(_describe_refusal(self.default_advice, status, code, error_id, server_message))
        self.status = status
        self.code = code
        self.error_id = error_id
        self.server_message = server_message
        self.occurred_at = occurred_at
        self.response = response


def _describe_refusal(
    default_advice: str, status: int, code: int | None, error_id: str | None, server_message: str | None
) -> str:
    known = None if code is None else api_codes.ApiCode.find(code)
    said = known.cause if known else printable(server_message or "no reason given")
    advice = known.advice if known else default_advice
    head = f"[errorId {error_id}] " if error_id else ""
    number = "" if code is None else f", code {code}" + (f" {known.name}" if known else "")
    end = "" if said.endswith((".", "!", "?")) else "."
    return f"{head}HTTP {status}{number}: {said}{end}" + (f" {advice}" if advice else "")


class BadRequest(ApiError):
    """8x8 refused the request as malformed (400, 422 and any 4xx without a class of its own)."""

    default_advice = "Correct the request before sending it again."


class AuthenticationFailed(ApiError):
    """401: the key is missing, wrong or revoked."""

    default_advice = "Check the API key and that it belongs to this region."


class PermissionDenied(ApiError):
    """403: the key is valid but not permitted to do this."""

    default_advice = (
        "Check that the key may use this sub-account, and that this address is on its allow-list."
    )


class NotFound(ApiError):
    """404: no such message, sub-account or path; or a message that has expired."""

    default_advice = "Check the UMID, the sub-account and the region; an old message may have expired."


class Gone(ApiError):
    """410: usually a version of the API that was retired (code 2002); of a link, that it has expired."""

    default_advice = (
        "Usually this version of the API was retired: check the path of the base URL, and look for a newer "
        "connect-sms."
    )


class InsecureProtocol(ApiError):
    """426: the TLS version offered is too old; 8x8 wants TLS 1.3 for messages to Singapore.

    Attributes:
        upgrade_to: What 8x8 asks for in ``Upgrade``, for example ``TLS/1.3``; None when it did not say.
    """

    default_advice = "Offer TLS 1.3; a proxy between may be the one that is too old."

    def __init__(self, *, upgrade_to: str | None = None, **fields: Any) -> None:
        super().__init__(**fields)
        self.upgrade_to = upgrade_to


class RateLimited(ApiError):
    """429: too many requests, also after retries.

    Attributes:
        retry_after: Seconds 8x8 asked to wait; None when not given.
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
        reason: The transport's name of the failure, for example ``ConnectTimeout``.
    """

    transient = True

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class ConnectionFailed(NetworkError):
    """No attempt made a connection. Nothing was sent."""


class NoResponse(NetworkError):
    """A status request was sent, and no attempt got a usable answer."""


class OutcomeUnknown(ConnectSmsError):
    """The request was sent, and whether 8x8 accepted the message is not known.

    8x8 documents no duplicate detection, so sending again may send twice. Look the message up by
    ``client_message_id`` in its receipt or in 8x8's log export before deciding.

    Attributes:
        reason: The failure instead of an answer, for example ``ReadTimeout`` or ``HTTP 503``.
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


class RequestBlocked(ConnectSmsError):
    """A check just before the request was written failed. Nothing was sent.

    What the check raised is the cause (``__cause__``); the message has its type alone.

    Attributes:
        reason: The name of that type.
    """

    def __init__(self, *, reason: str) -> None:
        super().__init__(f"the check before the request was written raised {reason}; nothing was sent")
        self.reason = reason


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
        super().__init__(f"8x8 rejected the message{which}: {printable(reason)}. It was not sent.")
        self.reason = reason
        self.umid = umid
        self.client_message_id = client_message_id
        self.response = response


class InvalidResponse(ConnectSmsError):
    """A status request was answered with 2xx and a body that cannot be parsed.

    Attributes:
        response: The raw answer.
    """

    def __init__(self, *, reason: str, response: RawResponse) -> None:
        super().__init__(f"HTTP {response.status} with an answer that cannot be read: {reason}")
        self.reason = reason
        self.response = response
