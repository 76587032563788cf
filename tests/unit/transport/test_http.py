"""What a pool makes of its settings, and of a connection's answers."""

from __future__ import annotations

import asyncio
import logging
import ssl
import traceback
from typing import Any

import httpx
import pytest
from httpx_aiohttp import AiohttpTransport

from connect_sms import (
    AsyncSmsClient,
    ConfigurationError,
    ConnectionFailed,
    OutcomeUnknown,
    SmsClient,
    Timeout,
)
from connect_sms._transport.async_http_pool import AsyncHttpPool
from connect_sms._transport.connection import Connection
from connect_sms._transport.effects import Request
from connect_sms._transport.http_pool import HttpPool
from connect_sms._transport.on_aiohttp import TracingAiohttpTransport
from tests.support import (
    KEY,
    NUMBER,
    SUB_ACCOUNT,
    TEXT,
    UMID,
    Caller,
    OtherObject,
    Script,
    answer,
    queued,
)
from tests.unit.transport.pieces import Pieces

URL = httpx.URL("https://sms.example.com/x")
REQUEST = Request("GET", "https://sms.example.com/x", [], b"", Timeout())


@pytest.mark.parametrize("url", ["https://xn--", "https://[v1.a]"])
def test_a_host_that_only_httpx_finds_wrong_sends_nothing(caller: Caller, url: str) -> None:
    script = Script(queued)
    with pytest.raises(ConnectionFailed):
        caller(caller.client(script, base_url=url).send(NUMBER, TEXT))
    assert script.seen == 0


def test_no_exception_of_the_transport_is_chained(caller: Caller) -> None:
    client = caller.client(Script(httpx.ReadTimeout(f"{KEY} {NUMBER}")))
    with pytest.raises(OutcomeUnknown) as caught:
        caller(client.send(NUMBER, TEXT))
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


class TestClosed:
    """A closed client sends nothing more."""

    def test_calls_say_so_however_often_it_was_closed(self, caller: Caller) -> None:
        script = Script(queued)
        client = caller.client(script)
        caller.close_client(client)
        caller.close_client(client)
        with pytest.raises(ConfigurationError, match="the client is closed"):
            caller(client.send(NUMBER, TEXT))
        with pytest.raises(ConfigurationError, match="the client is closed"):
            caller(client.status(UMID))
        assert script.seen == 0

    def test_leaving_the_with_block_closes(self) -> None:
        with Caller("sync").client(Script(queued)) as client:
            assert client.send(NUMBER, TEXT).umid == UMID
        with pytest.raises(ConfigurationError, match="closed"):
            client.send(NUMBER, TEXT)

    def test_leaving_the_async_with_block_closes(self) -> None:
        async def main() -> None:
            async with Caller("async").client(Script(queued)) as client:
                assert (await client.send(NUMBER, TEXT)).umid == UMID
            with pytest.raises(ConfigurationError, match="closed"):
                await client.send(NUMBER, TEXT)

        asyncio.run(main())


