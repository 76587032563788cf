"""Calls to the message store whose failure is no failure of the call that makes them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final, TypeVar

from connect_sms._transport.effects import Flow, RunBlocking
from connect_sms.errors.base import ConnectSmsError, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

log: Final = logging.getLogger("connect_sms")


def ask(function: Callable[[], T], *, otherwise: T, shielded: bool = False) -> Flow[T]:
    """Call the message store, with a fallback when it fails; the failure is logged.

    Args:
        function: The call.
        otherwise: Returned when it fails.
        shielded: Make the call even when the task is being cancelled.
    """
    try:
        answer: T = yield RunBlocking(function, shielded=shielded)
    except Exception as error:  # noqa: BLE001  the caller's store may raise anything
        log.warning("receipts: %s; it was ignored", reported(error))
        return otherwise
    return answer


def reported(error: Exception) -> StoreUnavailable:
    """What a message store raised, as the error to report: without any value."""
    if isinstance(error, StoreUnavailable):
        return error
    # By type only: the text of a foreign exception might hold a number.
    words = str(error) if isinstance(error, ConnectSmsError) else f"it raised {type(error).__name__}"
    return StoreUnavailable(reason=words)
