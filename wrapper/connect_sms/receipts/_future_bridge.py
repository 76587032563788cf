"""Passes results from the store's thread to an event loop, many per wake-up: each is a system call."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import Future


class FutureBridge:
    """Awaits futures of other threads. Belongs to the running loop of its creation."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._arrived: deque[tuple[asyncio.Future[int], Future[int]]] = deque()
        self._woken = False

    @property
    def is_current(self) -> bool:
        """False when another loop runs now."""
        return self._loop is asyncio.get_running_loop()

    async def result(self, future: Future[int]) -> int:
        """Wait for a future; return its result or raise its error."""
        waiter: asyncio.Future[int] = self._loop.create_future()
        future.add_done_callback(lambda done: self._arrive(waiter, done))
        return await waiter

    def _arrive(self, waiter: asyncio.Future[int], done: Future[int]) -> None:
        self._arrived.append((waiter, done))
        # Append first, then check; `_hand_out` resets the flag before it looks, so no entry is missed.
        if not self._woken:
            self._woken = True
            self._loop.call_soon_threadsafe(self._hand_out)

    def _hand_out(self) -> None:
        self._woken = False
        while self._arrived:
            waiter, done = self._arrived.popleft()
            if waiter.done():  # its request was cancelled
                continue
            error = done.exception()
            if error is None:
                waiter.set_result(done.result())
            else:
                waiter.set_exception(error)
