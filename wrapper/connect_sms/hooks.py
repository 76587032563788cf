"""Look on while the client works: one call before a request, one before a retry, one at the end.

What a hook is given holds no key, no phone number and no text, so it may be logged or counted as it is.
"""

from __future__ import annotations

import inspect
import logging
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from connect_sms.errors.base import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from connect_sms.errors.base import ConnectSmsError

log = logging.getLogger("connect_sms")


@attrs.frozen
class RequestEvent:
    """A request is about to go out.

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
    """A call is over.

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


def _plain_function(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if value is not None and (not callable(value) or inspect.iscoroutinefunction(value)):
        msg = f"{attribute.name} must be a plain function: a hook is called and not awaited"
        raise ConfigurationError(msg)


@attrs.frozen
class Hooks:
    """Functions to call along the way. What they raise is logged by its type and goes no further.

    They run in the thread or task that sends, so they should be quick and must not block.

    Raises:
        ConfigurationError: One of them cannot be called, or would have to be awaited.
    """

    on_request: Callable[[RequestEvent], object] | None = attrs.field(default=None, validator=_plain_function)
    on_retry: Callable[[RetryEvent], object] | None = attrs.field(default=None, validator=_plain_function)
    on_result: Callable[[ResultEvent], object] | None = attrs.field(default=None, validator=_plain_function)


E_ = TypeVar("E_")


def call_hook(hook: Callable[[E_], object], event: E_) -> None:
    """Call a hook of the user's and outlive it: a message already accepted must still be reported."""
    try:
        hook(event)
    except Exception as exc:  # noqa: BLE001  whatever user code raises
        # By type only: what a stranger's exception says might hold a number.
        log.warning("a hook raised %s; it was ignored", type(exc).__name__)
