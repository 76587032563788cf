"""Calls ``on_event`` for each event, after it is durable and at least once."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from connect_sms.errors.base import StoreUnavailable

from .events import Event

if TYPE_CHECKING:
    from .metrics import Metrics
    from .store import ReceiptStore
    from .stored import PendingCallback

_T = TypeVar("_T")

OnEvent: TypeAlias = Callable[[Event], Awaitable[object] | object]

log: Final = logging.getLogger("connect_sms.receipts")

_MAX_CLAIMED: Final = 100

#: Seconds between checks without a new event: a failed call may be due again.
_MAX_IDLE: Final = 15.0


async def call_user_code(function: Callable[[_T], object], argument: _T) -> object:
    """Call a function of the user's: a coroutine function here, any other in a thread, since it may block."""
    if inspect.iscoroutinefunction(function):
        return await function(argument)
    result = await asyncio.to_thread(function, argument)
    return await result if inspect.isawaitable(result) else result


class CallbackRunner:
    """Claims due events from the store, calls ``on_event``, confirms.

    Due events are recorded in the store, so that a crash between commit and call loses nothing. A call
    that raised is not confirmed, and is due again when its lease has ended.
    """

    def __init__(self, store: ReceiptStore, on_event: OnEvent, metrics: Metrics) -> None:
        self._store = store
        self._on_event = on_event
        self._metrics = metrics
        self._due = asyncio.Event()

    def wake(self) -> None:
        """Signal that a new event is due."""
        self._due.set()

    async def run(self) -> None:
        """Call until cancelled."""
        self._due = asyncio.Event()  # it belongs to the event loop that first waits for it
        while True:
            self._due.clear()
            try:
                more = await self._round()
            except StoreUnavailable as error:
                log.warning("callbacks are waiting: %s", error)
                more = False
            if not more:
                await self._wait()

    async def _wait(self) -> None:
        # Not wait_for: before Python 3.12 it can swallow a cancellation that comes together with the event.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_MAX_IDLE):
                await self._due.wait()

    async def _round(self) -> bool:
        due = await asyncio.to_thread(self._store.pending_callbacks, _MAX_CLAIMED)
        done = [pending.id for pending in due if await self._call(pending)]
        if done:
            await asyncio.to_thread(self._store.callback_done, done)
        return len(due) == _MAX_CLAIMED

    async def _call(self, pending: PendingCallback) -> bool:
        try:
            await call_user_code(self._on_event, pending.event)
        except Exception as problem:  # noqa: BLE001  user code may raise anything
            # By type only: the exception's text might hold a number.
            log.warning("on_event raised %s; it will be called again", type(problem).__name__)
            self._metrics.callback("failed")
            return False
        self._metrics.callback("done")
        return True
