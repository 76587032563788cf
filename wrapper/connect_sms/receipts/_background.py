"""What a receiver does beside its requests: the heartbeat, and the callbacks."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import threading
from typing import TYPE_CHECKING, Any, Final

from connect_sms.errors.base import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from .callbacks import CallbackRunner
    from .store import ReceiptStore

log: Final = logging.getLogger("connect_sms.receipts")


class Background:
    """Heartbeat and callbacks as tasks of the running event loop.

    Args:
        store: The store that records heartbeats.
        callbacks: Calls ``on_event``; None when there is none.
        heartbeat: Seconds between two heartbeats.
    """

    def __init__(self, store: ReceiptStore, callbacks: CallbackRunner | None, heartbeat: float) -> None:
        self._store = store
        self._callbacks = callbacks
        self._heartbeat = heartbeat
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Start the tasks, unless already running."""
        if self._tasks and not self._tasks[0].done():
            return
        self._tasks = [asyncio.create_task(self._beat())]
        if self._callbacks is not None:
            self._tasks.append(asyncio.create_task(self._callbacks.run()))

    async def stop(self) -> None:
        """Stop them. Callbacks that are still due run after the next start."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _beat(self) -> None:
        while True:
            try:
                await asyncio.to_thread(self._store.heartbeat)
            except StoreUnavailable as error:
                log.warning("no heartbeat: %s", error)
            await asyncio.sleep(self._heartbeat)


class BackgroundThread:
    """The same in a thread with an event loop of its own, for servers without one.

    It starts with the first request of a process, so also in a forked worker, and ends with the process.
    """

    def __init__(self, store: ReceiptStore, callbacks: CallbackRunner | None, heartbeat: float) -> None:
        self._store = store
        self._callbacks = callbacks
        self._heartbeat = heartbeat
        self._lock = threading.Lock()
        self._pid = 0
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None

    def start(self) -> None:
        """Start the thread, unless it runs in this process."""
        if self._pid == os.getpid() and self._thread is not None:
            return
        with self._lock:
            if self._pid == os.getpid() and self._thread is not None:
                return
            ready = threading.Event()
            self._thread = threading.Thread(
                target=self._run, args=(ready,), name="connect-sms-receipts", daemon=True
            )
            self._thread.start()
            ready.wait()
            self._pid = os.getpid()

    def stop(self) -> None:
        """Stop the thread and wait for it. Callbacks that are still due run after the next start."""
        with self._lock:
            thread, self._thread = self._thread, None
            if thread is not None and self._pid == os.getpid() and self._loop and self._stopping:
                with contextlib.suppress(RuntimeError):  # it ended just now
                    self._loop.call_soon_threadsafe(self._stopping.set)
                thread.join()

    def wake(self) -> None:
        """Signal that a new event is due."""
        if self._callbacks is not None and self._loop is not None:
            with contextlib.suppress(RuntimeError):  # being stopped: it is due at the next start
                self._loop.call_soon_threadsafe(self._callbacks.wake)

    def wait_for(self, awaitable: Awaitable[Any], timeout: float) -> Any:  # noqa: ANN401  anything
        """Await something in the thread's event loop.

        Raises:
            TimeoutError: It took longer.
        """
        if self._loop is None:
            raise RuntimeError("the thread has not been started")

        async def within() -> Any:  # noqa: ANN401  as above
            async with asyncio.timeout(timeout):
                return await awaitable

        return asyncio.run_coroutine_threadsafe(within(), self._loop).result()

    def _run(self, ready: threading.Event) -> None:
        try:
            asyncio.run(self._serve(ready))
        except RuntimeError:
            # While the interpreter ends there are no new threads for what blocks; what is due stays due.
            if threading.main_thread().is_alive():
                raise

    async def _serve(self, ready: threading.Event) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        background = Background(self._store, self._callbacks, self._heartbeat)
        background.start()
        ready.set()
        await self._stopping.wait()
        await background.stop()
