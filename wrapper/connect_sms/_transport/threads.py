"""Blocking calls of an event loop, each in a thread.

They do not count towards anyio's own limit of threads: all of that may be held by threads of the caller that
wait for the very call, as those of Starlette's and FastAPI's plain functions may.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from anyio import CancelScope, CapacityLimiter, create_task_group, to_thread
from anyio.lowlevel import RunVar, checkpoint_if_cancelled

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

#: Threads of one event loop; anyio's own number.
_THREADS: Final = 40

_limiter: Final[RunVar[CapacityLimiter]] = RunVar("connect_sms_threads")


async def in_thread(function: Callable[[], T]) -> T:
    """Call a function in a thread.

    A thread is not interrupted: a task that is cancelled meanwhile may wait for its end, and gets no result.
    """
    limiter = _limiter.get(None)
    if limiter is None:
        limiter = CapacityLimiter(_THREADS)
        _limiter.set(limiter)
    result = await to_thread.run_sync(function, limiter=limiter)
    await checkpoint_if_cancelled()
    return result


async def in_thread_shielded(function: Callable[[], T]) -> T:
    """Call a function in a thread, and wait for its end, even when the task is being cancelled.

    In a task of its own: no scope of anyio holds off asyncio's `Task.cancel`, which task groups and timeouts
    of asyncio use.

    Raises:
        Exception: What the function raised.
    """
    results: list[T] = []
    failures: list[Exception] = []

    async def call() -> None:
        with CancelScope(shield=True):
            try:
                results.append(await in_thread(function))
            except Exception as problem:  # noqa: BLE001  leaving the group, it would be wrapped
                failures.append(problem)

    async with create_task_group() as group:
        group.start_soon(call)
    if failures:
        raise failures.pop()
    return results.pop()
