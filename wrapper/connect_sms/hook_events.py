"""The events passed to hooks. They hold no key, no phone number and no text, and are safe to log."""

# ruff: noqa: TC001  at run time too, so that `typing.get_type_hints` finds every name

from __future__ import annotations

import attrs

from connect_sms.errors.base import ConnectSmsError


@attrs.frozen
class RequestEvent:
    """A request is about to be sent.

    Attributes:
        operation: The contract's operationId, for example ``sendMessage``.
        attempt: 1 for the first attempt.
        messages: The number of messages in the request; 0 for a status request.
        size: Bytes of the body.
    """

    operation: str
    attempt: int
    messages: int
    size: int


@attrs.frozen
class RetryEvent:
    """An attempt failed, a retry is safe, and it will be made.

    Attributes:
        operation: The contract's operationId.
        attempt: The number of the failed attempt.
        reason: The cause, for example ``ConnectTimeout`` or ``HTTP 429``.
        delay: Seconds until the next attempt.
    """

    operation: str
    attempt: int
    reason: str
    delay: float


@attrs.frozen
class ResultEvent:
    """A call of the API has ended.

    Attributes:
        operation: The contract's operationId.
        attempts: The number of requests sent.
        elapsed: Seconds from the first request to the end.
        status: The last HTTP status; None when no answer came.
        error: The error about to be raised; None when the call succeeded.
    """

    operation: str
    attempts: int
    elapsed: float
    status: int | None
    error: ConnectSmsError | None
