"""`iter_batch`: each finished request with its recipients, and what stops it."""

from __future__ import annotations

import gc
import json
import tracemalloc
from itertools import count, islice
from typing import TYPE_CHECKING

import pytest

from connect_sms import (
    AuthenticationFailed,
    BatchInterrupted,
    BatchProgress,
    InvalidArgument,
    InvalidBatch,
    OutcomeUnknown,
    SmsClient,
)
from tests.support import TEXT, answer
from tests.unit.batch.iteration import Yielded, iterate, unfinished
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
    from collections.abc import AsyncIterator, Iterator

    import httpx


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

    few, many = Sender("sync").run(lean, measure, batch_size=10)
    assert many - few < 5_000, "bytes that 1,900 further recipients left behind"


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
