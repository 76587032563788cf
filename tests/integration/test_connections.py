"""Real connections on this machine: what a broken one means, on httpx's transport and on aiohttp's.

Only the server can say how many requests it read; it is asked after every failure.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import trio

from connect_sms import (
    AsyncSmsClient,
    ConfigurationError,
    ConnectionFailed,
    MessageRejected,
    NoResponse,
    OutcomeUnknown,
    SmsClient,
    Timeout,
)
from tests.support import KEY, NUMBER, SUB_ACCOUNT, TEXT, UMID, Caller
from tests.support.raw_server import (
    RawServer,
    babble,
    cut_off,
    hang_up,
    http,
    reset,
    saying,
    stall,
    stall_in_the_middle,
)
from tests.support.transports import TRANSPORTS
from tests.support.wires import LONG, QUEUED, SHORT, TLS, client_to

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


ACTS = [reset, hang_up, stall, cut_off, stall_in_the_middle, babble]


def patience(act: Callable[[socket.socket], None]) -> Timeout:
    return SHORT if act in {stall, stall_in_the_middle} else LONG


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_a_send_whose_answer_is_lost_is_never_sent_again(
    wire: Caller, act: Callable[[socket.socket], None]
) -> None:
    with RawServer(act) as server:
        client = client_to(wire, server.url, patience(act))
        with pytest.raises(OutcomeUnknown) as caught:
            wire(client.send(NUMBER, TEXT))
        wire.close_client(client)
    assert len(server.requests) == 1
    assert caught.value.may_have_been_sent
    assert wire.clock.slept == []


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_a_read_whose_answer_is_lost_is_asked_again(
    wire: Caller, act: Callable[[socket.socket], None]
) -> None:
    with RawServer(act) as server:
        client = client_to(wire, server.url, patience(act))
        with pytest.raises(NoResponse):
            wire(client.status(UMID))
        wire.close_client(client)
    assert len(server.requests) >= 3


def test_a_send_on_a_kept_connection_that_breaks_is_not_sent_again(wire: Caller) -> None:
    """The commonest way to send twice: the server drops an idle connection just as it is used again."""
    acts = iter([saying(QUEUED), reset])

    def act(connection: socket.socket) -> None:
        next(acts)(connection)

    with RawServer(act) as server:
        client = client_to(wire, server.url)
        assert wire(client.send(NUMBER, TEXT)).umid == UMID
        with pytest.raises(OutcomeUnknown):
            wire(client.send(NUMBER, TEXT))
        wire.close_client(client)
    assert len(server.requests) == 2


def test_where_nobody_listens_nothing_was_sent(wire: Caller) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    client = client_to(wire, f"http://127.0.0.1:{port}")
    with pytest.raises(ConnectionFailed):
        wire(client.send(NUMBER, TEXT))
    wire.close_client(client)
    assert wire.clock.slept == [0.5, 1.0]


def test_a_failed_tls_handshake_sends_nothing(wire: Caller) -> None:
    with RawServer(stall) as server:
        # What listens speaks no TLS, so the handshake is answered with nonsense or not at all.
        client = wire.client(
            base_url=server.url.replace("http", "https"),
            timeout=Timeout(connect=0.2, read=5),
            tls=TLS,
        )
        with pytest.raises(ConnectionFailed):
            wire(client.send(NUMBER, TEXT))
        wire.close_client(client)
    assert server.requests == []


@pytest.mark.parametrize("wire", TRANSPORTS[1:], indirect=True)
def test_no_free_connection_sends_nothing(wire: Caller) -> None:
    """A full pool is the one wait that happens in the process: the request that gave up never left it."""

    async def two() -> list[Any]:
        first = asyncio.ensure_future(client.send(NUMBER, TEXT))
        while not server.requests:  # noqa: ASYNC110  asked of a server in another thread
            await asyncio.sleep(0.01)
        second = client.send(NUMBER, TEXT, timeout=Timeout(connect=0.05, read=2))
        found = await asyncio.gather(second, return_exceptions=True)
        first.cancel()
        return [*found, *await asyncio.gather(first, return_exceptions=True)]

    with RawServer(stall) as server:
        client = client_to(wire, server.url)
        second, first = wire(two())
        wire.close_client(client)
    assert isinstance(second, ConnectionFailed)
    assert isinstance(first, asyncio.CancelledError)
    assert len(server.requests) == 1


def test_redirects_are_not_followed(wire: Caller) -> None:
    act = saying(http(b"", "307 Temporary Redirect", "location: /elsewhere\r\n"))
    with RawServer(act) as server:
        client = client_to(wire, server.url)
        with pytest.raises(OutcomeUnknown, match="HTTP 307"):
            wire(client.send(NUMBER, TEXT))
        wire.close_client(client)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "umid", ["a/b", "a?b", "a#b", "a%2Fb", "../x", "a b", "é", "+447700900123", "a;b&c=d"]
)
def test_a_umid_is_one_segment_of_the_path_whatever_it_holds(wire: Caller, umid: str) -> None:
    reply = json.dumps({"umid": umid, "status": {"state": "sent"}}).encode()
    with RawServer(saying(http(reply))) as server:
        client = client_to(wire, server.url)
        wire(client.status(umid))
        wire.close_client(client)
    target = server.requests[0].split(b" ")[1].decode("ascii")
    assert target.startswith(f"/{SUB_ACCOUNT}/messages/")
    segment = target.removeprefix(f"/{SUB_ACCOUNT}/messages/")
    assert not set(segment) & set("/?#")
    assert httpx.URL(f"http://x/{segment}").path == f"/{umid}"


def test_a_plain_answer_is_read(wire: Caller) -> None:
    with RawServer(saying(http(b'{"umid": "u", "status": {"code": "REJECTED"}}'))) as server:
        client = client_to(wire, server.url)
        with pytest.raises(MessageRejected):
            wire(client.send(NUMBER, TEXT))
        wire.close_client(client)
    assert server.requests[0].count(b"Bearer " + KEY.encode()) == 1


def test_connections_are_kept_and_closed_with_the_client(wire: Caller) -> None:
    ports: set[int] = set()

    def act(connection: socket.socket) -> None:
        ports.add(connection.getpeername()[1])
        connection.sendall(QUEUED)

    with RawServer(act) as server:
        client = client_to(wire, server.url)
        for _ in range(3):
            wire(client.send(NUMBER, TEXT))
        wire.close_client(client)
    assert len(server.requests) == 3
    assert len(ports) == 1


@pytest.mark.parametrize("wire", [name for name in TRANSPORTS if name != "httpx, blocking"], indirect=True)
def test_under_another_event_loop_nothing_is_sent(wire: Caller) -> None:
    with RawServer(saying(QUEUED)) as server:
        client = client_to(wire, server.url)
        wire(client.send(NUMBER, TEXT))
        with pytest.raises(ConfigurationError, match="another event loop"):
            asyncio.run(client.send(NUMBER, TEXT))
        wire.close_client(client)
    assert len(server.requests) == 1


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # true: their loop ended before they were closed
@pytest.mark.parametrize("wire", [name for name in TRANSPORTS if name != "httpx, blocking"], indirect=True)
def test_a_client_whose_event_loop_has_ended_is_closed_without_an_error(wire: Caller) -> None:
    with RawServer(saying(QUEUED)) as server:
        client = client_to(wire, server.url)
        assert asyncio.run(client.send(NUMBER, TEXT)).umid == UMID
        for _ in range(2):
            asyncio.run(client.aclose())
        with pytest.raises(ConfigurationError, match="closed"):
            asyncio.run(client.send(NUMBER, TEXT))
        del client
        gc.collect()
    assert len(server.requests) == 1


class TestTrio:
    """aiohttp's transport needs asyncio; under trio httpx's own is used."""

    @pytest.mark.parametrize("made", ["before trio runs", "under trio"])
    def test_a_client_works_wherever_it_was_made(self, made: str) -> None:
        def make() -> AsyncSmsClient:
            return AsyncSmsClient(api_key=KEY, sub_account_id=SUB_ACCOUNT, base_url=server.url)

        async def main(client: AsyncSmsClient | None) -> str:
            async with client or make() as sms:
                return (await sms.send(NUMBER, TEXT)).umid

        with RawServer(saying(QUEUED)) as server:
            assert trio.run(main, None if made == "under trio" else make()) == UMID


def test_a_blocking_client_serves_threads() -> None:
    with (
        RawServer(saying(QUEUED)) as server,
        SmsClient(api_key=KEY, sub_account_id=SUB_ACCOUNT, base_url=server.url) as client,
        ThreadPoolExecutor(8) as threads,
    ):
        sent = list(threads.map(lambda _: client.send(NUMBER, TEXT), range(40)))
    assert len(server.requests) == 40
    assert len({one.client_message_id for one in sent}) == 40


def test_no_log_of_httpx_or_httpcore_shows_the_link_to_a_file(
    wire: Caller, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with RawServer(lambda connection: connection.sendall(next(said))) as server:
        link = f"{server.url}/log.csv?signature=canary"
        job = json.dumps({"status": "Succeeded", "data": [link]}).encode()
        said = iter([http(b'{"jobId": "1"}', "202 Accepted"), http(job), http(b"UMID\n", headers="x: y\r\n")])
        client = client_to(wire, server.url)
        since = wire.clock.now() - timedelta(days=1)
        found = wire(client.download_log(tmp_path / "log.csv", since=since))
        wire.close_client(client)
    assert found.path.read_bytes() == b"UMID\n"
    assert b"GET /log.csv?signature=canary" in server.requests[-1]
    assert b"authorization" not in server.requests[-1].lower()
    assert "canary" not in caplog.text
    assert "send_request_headers" in caplog.text


@pytest.mark.parametrize("where", ["argument", "environment"])
def test_a_proxy_is_used(caller: Caller, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = http(b"", "407 Proxy Authentication Required")
    with RawServer(saying(refusal)) as server:
        if where == "environment":
            monkeypatch.setenv("HTTPS_PROXY", server.url)
        client = caller.client(proxy=server.url if where == "argument" else None)
        # It refuses the tunnel, so that the message never left.
        with pytest.raises(ConnectionFailed):
            caller(client.send(NUMBER, TEXT))
        caller.close_client(client)
    assert len(server.requests) == 3
    for request in server.requests:
        assert request.startswith(b"CONNECT sms.8x8.com:443 ")
        assert KEY.encode() not in request
