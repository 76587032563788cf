"""Blocking calls of an event loop: in threads of their own, to the end where that is asked for."""

from __future__ import annotations

import asyncio
import threading

import anyio
import httpx
import pytest
from anyio import from_thread, to_thread

from connect_sms._transport.async_http_pool import AsyncHttpPool
from connect_sms._transport.connection import Connection
from connect_sms._transport.effects import Request
from connect_sms._transport.threads import in_thread, in_thread_shielded
from connect_sms.config import Timeout

PATIENCE = 60.0
LOOPS = ("asyncio", "trio")


@pytest.mark.parametrize("loop", LOOPS)
def test_no_thread_of_the_caller_is_waited_for(loop: str) -> None:
    async def main() -> list[str]:
        to_thread.current_default_thread_limiter().total_tokens = 1
        with anyio.fail_after(PATIENCE):
            # The only thread that anyio allows waits for the calls.
            return [
                await to_thread.run_sync(from_thread.run, call, lambda: "called")
                for call in (in_thread, in_thread_shielded)
            ]

    assert anyio.run(main, backend=loop) == ["called", "called"]


class FullSink:
    """Is full at once."""

    def __init__(self) -> None:
        self.is_full = True
        self.flushed = 0

    def take(self, piece: bytes) -> bool:
        return True

    def flush(self) -> None:
        self.flushed += 1


@pytest.mark.parametrize("loop", LOOPS)
def test_nor_for_writing_a_file(loop: str) -> None:
    sink = FullSink()

    async def download() -> None:
        transport = httpx.MockTransport(lambda _: httpx.Response(200, content=b"a piece"))
        pool = AsyncHttpPool(Connection(transport=transport))
        await pool.download(Request("GET", "https://sms.example.test/log", [], b"", Timeout()), sink)
        await pool.aclose()

    async def main() -> None:
        to_thread.current_default_thread_limiter().total_tokens = 1
        with anyio.fail_after(PATIENCE):
            await to_thread.run_sync(from_thread.run, download)

    anyio.run(main, backend=loop)
    assert sink.flushed


@pytest.mark.parametrize("loop", LOOPS)
def test_a_scope_cancelled_before_a_shielded_call_does_not_stop_it(loop: str) -> None:
    called: list[bool] = []

    async def main() -> bool:
        with anyio.CancelScope() as scope:
            scope.cancel()
            await in_thread_shielded(lambda: called.append(True))
            await anyio.lowlevel.checkpoint()
        return scope.cancelled_caught

    assert anyio.run(main, backend=loop)
    assert called == [True]


@pytest.mark.parametrize("steps", range(4))
def test_a_task_cancelled_by_asyncio_ends_after_its_shielded_call(steps: int) -> None:
    called: list[bool] = []
    cancelled = threading.Event()

    async def main() -> None:
        task = asyncio.create_task(in_thread_shielded(lambda: called.append(cancelled.wait(PATIENCE))))
        for _ in range(1 + steps):
            await asyncio.sleep(0)
        task.cancel()
        cancelled.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert called == [True]

    asyncio.run(main())


@pytest.mark.parametrize("loop", LOOPS)
def test_a_failure_of_a_shielded_call_is_raised_as_it_is(loop: str) -> None:
    def fail() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        anyio.run(in_thread_shielded, fail, backend=loop)
