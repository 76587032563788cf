"""The message store within a call of the API: bounded by its time, and no failure of it fails the call."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from connect_sms._transport.effects import Flow, RunBlocking
from connect_sms.errors.base import ConnectSmsError, StoreUnavailable

if TYPE_CHECKING:
    from connect_sms.clock import Clock

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

log: Final = logging.getLogger("connect_sms")

#: Seconds that the store has when no time is left: enough where nobody holds a lock.
_LEAST: Final = 0.1


class Asked(Protocol[T_co]):
    """A call to the message store; it waits no longer than it is told."""

    def __call__(self, *, timeout: float | None) -> T_co: ...


class StoreCalls:
    """The calls to the message store that belong to one call of the API.

    A store that has failed is asked again, but not waited for until it has worked again: a lock held
    elsewhere would be waited for as often as the store is asked. What is ignored is logged once.

    Args:
        clock: The client's clock.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._is_failing = False
        self._logged: set[str] = set()

    def ask(
        self, function: Asked[T], *, otherwise: T, deadline: float | None = None, shielded: bool = False
    ) -> Flow[T]:
        """Call the store, with a fallback when it fails; the failure is logged.

        Args:
            function: The call.
            otherwise: Returned when it fails.
            deadline: A time of the clock after which it is not waited for.
            shielded: Make the call even when the task is being cancelled.
        """
        try:
            answer = yield from self.call(function, deadline=deadline, shielded=shielded)
        except StoreUnavailable as failure:
            words = str(failure)
            if words not in self._logged:
                self._logged.add(words)
                log.warning("receipts: %s; it was ignored", words)
            return otherwise
        return answer

    def call(
        self,
        function: Asked[T],
        *,
        deadline: float | None,
        share: float = 1.0,
        shielded: bool = False,
    ) -> Flow[T]:
        """Call the store.

        Args:
            function: The call.
            deadline: A time of the clock after which it is not waited for.
            share: How much of the time until then it may take.
            shielded: Make the call even when the task is being cancelled.

        Raises:
            StoreUnavailable: Whatever it raised, without any value.
        """
        timed = partial(self._timed, function, deadline, share)
        try:
            answer: T = yield RunBlocking(timed, shielded=shielded)
        except Exception as error:  # noqa: BLE001  the caller's store may raise anything
            failure = reported(error)
        else:
            self._is_failing = False
            return answer
        self._is_failing = True
        # Raised here: inside `except`, a foreign exception would be its context, and may hold a number.
        raise failure

    def _timed(self, function: Asked[T], deadline: float | None, share: float) -> T:
        # Here, in the thread that calls: there may have been a wait for it.
        seconds = None if deadline is None else max((deadline - self._clock.monotonic()) * share, _LEAST)
        return function(timeout=_LEAST if self._is_failing else seconds)


def reported(error: Exception) -> StoreUnavailable:
    """What a message store raised, as the error to report: without any value."""
    if isinstance(error, StoreUnavailable):
        return error
    # By type only: the text of a foreign exception might hold a number.
    words = str(error) if isinstance(error, ConnectSmsError) else f"it raised {type(error).__name__}"
    return StoreUnavailable(reason=words)