class TestSettings:
    """What cannot work is refused when the client is made."""

    @pytest.mark.parametrize(
        ("settings", "message"),
        [
            ({"proxy": "http://ada:hunter2@proxy:port"}, r"proxy=.*\(InvalidURL\)"),
            ({"proxy": "ftp://ada:hunter2@proxy"}, r"proxy=.*\(ValueError\)"),
            ({"proxy": 5}, "proxy must be a URL as a str"),
            ({"tls": "hunter2.pem"}, r"tls must be an ssl\.SSLContext"),
            ({"tls": False}, r"tls must be an ssl\.SSLContext"),
            ({"max_connections": 0}, "max_connections must be a whole number"),
            ({"max_connections": True}, "max_connections must be a whole number"),
            ({"max_connections": 1.5}, "max_connections must be a whole number"),
            ({"transport": OtherObject()}, r"must be an httpx\.(Async)?BaseTransport, not OtherObject"),
        ],
        ids=repr,
    )
    def test_wrong_ones(self, caller: Caller, settings: dict[str, Any], message: str) -> None:
        with pytest.raises(ConfigurationError, match=message) as caught:
            caller.client(**settings)
        assert "hunter2" not in "".join(traceback.format_exception(caught.value))

    def test_a_transport_for_the_other_client(self) -> None:
        with pytest.raises(ConfigurationError, match=r"must be an httpx\.BaseTransport"):
            SmsClient(api_key=KEY, sub_account_id=SUB_ACCOUNT, transport=httpx.AsyncHTTPTransport())  # type: ignore[arg-type]
        with pytest.raises(ConfigurationError, match=r"must be an httpx\.AsyncBaseTransport"):
            AsyncSmsClient(api_key=KEY, sub_account_id=SUB_ACCOUNT, transport=httpx.HTTPTransport())  # type: ignore[arg-type]

    @pytest.mark.parametrize("where", ["argument", "environment"])
    def test_a_socks_proxy_is_for_httpx_alone(
        self, caller: Caller, where: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        proxy = "socks5://ada:hunter2@127.0.0.1:9"
        if where == "environment":
            monkeypatch.setenv("ALL_PROXY", proxy)
        # aiohttp would speak HTTP to it; httpx asks for the package that speaks SOCKS.
        with pytest.raises(ConfigurationError, match="socksio") as caught:
            caller.client(proxy=proxy if where == "argument" else None)
        assert "hunter2" not in "".join(traceback.format_exception(caught.value))

    def test_a_transport_of_ones_own_is_not_sent_through_a_proxy_of_the_environment(
        self, caller: Caller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
        script = Script(queued)
        assert caller(caller.client(script).send(NUMBER, TEXT)).umid == UMID


def test_the_timeout_given_reaches_the_transport(caller: Caller) -> None:
    script = Script(queued)
    client = caller.client(script, timeout=Timeout(connect=3, read=7))
    caller(client.send(NUMBER, TEXT))
    caller(client.send(NUMBER, TEXT, timeout=2))
    caller(client.send(NUMBER, TEXT, timeout=60))
    caller(caller.client(script).send(NUMBER, TEXT))
    told = [request.extensions["timeout"] for request in script.requests]
    assert [(one["connect"], one["pool"], one["read"], one["write"]) for one in told] == [
        (3, 3, 7, 7),
        (2, 2, 2, 2),
        (5, 5, 60, 60),
        (5, 5, 30, 30),
    ]


def test_without_the_extra_the_transport_is_httpxs_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connect_sms._transport.async_http_pool.importlib.util.find_spec", lambda name: None)
    assert type(AsyncHttpPool(Connection())._lanes.of(URL)) is httpx.AsyncHTTPTransport


@pytest.mark.parametrize(
    ("proxy", "kind"),
    [
        (None, AiohttpTransport),
        ("http://proxy.example.test", TracingAiohttpTransport),
    ],
)
def test_with_the_extra_it_is_on_aiohttp(proxy: str | None, kind: type[httpx.AsyncBaseTransport]) -> None:
    """Signals cost time, and are needed with a proxy alone."""
    pool = AsyncHttpPool(Connection(proxy=proxy))
    assert type(pool._lanes.of(URL)) is kind
    # aiohttp writes a URL in its own way, which a signed link does not survive.
    assert type(pool._file_lanes.of(URL)) is httpx.AsyncHTTPTransport


def test_a_proxy_is_reached_with_the_same_certificates() -> None:
    connection = Connection(proxy="https://proxy.example.test", tls=ssl.create_default_context())
    pool: Any = connection.make(httpx.HTTPTransport, connection.proxy)._pool
    assert pool._proxy_ssl_context is connection.tls


def test_a_proxy_that_turns_out_to_be_unusable_sends_nothing(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client was made for a host that needs none."""
    monkeypatch.setenv("ALL_PROXY", "socks5://ada:hunter2@127.0.0.1:9")
    client = caller.client(base_url="http://127.0.0.1:9").with_options(base_url="https://sms.example.test")
    with pytest.raises(ConfigurationError, match="socksio") as caught:
        caller(client.send(NUMBER, TEXT))
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))
    assert not caught.value.may_have_been_sent


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_compressed_answer_that_is_broken_leaves_the_outcome_unknown(caller: Caller, encoding: str) -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        stream = httpx.ByteStream(b"\x1f\x8bnot compressed")
        return httpx.Response(200, headers={"content-encoding": encoding}, stream=stream)

    script = Script(broken)
    with pytest.raises(OutcomeUnknown, match="DecodingError"):
        caller(caller.client(script).send(NUMBER, TEXT))
    assert script.seen == 1


def test_the_raw_answer_is_at_hand(caller: Caller) -> None:
    document = {"umid": UMID, "status": {"code": "QUEUED"}, "lane": 7}
    sent = caller(caller.client(Script(answer(200, document, {"X-Lane": "7"}))).send(NUMBER, TEXT))
    assert sent.response.status == 200
    assert sent.response.headers["x-lane"] == "7"
    assert sent.response.json() == document


def test_httpx_logs_addresses_but_not_that_of_a_file(
    caller: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    link = "https://files.example.com/log?token=canary"
    transport = httpx.MockTransport(Script(answer(200, {"a": 1}), answer(200)))
    pool = HttpPool if caller.colour == "sync" else AsyncHttpPool
    ours = pool(Connection(transport=transport))
    pieces = Pieces()
    caller(ours.download(Request("GET", link, [], b"", Timeout()), pieces))
    assert b"".join(pieces) == b'{"a": 1}'
    assert "canary" not in caplog.text
    caller(ours.send(REQUEST))
    assert "https://sms.example.com/x" in caplog.text
