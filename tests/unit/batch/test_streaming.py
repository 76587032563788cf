"""A batch of any length: requests in flight are bounded, and so is what is taken and kept ahead of them."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING, Any

import anyio
import anyio.lowlevel
import pytest

from tests.support import answer
from tests.unit.batch.sender import Sender
from tests.unit.batch.server import Document, Server, accept, number, numbers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    import httpx


class Gauge:
    """A server that measures how many requests are in flight, and holds each for a while."""

    def __init__(self) -> None:
        self.server = Server()
        self.in_flight = 0
        self.most = 0

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.in_flight += 1
        self.most = max(self.most, self.in_flight)
        for _ in range(30):
            await anyio.lowlevel.checkpoint()
        self.in_flight -= 1
        return self.server(request)


@pytest.mark.parametrize("concurrency", [1, 2, 4, 7])
@pytest.mark.parametrize("source", [list, iter])
def test_as_many_requests_are_in_flight_as_allowed_and_never_more(
    async_sender: Sender, source: Any, concurrency: int
) -> None:
    gauge = Gauge()
    client = {"batch_size": 2, "batch_concurrency": concurrency}
    result = async_sender(gauge, source(numbers(40)), client=client)
    assert gauge.most == concurrency
    assert [row.destination for row in result.accepted] == numbers(40)


def test_the_blocking_client_sends_one_after_the_other_whatever_is_allowed() -> None:
    server = Server()
    Sender("sync")(server, numbers(9), client={"batch_size": 2, "batch_concurrency": 8})
    assert [message["destination"] for message in server.messages] == numbers(9)


class Stop(Exception):
    """Raised by an endless generator once it was asked for enough."""


@pytest.mark.parametrize("asynchronous", [False, True])
@pytest.mark.parametrize("concurrency", [1, 3])
def test_an_endless_generator_is_not_run_ahead_of(
    sender: Sender,
    asynchronous: bool,  # noqa: FBT001  a table's column
    concurrency: int,
) -> None:
    size, taken, sent, furthest = 5, 0, 0, 0

    def endless() -> Iterator[str]:
        nonlocal taken, furthest
        while taken < 100:
            taken += 1
            furthest = max(furthest, taken - sent)
            yield number(taken)
        raise Stop

    async def endless_async() -> AsyncIterator[str]:
        for one in endless():
            yield one

    def count(document: Document) -> httpx.Response:
        nonlocal sent
        sent += len(document["messages"])
        return accept(document)

    server = Server(*[count] * 40)
    client = {"batch_size": size, "batch_concurrency": concurrency}
    source = endless_async() if asynchronous and sender.is_async else endless()
    with pytest.raises(Exception, match="half-way"):
        sender(server, source, client=client)
    in_flight = concurrency if sender.is_async else 1
    assert furthest <= (in_flight + 1) * size
    assert sent == 100


@pytest.mark.parametrize("count", [20_000, pytest.param(200_000, marks=pytest.mark.nightly)])
def test_many_recipients_are_not_held_twice(count: int) -> None:
    """A recipient of a generator costs what its result costs, and little more, at any time."""

    def lean(request: httpx.Request) -> httpx.Response:
        found = request.content.count(b'"clientMessageId"')
        return answer(200, {"acceptedCount": found, "rejectedCount": 0, "messages": None})

    tracemalloc.start()
    try:
        result = Sender("sync")(lean, (number(place) for place in range(count)), client={"batch_size": 2_000})
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(result.accepted) == count
    assert kept / count < 400, "bytes for each result, its number and its id"
    assert (peak - kept) / count < 150, "bytes for each recipient beside its result"
