"""`iter_batch`: each finished request, and what leaving the loop does."""

from __future__ import annotations

import gc
import json
import tracemalloc
from itertools import count, islice
from typing import TYPE_CHECKING, Any

import anyio
import pytest

from connect_sms import (
    AsyncSmsClient,
    AuthenticationFailed,
    BatchInterrupted,
    BatchProgress,
    BatchRequestResult,
    InvalidArgument,
    InvalidBatch,
    OutcomeUnknown,
    SmsClient,
)
from tests.support import TEXT, answer
from tests.unit.batch.sender import Sender
from tests.unit.batch.server import (
    ONE_BY_ONE,
    TWO_BY_TWO,
    Server,
    accept,
    indexes,
    number,
    numbers,
    some_of_each,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    import httpx


Yielded = list[BatchRequestResult]


def iterate(
    sender: Sender,
    server: Any,
    messages: Any,
    *,
    client: Any = TWO_BY_TWO,
    into: Yielded | None = None,
    leave: Callable[[BatchRequestResult], bool] = lambda _: False,
    **arguments: Any,
) -> Yielded:
    """What is yielded, until `leave` says to break out of the loop."""
    yielded: Yielded = [] if into is None else into

    def blocking(sms: SmsClient) -> Yielded:
        for request in sms.iter_batch(messages, TEXT, **arguments):
            yielded.append(request)
            if leave(request):
                break
        return yielded

    async def asynchronous(sms: AsyncSmsClient) -> Yielded:
        requests = sms.iter_batch(messages, TEXT, **arguments)
        async for request in requests:
            yielded.append(request)
            if leave(request):
                break
        del requests
        return yielded

    function: Any = asynchronous if sender.is_async else blocking
    found: Yielded = sender.run(server, function, messages, **client)
    return found


def unfinished(calls: list[BatchProgress]) -> Any:
    """The result told with the last call of `progress`."""
    assert [call.ended for call in calls].count(True) == 1
    assert calls[-1].result is not None
    return calls[-1].result


def test_each_request_is_yielded_with_its_recipients(sender: Sender) -> None:
    server = Server(some_of_each)
    client = {"batch_size": 3, "batch_concurrency": 1}
    first, second = iterate(sender, server, numbers(5), client=client, client_batch_id="friday")
    assert (indexes(first.accepted), indexes(first.rejected), indexes(first.unknown)) == ([0], [1], [2])
    assert indexes(first.results) == indexes(first) == [0, 1, 2]
    assert first.counts == {"accepted": 1, "rejected": 1, "unknown": 1, "not_sent": 0}
    assert (first.number, first.batch_id, first.client_batch_id) == (0, "batch-1", "friday")
    assert first.response is not None
    assert first.error is None
    assert not first.ok
    assert (second.number, second.ok, indexes(second)) == (1, True, [3, 4])


def test_an_unknown_outcome_carries_its_error_and_the_others_go_on(sender: Sender) -> None:
    first, second = iterate(sender, Server(answer(500)), numbers(4))
    assert isinstance(first.error, OutcomeUnknown)
    assert (indexes(first.unknown), indexes(second.accepted)) == ([0, 1], [2, 3])


def test_a_request_is_ready_for_json_with_its_numbers_masked(sender: Sender) -> None:
    [request] = iterate(sender, Server(answer(500)), numbers(1), client_batch_id="friday")
    found = request.to_dict()
    assert json.loads(json.dumps(found)) == found
    assert found["unknown"][0]["destination"] == "+4477*****000"
    assert found["error"]["type"] == "OutcomeUnknown"
    assert (found["number"], found["ok"], found["client_batch_id"]) == (0, False, "friday")
    assert request.to_dict(show_numbers=True)["unknown"][0]["destination"] == number(0)
    assert number(0) not in repr(request)


def test_send_batch_adds_up_what_iter_batch_yields(sender: Sender) -> None:
    given = [*numbers(3), "wrong", number(4), number(5), "wrong", "wrong", "wrong"]
    replies = (accept, answer(500))
    requests = iterate(sender, Server(*replies), given, on_invalid="reject")
    whole = sender(Server(*replies), given, client=TWO_BY_TWO, on_invalid="reject")
    for outcome in ("accepted", "rejected", "unknown", "not_sent"):
        rows = [row for request in requests for row in getattr(request, outcome)]
        assert indexes(rows) == indexes(getattr(whole, outcome))
    assert [request.number for request in requests] == [0, 1, 2, 3]
    assert indexes(row for request in requests for row in request) == list(range(9))


def test_wrong_messages_alone_are_yielded_without_a_request_and_not_hoarded(sender: Sender) -> None:
    server, calls = Server(), list[BatchProgress]()
    requests = iterate(sender, server, iter(["wrong"] * 5), on_invalid="reject", progress=calls.append)
    assert [indexes(request.rejected) for request in requests] == [[0, 1], [2, 3], [4]]
    assert server.documents == []
    assert [(call.rejected, call.ended) for call in calls] == [(5, True)]


# What stops it


def test_one_wrong_message_of_a_list_stops_it_before_anything_is_sent(sender: Sender) -> None:
    server, yielded = Server(), Yielded()
    with pytest.raises(InvalidBatch):
        iterate(sender, server, [*numbers(5), "wrong"], into=yielded)
    assert (server.documents, yielded) == ([], [])


def test_one_wrong_message_of_an_iterator_stops_it_and_says_what_has_gone(sender: Sender) -> None:
    calls, yielded = list[BatchProgress](), Yielded()
    source = iter([*numbers(3), "wrong", *numbers(50)])
    with pytest.raises(BatchInterrupted) as caught:
        iterate(sender, Server(), source, into=yielded, progress=calls.append)
    error = caught.value
    assert [indexes(request.accepted) for request in yielded] == [[0, 1]]
    assert isinstance(error.__cause__, InvalidBatch)
    assert (indexes(error.result.not_sent), indexes(error.result.rejected)) == ([2], [3])
    assert error.result.accepted == ()
    assert error.counts == {"accepted": 2, "rejected": 1, "unknown": 0, "not_sent": 1}
    assert error.may_have_been_sent
    assert "2 accepted, 1 rejected, 0 unknown, 1 not sent" in str(error)
    assert next(source) == number(0), "nothing was taken beyond the request of the wrong message"
    assert unfinished(calls) is error.result
    assert calls[-1].counts == error.counts


def test_a_refusal_stops_it(sender: Sender) -> None:
    yielded = Yielded()
    with pytest.raises(AuthenticationFailed):
        iterate(sender, Server(answer(401)), numbers(4), into=yielded)
    assert [indexes(request.not_sent) for request in yielded] == [[0, 1]]
    assert isinstance(yielded[0].error, AuthenticationFailed)
    with pytest.raises(BatchInterrupted) as caught:
        iterate(sender, Server(accept, answer(401)), numbers(6))
    assert isinstance(caught.value.__cause__, AuthenticationFailed)
    assert indexes(caught.value.result.not_sent) == [4, 5]
    assert caught.value.may_have_been_sent


def test_three_unknown_outcomes_in_a_row_stop_it(sender: Sender) -> None:
    yielded = Yielded()
    with pytest.raises(BatchInterrupted, match="OutcomeUnknown") as caught:
        iterate(sender, Server(*[answer(500)] * 9), numbers(9), client=ONE_BY_ONE, into=yielded)
    assert "3 requests in a row without a usable answer" in str(caught.value.__cause__)
    assert [indexes(request.unknown) for request in yielded] == [[0], [1], [2]]
    assert caught.value.counts == {"accepted": 0, "rejected": 0, "unknown": 3, "not_sent": 6}


def test_a_wrong_argument_is_heard_with_the_first_result(sender: Sender) -> None:
    with pytest.raises(InvalidArgument, match="on_invalid"):
        iterate(sender, Server(), numbers(2), on_invalid="ignore")


# Leaving the loop


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


# Endless sources


def test_nothing_is_kept_of_requests_that_are_done() -> None:
    def lean(request: httpx.Request) -> httpx.Response:
        found = request.content.count(b'"clientMessageId"')
        return answer(200, {"acceptedCount": found, "rejectedCount": 0, "messages": None})

    def endless() -> Iterator[dict[str, str]]:
        return (
            {"destination": number(place % 90_000), "client_message_id": f"id-{place}"} for place in count()
        )

    def held_after(requests: int, sms: SmsClient) -> int:
        iteration = sms.iter_batch(endless(), TEXT)
        for _ in islice(iteration, requests):
            pass
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    def measure(sms: SmsClient) -> tuple[int, int]:
        tracemalloc.start()
        try:
            return held_after(10, sms), held_after(200, sms)
        finally:
            tracemalloc.stop()

    few, many = Sender("sync").run(lean, measure, batch_size=100)
    assert many - few < 50_000, "bytes that 19,000 further recipients left behind"


def test_an_endless_asynchronous_source_is_taken_no_further_than_asked(async_sender: Sender) -> None:
    taken = 0

    async def endless() -> AsyncIterator[str]:
        nonlocal taken
        for place in count():
            taken += 1
            yield number(place)

    iterate(async_sender, Server(), endless(), leave=lambda request: request.number == 4)
    assert taken == 10


def test_an_id_of_the_callers_is_compared_with_what_is_not_yielded_yet(sender: Sender) -> None:
    twice = {"destination": number(0), "client_message_id": "same"}
    with pytest.raises(InvalidBatch, match="same client_message_id"):
        iterate(sender, Server(), iter([twice, twice]))
    requests = iterate(sender, Server(), iter([twice, number(1), twice]))
    assert [len(request.accepted) for request in requests] == [2, 1]
