"""What a client does in a forked child, one rule at a time; test_fork.py plays the whole of it."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from connect_sms import ConfigurationError, ManualClock, SmsClient
from connect_sms._transport.rate_limit import shared_rate_limiter
from connect_sms.sandbox import Sandbox
from tests.support.callers import KEY, NUMBER, SUB_ACCOUNT, TEXT
from tests.support.forking import Child, fork, in_child, silent_fork
from tests.support.stray_answers import StrayServer, nothing
from tests.support.transports import client_on, only_httpx
from tests.support.wire_server import queued_body, umid_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")

FORKS = [
    pytest.param(fork, id="os.fork"),
    pytest.param(
        silent_fork,
        id="unannounced",
        marks=pytest.mark.skipif(sys.platform != "linux", reason="calls the C library"),
    ),
]
ASYNCHRONOUS = ("httpx, asyncio", "aiohttp")


@pytest.fixture
def server() -> Iterator[StrayServer]:
    with StrayServer(nothing) as running:
        yield running


def send(client: SmsClient, own: str) -> bool:
    """Whether a message was accepted under its own UMID."""
    return client.send(NUMBER, TEXT, client_message_id=own).umid == umid_for(own)


async def asend(client: Any, own: str) -> bool:
    sent = await client.send(NUMBER, TEXT, client_message_id=own)
    return bool(sent.umid == umid_for(own))


def refused(call: Callable[[], object]) -> str:
    """What is said before anything is sent."""
    with pytest.raises(ConfigurationError) as caught:
        call()
    assert not caught.value.may_have_been_sent
    return str(caught.value)


def on_mock(transport: httpx.BaseTransport, **options: Any) -> SmsClient:
    return SmsClient(
        api_key=KEY,
        sub_account_id=SUB_ACCOUNT,
        base_url="https://sms.example",
        transport=transport,
        **options,
    )


@pytest.mark.parametrize("way", FORKS)
def test_the_child_opens_a_connection_and_the_parent_keeps_its_own(
    server: StrayServer, way: Callable[[], int]
) -> None:
    with client_on("httpx, blocking", server.url) as client:
        assert send(client, "parent-1")
        assert server.connections == 1
        assert in_child(lambda: [send(client, "child-1"), send(client, "child-2"), client.close()], way) == [
            True,
            True,
            None,
        ]
        assert server.connections == 2
        assert send(client, "parent-2")
        assert server.connections == 2


@pytest.mark.parametrize("way", FORKS)
def test_what_is_closed_stays_closed(server: StrayServer, way: Callable[[], int]) -> None:
    client = client_on("httpx, blocking", server.url)
    send(client, "parent-1")
    client.close()
    assert "closed" in in_child(lambda: refused(lambda: send(client, "child-1")), way)
    with client_on("httpx, blocking", server.url) as client:
        assert "closed" in in_child(
            lambda: [client.close(), refused(lambda: send(client, "child-1"))][1], way
        )


@pytest.mark.parametrize("way", FORKS)
@pytest.mark.parametrize("transport", ASYNCHRONOUS)
def test_an_asynchronous_client_that_was_not_used_works_in_the_child(
    server: StrayServer, transport: str, way: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    if transport != "aiohttp":
        only_httpx(monkeypatch)
    client = client_on(transport, server.url)

    async def use() -> bool:
        async with client:
            return await asend(client, "child-1")

    assert in_child(lambda: asyncio.run(use()), way) is True


@pytest.mark.parametrize("way", FORKS)
@pytest.mark.parametrize("transport", ASYNCHRONOUS)
def test_one_that_was_used_is_refused_in_the_child_and_goes_on_in_the_parent(
    server: StrayServer, transport: str, way: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    if transport != "aiohttp":
        only_httpx(monkeypatch)
    client = client_on(transport, server.url)

    async def in_the_child() -> str:
        with pytest.raises(ConfigurationError, match="used before the process was forked") as caught:
            await asend(client, "child-1")
        await client.aclose()
        return str(caught.value)

    async def use() -> None:
        async with client:
            assert await asend(client, "parent-1")
            child = await asyncio.to_thread(Child, lambda: asyncio.run(in_the_child()), way)
            assert "make one in each process" in await asyncio.to_thread(child.result)
            assert await asend(client, "parent-2")

    asyncio.run(use())
    assert server.connections == 1
    assert set(server.accepted) == {"parent-1", "parent-2"}


@pytest.mark.parametrize("transport", ASYNCHRONOUS)
def test_the_parents_event_loop_in_the_child_takes_no_answer(
    server: StrayServer, transport: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both loops watch one list of sockets in the kernel."""
    if transport != "aiohttp":
        only_httpx(monkeypatch)
    client = client_on(transport, server.url, timeout=1.0)
    take, put = os.pipe()

    async def run_idly() -> None:
        os.write(put, b"1")
        await asyncio.sleep(60)

    with asyncio.Runner() as runner:
        assert runner.run(asend(client, "parent-0"))
        child = Child(lambda: runner.run(run_idly()))
        os.read(take, 1)
        try:
            assert all(runner.run(asend(client, f"parent-{at}")) for at in range(1, 20))
        finally:
            child.kill()
            os.close(take)
            os.close(put)
            runner.run(client.aclose())
    assert server.connections == 1


def test_a_transport_of_ones_own_is_refused_in_the_child() -> None:
    class Own(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            own = request.read()
            return httpx.Response(200, content=queued_body("c-1")) if own else httpx.Response(500)

    with on_mock(Own()) as client:
        assert send(client, "c-1")
        assert "make the client in each process" in in_child(lambda: refused(lambda: send(client, "c-1")))
        assert send(client, "c-1")


def test_a_sandbox_stays_with_the_parent() -> None:
    with Sandbox() as sandbox, sandbox.client() as client:
        client.send(NUMBER, TEXT)
        assert "make the client in each process" in in_child(lambda: refused(lambda: send(client, "c-1")))
        client.send(NUMBER, TEXT)
        assert len(sandbox.messages) == 2


def test_a_mock_works_in_both() -> None:
    mock = httpx.MockTransport(lambda _: httpx.Response(200, content=queued_body("c-1")))
    with on_mock(mock) as client:
        assert send(client, "c-1")
        assert in_child(lambda: send(client, "c-1")) is True


def test_a_lock_that_another_thread_held_does_not_stop_the_child() -> None:
    limiter = shared_rate_limiter(ManualClock(), "https://sms.example", "acme")
    assert limiter.reserve(0.0, 1.0) == 0.0
    with limiter._lock:
        assert in_child(lambda: limiter.reserve(0.0, 1.0)) == 1.0
