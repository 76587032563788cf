"""Ctrl-C and cancellation in the middle of a batch, and what is then known of each recipient."""

from __future__ import annotations

import asyncio
import functools
import gc
import sys
from typing import TYPE_CHECKING, Any

import anyio
import pytest

from tests.support import TEXT, answer
from tests.unit.batch.last import Last
from tests.unit.batch.sender import Sender
from tests.unit.batch.server import TWO_BY_TWO, Server, accept, indexes, number, numbers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType, FrameType

    import httpx

    from connect_sms import AsyncSmsClient, BatchProgress


def test_ctrl_c_on_the_wire_leaves_that_request_unknown() -> None:
    server, last = Server(accept, KeyboardInterrupt()), Last()
    with pytest.raises(KeyboardInterrupt) as caught:
        Sender("sync")(server, numbers(6), client=TWO_BY_TWO, progress=last)
    result = last.result
    assert (indexes(result.accepted), indexes(result.unknown)) == ([0, 1], [2, 3])
    assert indexes(result.not_sent) == [4, 5]
    assert any("may have been sent" in note for note in caught.value.__notes__)


def test_ctrl_c_while_waiting_for_another_try_leaves_nothing_unknown() -> None:
    sender, last = Sender("sync"), Last()

    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    sender.clock.sleep = interrupt  # type: ignore[method-assign, assignment]
    with pytest.raises(KeyboardInterrupt):
        sender(Server(accept, answer(429)), numbers(6), client=TWO_BY_TWO, progress=last)
    result = last.result
    assert (indexes(result.accepted), indexes(result.unknown)) == ([0, 1], [])
    assert indexes(result.not_sent) == [2, 3, 4, 5]


def test_ctrl_c_in_a_progress_callback_loses_nobody() -> None:
    calls: list[BatchProgress] = []

    def progress(told: BatchProgress) -> None:
        calls.append(told)
        if len(calls) == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Sender("sync")(Server(), numbers(6), client=TWO_BY_TWO, progress=progress)
    result = calls[-1].result
    assert result is not None
    assert (indexes(result.accepted), indexes(result.not_sent)) == ([0, 1], [2, 3, 4, 5])


#: Where the sweep below does not interrupt: what closes the tracker, once for all, and a place between a
#: `for` and its `yield`, where the interpreter never looks for signals (it does on calls and on jumps back).
SPARED = frozenset(
    {"until_end", "close", "result", "final_progress", "report_end", "_progress", "_sum", "_watch"}
)

SWEPT = ("_batch/", "_transport/effects")


@functools.cache
def is_swept(code: CodeType) -> bool:
    module = code.co_filename.replace("\\", "/").rpartition("/connect_sms/")[2]
    return module.startswith(SWEPT) and SPARED.isdisjoint(code.co_qualname.split("."))


class Interrupter:
    """A trace function that raises KeyboardInterrupt at the n-th line run in the batch's modules."""

    def __init__(self, line: int) -> None:
        self.left = line

    def __call__(self, frame: FrameType, event: str, _: Any) -> Any:
        if event == "call" and not is_swept(frame.f_code):
            return None
        if event == "line":
            self.left -= 1
            if self.left == 0:
                raise KeyboardInterrupt
        return self


def test_ctrl_c_at_any_line_loses_nobody_and_doubles_nobody() -> None:
    given = [*numbers(3), "wrong", number(4)]
    interrupted = 0
    gc.collect()
    gc.freeze()  # nothing that earlier tests left is looked through again and again
    for line in range(1, 5000):
        server, last, taken = Server(), Last(), list[Any]()

        def recipients(into: list[Any] = taken) -> Iterator[Any]:
            for one in given:
                into.append(one)
                yield one

        gc.collect()  # or what is left of the run before would be what is interrupted
        before, interrupter = sys.gettrace(), Interrupter(line)
        sys.settrace(interrupter)
        try:
            Sender("sync")(server, recipients(), client=TWO_BY_TWO, on_invalid="reject", progress=last)
        except KeyboardInterrupt:
            interrupted += 1
        finally:
            sys.settrace(before)
        if interrupter.left > 0:
            break
        if not last.calls:
            assert not taken, "interrupted before it began"
            continue
        result = last.result
        assert indexes(result) == list(range(len(taken)))
        assert all(server.seen[row.destination] == 1 for row in result.accepted)
        assert all(server.seen[row.destination] <= 1 for row in result.unknown)
        assert all(server.seen[row.destination] == 0 for row in result.not_sent)
    assert interrupted > 300


