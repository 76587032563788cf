"""Leaving the loop over `iter_batch`: what is under way ends, and nothing more is sent."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

import anyio
import pytest

from connect_sms import AsyncSmsClient, BatchProgress, BatchRequestResult, SmsClient
from tests.support import TEXT
from tests.unit.batch.iteration import Yielded, iterate, unfinished
from tests.unit.batch.sender import Sender
from tests.unit.batch.server import TWO_BY_TWO, Server, accept, indexes, number, numbers

if TYPE_CHECKING:
    import httpx


def test_a_loop_that_is_left_sends_nothing_more(sender: Sender) -> None:
    server, calls = Server(), list[BatchProgress]()
    source = iter(numbers(100))
    iterate(sender, server, source, leave=lambda request: request.number == 1, progress=calls.append)
    gc.collect()
    assert server.sizes == [2, 2]
    assert next(source) == number(4), "nothing was taken ahead"
    assert len(unfinished(calls)) == 0, "what was yielded is the caller's"
    assert calls[-1].counts == {"accepted": 4, "rejected": 0, "unknown": 0, "not_sent": 0}


def test_an_exception_in_the_loop_is_the_callers_own(sender: Sender) -> None:
    server, calls = Server(), list[BatchProgress]()

    def fail(_: BatchRequestResult) -> bool:
        raise LookupError

    with pytest.raises(LookupError):
        iterate(sender, server, numbers(10), leave=fail, progress=calls.append)
    gc.collect()
    assert server.sizes == [2]
    assert indexes(unfinished(calls).not_sent) == list(range(2, 10))


def test_closing_the_generator_ends_it(sender: Sender) -> None:
    server, calls = Server(), list[BatchProgress]()

    def blocking(sms: SmsClient) -> int:
        requests = sms.iter_batch(numbers(6), TEXT, progress=calls.append)
        next(requests)
        requests.close()
        return len(list(requests))

    async def asynchronous(sms: AsyncSmsClient) -> int:
        requests = sms.iter_batch(numbers(6), TEXT, progress=calls.append)
        await anext(requests)
        await requests.aclose()
        return len([request async for request in requests])

    function: Any = asynchronous if sender.is_async else blocking
    assert sender.run(server, function, **TWO_BY_TWO) == 0
    assert server.sizes == [2]
    assert indexes(unfinished(calls).not_sent) == [2, 3, 4, 5]


def test_one_that_nobody_iterates_over_sends_nothing(sender: Sender) -> None:
    server = Server()

    async def asynchronous(sms: AsyncSmsClient) -> None:
        sms.iter_batch(numbers(6), TEXT)

    sender.run(server, asynchronous if sender.is_async else lambda sms: sms.iter_batch(numbers(6), TEXT))
    assert server.documents == []


def test_ctrl_c_on_the_wire_leaves_that_request_unknown() -> None:
    calls, yielded = list[BatchProgress](), Yielded()
    with pytest.raises(KeyboardInterrupt):
        iterate(
            Sender("sync"),
            Server(accept, KeyboardInterrupt()),
            numbers(6),
            into=yielded,
            progress=calls.append,
        )
    assert [indexes(request.accepted) for request in yielded] == [[0, 1]]
    result = unfinished(calls)
    assert (indexes(result.unknown), indexes(result.not_sent), result.accepted) == ([2, 3], [4, 5], ())
    assert calls[-1].counts == {"accepted": 2, "rejected": 0, "unknown": 2, "not_sent": 2}


@pytest.mark.parametrize("concurrency", [1, 3])
def test_a_cancelled_task_leaves_what_is_under_way_unknown(async_sender: Sender, concurrency: int) -> None:
    server, calls, yielded = Server(), list[BatchProgress](), Yielded()

    scope: anyio.CancelScope

    async def handle(request: httpx.Request) -> httpx.Response:
        reply = server(request)
        if number(9).encode() in request.content:
            scope.cancel()
            await anyio.sleep_forever()
        return reply

    async def main(sms: AsyncSmsClient) -> bool:
        nonlocal scope
        with anyio.CancelScope() as scope:
            async for request in sms.iter_batch(numbers(20), TEXT, progress=calls.append):
                yielded.append(request)
        return scope.cancelled_caught

    assert async_sender.run(handle, main, batch_size=2, batch_concurrency=concurrency)
    result = unfinished(calls)
    told = [row for request in yielded for row in request] + list(result)
    assert sorted(indexes(told)) == list(range(20)), "everybody once"
    assert {8, 9} <= set(indexes(result.unknown))
    assert set(server.seen).isdisjoint(row.destination for row in result.not_sent)


@pytest.mark.parametrize("concurrency", [2, 4])
def test_requests_go_together_and_none_is_under_way_while_the_caller_has_one(
    async_sender: Sender, concurrency: int
) -> None:
    server, in_flight, most = Server(), 0, 0

    async def handle(request: httpx.Request) -> httpx.Response:
        nonlocal in_flight, most
        in_flight += 1
        most = max(most, in_flight)
        await anyio.sleep(0.001)
        in_flight -= 1
        return server(request)

    def idle(_: BatchRequestResult) -> bool:
        assert in_flight == 0
        return False

    client = {"batch_size": 2, "batch_concurrency": concurrency}
    requests = iterate(async_sender, handle, numbers(25), client=client, leave=idle)
    assert most == concurrency
    assert sorted(request.number for request in requests) == list(range(13))


def test_a_loop_may_be_left_inside_a_cancel_scope_that_began_within_it(async_sender: Sender) -> None:
    """A task group left open behind a `yield` would corrupt the caller's own scopes."""

    async def main(sms: AsyncSmsClient) -> int:
        requests = sms.iter_batch(numbers(20), TEXT)
        with anyio.fail_after(5):
            await anext(requests)
        with anyio.fail_after(5):
            second = await anext(requests)
        return second.number

    client = {"batch_size": 2, "batch_concurrency": 3}
    assert async_sender.run(Server(), main, **client) in {0, 1, 2}


def test_two_tasks_cannot_iterate_over_one_batch(async_sender: Sender) -> None:
    async def handle(request: httpx.Request) -> httpx.Response:
        await anyio.sleep(0.01)
        return Server()(request)

    async def main(sms: AsyncSmsClient) -> list[int]:
        requests, found = sms.iter_batch(numbers(4), TEXT), list[int]()

        async def first() -> None:
            found.append((await anext(requests)).number)

        async with anyio.create_task_group() as group:
            group.start_soon(first)
            await anyio.sleep(0.001)
            for wrong in (anext(requests), requests.aclose()):
                with pytest.raises(RuntimeError, match="two tasks"):
                    await wrong
        return found

    assert async_sender.run(handle, main, **TWO_BY_TWO) == [0]
