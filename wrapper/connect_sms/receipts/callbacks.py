"""Calls user code for each event, after it is durable and at least once."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import logging
from typing import TYPE_CHECKING, Final, TypeAlias

from connect_sms.errors.base import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from .events import Event
    from .metrics import Metrics
    from .store import PendingCallback, Store

    OnEvent: TypeAlias = Callable[[Event], Awaitable[object] | object]

log: Final = logging.getLogger("connect_sms.receipts")

_AT_ONCE: Final = 100

#: Seconds after which to look even when nothing new has come: a call that failed is due again by then.
_IDLE: Final = 15.0


class Caller:
    """Takes what is due from the store, calls, confirms.

    What is due stands in the store, so that a crash between the commit and the call loses nothing. A call
    that raised is not confirmed, and comes up again when its lease in the store has ended.
    """

    def __init__(self, store: Store, on_event: OnEvent, metrics: Metrics) -> None:
        self._store = store
        self._on_event = on_event
        self._metrics = metrics
        self._news = asyncio.Event()

    def wake(self) -> None:
        """Something new is due."""
        self._news.set()

    async def run(self) -> None:
        """Call for ever."""
        while True:
            self._news.clear()
            try:
                more = await self._round()
            except StoreUnavailable as error:
                log.warning("callbacks are waiting: %s", error)
                more = False
            if not more:
                await self._wait()

    async def _wait(self) -> None:
        # Not wait_for: before Python 3.12 it can swallow a cancellation that comes with the news.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_IDLE):
                await self._news.wait()

    async def _round(self) -> bool:
        due = await asyncio.to_thread(self._store.pending_callbacks, _AT_ONCE)
        done = [pending.id for pending in due if await self._call(pending)]
        if done:
            await asyncio.to_thread(self._store.callback_done, done)
        return len(due) == _AT_ONCE

    async def _call(self, pending: PendingCallback) -> bool:
        try:
            if inspect.iscoroutinefunction(self._on_event):
                await self._on_event(pending.event)
            else:
                result = await asyncio.to_thread(self._on_event, pending.event)
                if inspect.isawaitable(result):
                    await result
        except Exception as problem:  # noqa: BLE001  whatever user code raises
            # By type only: what a stranger's exception says might hold a number.
            log.warning("on_event raised %s; it will be called again", type(problem).__name__)
            self._metrics.callbacks["failed"] += 1
            return False
        self._metrics.callbacks["done"] += 1
        return True
