"""What hooks are given. It holds no key, no phone number and no text, so it may be logged as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from connect_sms.errors.base import ConnectSmsError


@attrs.frozen
class RequestEvent:
    """A request is about to be sent.

    Attributes:
        operation: The contract's operationId, for example ``sendMessage``.
        attempt: 1 for the first try.
        messages: How many messages the request carries; 0 for a status request.
        size: Bytes of the body.
    """

    operation: str
    attempt: int
    messages: int
    size: int


@attrs.frozen
class RetryEvent:
    """A try failed in a way that makes another one safe, and it will be made.

    Attributes:
        operation: The contract's operationId.
        attempt: The number of the try that failed.
        reason: What was seen, for example ``ConnectTimeout`` or ``HTTP 429``.
        delay: Seconds until the next try.
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
        attempts: How many requests it took.
        elapsed: Seconds from the first request to the end.
        status: The last HTTP status; None when no answer came.
        error: What is about to be raised; None when the call succeeded.
    """

    operation: str
    attempts: int
    elapsed: float
    status: int | None
    error: ConnectSmsError | None
