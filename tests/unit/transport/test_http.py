"""Faults of transports: which of them prove that nothing was sent. And what a pool makes of its settings."""

from __future__ import annotations

import asyncio
import logging
import ssl
import traceback
from typing import TYPE_CHECKING, Any

import aiohttp
import httpcore
import httpx
import pytest
from httpx_aiohttp import AiohttpTransport
from httpx_aiohttp.transport import map_aiohttp_exceptions

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
from connect_sms._transport.effects import Request, TransportFailure
from connect_sms._transport.exchange import WriteWatch, failure
from connect_sms._transport.http_pool import HttpPool
from connect_sms._transport.on_aiohttp import TracingAiohttpTransport
from tests.support import (
    KEY,
    NUMBER,
    SUB_ACCOUNT,
    TEXT,
    UMID,
    Caller,
    DeclaredMock,
    OtherObject,
    Script,
    answer,
    queued,
)
from tests.unit.transport.pieces import Pieces

if TYPE_CHECKING:
    from collections.abc import Callable

URL = httpx.URL("https://sms.example.com/x")
REQUEST = Request("GET", "https://sms.example.com/x", [], b"", Timeout())

#: Subclasses of these, and no others, are raised before the first byte of a request is written.
HTTPX_BEFORE = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
AIOHTTP_BEFORE = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError)


def subclasses(root: type[Exception]) -> list[type[Exception]]:
    found = {root}
    for child in root.__subclasses__():
        found.update(subclasses(child))
    return sorted(found, key=lambda kind: kind.__name__)


HTTPX_FAULTS = [
    *subclasses(httpx.HTTPError),
    *subclasses(httpx.StreamError),
    httpx.InvalidURL,
    httpx.CookieConflict,
]
AIOHTTP_FAULTS = [kind for kind in subclasses(aiohttp.ClientError) if kind.__module__.startswith("aiohttp")]
FOREIGN_FAULTS = [ValueError, OSError, ConnectionRefusedError, TimeoutError, ssl.SSLError, MemoryError]


def httpx_fault(kind: type[Exception]) -> Exception:
    if issubclass(kind, httpx.HTTPStatusError):
        return kind("x", request=httpx.Request("GET", "https://x"), response=httpx.Response(500))
    takes_none = issubclass(kind, httpx.StreamError) and kind is not httpx.StreamError
    return kind(*([] if takes_none else ["x"]))


def aiohttp_fault(kind: type[Exception]) -> Exception:
    """One of this kind, of which nothing but the kind matters: each asks for other arguments."""
    body = {"__init__": Exception.__init__, "__str__": Exception.__str__, "__module__": kind.__module__}
    fault: Exception = type(kind.__name__, (kind,), body)()
    return fault


class Failing(httpx.AsyncBaseTransport):
    """Fails as httpx-aiohttp does: with httpx's exception in place of aiohttp's."""

    connect_errors_mean_not_sent = True

    def __init__(self, fault: Exception) -> None:
        self.fault = fault

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        with map_aiohttp_exceptions():
            raise self.fault


def through(
    caller: Caller,
    make: Callable[[httpx.Request], httpx.Response],
    kind: type[httpx.MockTransport] = DeclaredMock,
) -> TransportFailure:
    connection = Connection(transport=kind(make))
    pool = HttpPool(connection) if caller.colour == "sync" else AsyncHttpPool(connection)
    found = caller(pool.send(REQUEST))
    assert isinstance(found, TransportFailure)
    return found


@pytest.mark.parametrize("kind", HTTPX_FAULTS, ids=lambda kind: kind.__name__)
def test_every_fault_of_httpx(caller: Caller, kind: type[Exception]) -> None:
    found = through(caller, Script(httpx_fault(kind)))
    assert found == TransportFailure(kind.__name__, not_sent=issubclass(kind, HTTPX_BEFORE))


@pytest.mark.parametrize("kind", HTTPX_FAULTS, ids=lambda kind: kind.__name__)
def test_no_fault_of_a_transport_that_declares_nothing_is_believed(
    caller: Caller, kind: type[Exception]
) -> None:
    found = through(caller, Script(httpx_fault(kind)), httpx.MockTransport)
    assert found == TransportFailure(kind.__name__, not_sent=False)


@pytest.mark.parametrize("kind", FOREIGN_FAULTS, ids=lambda kind: kind.__name__)
def test_whatever_else_a_transport_raises_may_have_been_sent(caller: Caller, kind: type[Exception]) -> None:
    assert through(caller, Script(kind("x"))) == TransportFailure(kind.__name__, not_sent=False)


@pytest.mark.parametrize("kind", AIOHTTP_FAULTS, ids=lambda kind: kind.__name__)
def test_every_fault_of_aiohttp(kind: type[Exception]) -> None:
    """httpx-aiohttp calls a connection that broke after the request a ConnectTimeout: not to be believed."""
    pool = AsyncHttpPool(Connection(transport=Failing(aiohttp_fault(kind))))
    found = asyncio.run(pool.send(REQUEST))
    assert isinstance(found, TransportFailure)
    assert found == TransportFailure(kind.__name__, not_sent=issubclass(kind, AIOHTTP_BEFORE))


def test_the_misleading_fault_is_misleading() -> None:
    with pytest.raises(httpx.ConnectTimeout), map_aiohttp_exceptions():
        raise aiohttp.ServerDisconnectedError


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
    made = connection.make(httpx.HTTPTransport, connection.proxy)
    assert made._pool._proxy_ssl_context is connection.tls  # type: ignore[attr-defined]


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


class TestWatched:
    """A transport that says when it writes: what it raised before that sent nothing, whatever it was."""

    def told(self, problem: Exception, *, begun: bool) -> bool:
        watch = WriteWatch(REQUEST)
        watch.begun = begun
        return failure(problem, "writes", watch).not_sent

    @pytest.mark.parametrize("kind", HTTPX_FAULTS, ids=lambda kind: kind.__name__)
    def test_before_the_first_write(self, kind: type[Exception]) -> None:
        assert self.told(httpx_fault(kind), begun=False)

    @pytest.mark.parametrize("kind", HTTPX_FAULTS, ids=lambda kind: kind.__name__)
    def test_after_it(self, kind: type[Exception]) -> None:
        """httpx may open a new connection once more: one that fails had nothing written to it either."""
        assert self.told(httpx_fault(kind), begun=True) == issubclass(kind, HTTPX_BEFORE)

    def test_a_tunnel_is_not_the_request(self) -> None:
        watch = WriteWatch(REQUEST)
        tunnel = httpcore.Request(b"CONNECT", "http://proxy.example.test")
        watch.trace("http11.send_request_headers.started", {"request": tunnel})
        assert not watch.begun
        own = httpcore.Request(b"POST", "https://sms.example.test")
        watch.trace("connection.connect_tcp.started", {})
        assert not watch.begun
        watch.trace("http11.send_request_headers.started", {"request": own})
        assert watch.begun