def _cancelled(sender: Sender, handle: Any, messages: Any, last: Last, **settings: Any) -> bool:
    """Send a batch to a server that is given the scope to cancel; true when it was cancelled."""
    scope: anyio.CancelScope

    async def server(request: httpx.Request) -> httpx.Response:
        reply: httpx.Response = await handle(scope, request)
        return reply

    async def send(sms: AsyncSmsClient) -> bool:
        nonlocal scope
        with anyio.CancelScope() as scope:
            await sms.send_batch(messages, TEXT, progress=last)
        return scope.cancelled_caught

    return bool(sender.run(server, send, **settings))


def _cancelling(sender: Sender, when: int, last: Last, **settings: Any) -> Server:
    """Send 6 messages two by two, and cancel from inside the n-th request, while it is on the wire."""
    server = Server()

    async def handle(scope: anyio.CancelScope, request: httpx.Request) -> httpx.Response:
        reply = server(request)
        if len(server.documents) == when:
            scope.cancel()
            await anyio.sleep_forever()
        return reply

    assert _cancelled(sender, handle, numbers(6), last, **settings)
    return server


def test_a_cancelled_task_tells_what_is_known(async_sender: Sender) -> None:
    last = Last()
    server = _cancelling(async_sender, 2, last, **TWO_BY_TWO)
    result = last.result
    assert (indexes(result.accepted), indexes(result.unknown)) == ([0, 1], [2, 3])
    assert indexes(result.not_sent) == [4, 5]
    assert set(server.seen) == set(numbers(4))


@pytest.mark.parametrize("when", [1, 2, 3])
def test_a_cancelled_task_with_many_requests_in_flight_loses_nobody(async_sender: Sender, when: int) -> None:
    last = Last()
    server = _cancelling(async_sender, when, last, batch_size=2, batch_concurrency=3)
    assert indexes(last.result) == list(range(6))
    assert {row.destination for row in last.result.not_sent}.isdisjoint(server.seen)


def test_a_request_given_up_while_it_waits_never_goes_out_after_all(async_sender: Sender) -> None:
    last, server, waiting = Last(), Server(answer(429), answer(429), answer(429)), 0

    async def main(sms: AsyncSmsClient) -> None:
        all_wait = anyio.Event()
        with anyio.CancelScope() as scope:

            async def asleep(_: float) -> None:
                nonlocal waiting
                waiting += 1
                if waiting == 3:
                    scope.cancel()
                    all_wait.set()
                # Runs on after the cancellation, as a task may that was about to.
                with anyio.CancelScope(shield=True):
                    await all_wait.wait()
                    await anyio.sleep(0.01)

            async_sender.clock.asleep = asleep  # type: ignore[method-assign, assignment]
            await sms.send_batch(numbers(6), TEXT, progress=last)

    async_sender.run(server, main, batch_size=1, batch_concurrency=3)
    assert indexes(last.result.not_sent) == [0, 1, 2, 3, 4, 5]
    assert server.sizes == [1, 1, 1]


def test_an_answer_that_comes_after_the_end_changes_nothing_that_was_told(async_sender: Sender) -> None:
    async def handle(scope: anyio.CancelScope, request: httpx.Request) -> httpx.Response:
        scope.cancel()
        with anyio.CancelScope(shield=True):
            await anyio.sleep(0.01)
        return Server()(request)

    last = Last()
    _cancelled(async_sender, handle, numbers(2), last)
    told = last.result
    assert (indexes(told.unknown), told.accepted) == ([0, 1], ())


def test_asyncio_sees_its_own_cancelled_error() -> None:
    started = asyncio.Event()

    async def handle(_: httpx.Request) -> httpx.Response:
        started.set()
        await anyio.sleep_forever()
        raise AssertionError

    async def main(sms: AsyncSmsClient) -> None:
        task = asyncio.ensure_future(sms.send_batch(numbers(2), TEXT))
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    Sender("asyncio").run(handle, main)
