"""A request is written on a clean connection alone: on sockets made up for it, blocking and asynchronous."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

import httpcore
import httpx
import httpx_aiohttp
import pytest

from connect_sms._transport import aiohttp_connections, clean_connections
from connect_sms._transport.attempt import Attempt
from connect_sms._transport.network import AsyncWatchedBackend, WatchedBackend

if TYPE_CHECKING:
    from collections.abc import Callable

OK: Final = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
LIMITED: Final = b"HTTP/1.1 429 Too Many Requests\r\ncontent-length: 2\r\n\r\n{}"
CHANGED: Final = "the inside of this library has changed: nothing guards its connections any more"


class Line:
    """One made-up connection.

    Attributes:
        written: What was written on it.
        lying: What the operating system has of it, unread; None when nothing.
        silent: True when what it has turns out to be nothing of the server's, such as TLS's own messages.
    """

    def __init__(self, *answers: bytes, lying: bytes | None = None, silent: bool = False) -> None:
        self.answers = list(answers)
        self.written = b""
        self.lying = lying
        self.silent = silent
        self.closed = False

    def read(self) -> bytes:
        if self.lying is not None:
            if self.silent:
                self.lying = None
                raise httpcore.ReadTimeout
            found, self.lying = self.lying, None
            return found
        return self.answers.pop(0)

    def info(self, name: str) -> Any:
        return self.lying is not None if name == "is_readable" else None


class Stream(httpcore.NetworkStream):
    def __init__(self, line: Line) -> None:
        self.line = line

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.line.read()

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.line.written += buffer

    def close(self) -> None:
        self.line.closed = True

    def get_extra_info(self, info: str) -> Any:
        return self.line.info(info)


class AsyncStream(httpcore.AsyncNetworkStream):
    def __init__(self, line: Line) -> None:
        self.line = line

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.line.read()

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.line.written += buffer

    async def aclose(self) -> None:
        self.line.closed = True

    def get_extra_info(self, info: str) -> Any:
        return self.line.info(info)


class Backend(httpcore.NetworkBackend):
    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines

    def connect_tcp(self, *_: Any, **__: Any) -> httpcore.NetworkStream:
        return Stream(self.lines.pop(0))


class AsyncBackend(httpcore.AsyncNetworkBackend):
    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines

    async def connect_tcp(self, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
        return AsyncStream(self.lines.pop(0))


def _blocking(lines: list[Line], requests: int, between: Callable[[], object]) -> list[tuple[Any, bool]]:
    transport = httpx.HTTPTransport()
    assert clean_connections.guard(transport)
    transport._pool._network_backend = WatchedBackend(Backend(lines))
    found: list[tuple[Any, bool]] = []
    with httpx.Client(transport=transport, trust_env=False) as client:
        for _ in range(requests):
            with Attempt(None) as attempt:
                try:
                    found.append((client.get("http://sms.example.com").status_code, attempt.followed_by_data))
                except httpx.HTTPError as problem:
                    found.append((type(problem), attempt.followed_by_data))
            between()
    return found


def _asynchronous(lines: list[Line], requests: int, between: Callable[[], object]) -> list[tuple[Any, bool]]:
    transport = httpx.AsyncHTTPTransport()
    assert clean_connections.guard(transport)
    transport._pool._network_backend = AsyncWatchedBackend(AsyncBackend(lines))

    async def run() -> list[tuple[Any, bool]]:
        found: list[tuple[Any, bool]] = []
        async with httpx.AsyncClient(transport=transport, trust_env=False) as client:
            for _ in range(requests):
                with Attempt(None) as attempt:
                    try:
                        reply = await client.get("http://sms.example.com")
                        found.append((reply.status_code, attempt.followed_by_data))
                    except httpx.HTTPError as problem:
                        found.append((type(problem), attempt.followed_by_data))
                between()
        return found

    return asyncio.run(run())


@pytest.fixture(params=[_blocking, _asynchronous], ids=["blocking", "asynchronous"])
def send(request: pytest.FixtureRequest) -> Callable[..., list[tuple[Any, bool]]]:
    def run(
        *lines: Line, requests: int = 1, between: Callable[[], object] = lambda: None
    ) -> list[tuple[Any, bool]]:
        found: list[tuple[Any, bool]] = request.param(list(lines), requests, between)
        return found

    return run


def test_a_clean_connection_is_used_again(send: Any) -> None:
    line = Line(OK, OK)
    assert send(line, requests=2) == [(200, False)] * 2
    assert line.written.count(b"GET / ") == 2


def test_what_came_with_an_answer_means_a_new_connection(send: Any) -> None:
    first, second = Line(OK + OK), Line(OK)
    assert send(first, second, requests=2) == [(200, True), (200, False)]
    assert first.written.count(b"GET / ") == second.written.count(b"GET / ") == 1
    assert first.closed


def test_what_came_while_it_was_idle_means_a_new_connection(send: Any) -> None:
    first, second = Line(OK), Line(OK)

    def stray() -> None:
        first.lying = OK

    assert send(first, second, requests=2, between=stray) == [(200, False)] * 2
    assert first.written.count(b"GET / ") == second.written.count(b"GET / ") == 1


@pytest.mark.parametrize("lying", [OK, b"\0"])
def test_a_server_that_speaks_first_is_sent_nothing(send: Any, lying: bytes) -> None:
    line = Line(OK, lying=lying)
    assert send(line) == [(httpx.ConnectError, False)]
    assert line.written == b""


def test_the_messages_of_tls_are_nothing_that_was_said(send: Any) -> None:
    assert send(Line(OK, lying=b"tickets", silent=True)) == [(200, False)]


def test_a_connection_that_ended_at_once_is_written_to_as_ever(send: Any) -> None:
    line = Line(OK, lying=b"")
    assert send(line) == [(200, False)]


@pytest.mark.parametrize("behind", [OK, b"\0"])
def test_more_behind_a_refusal_is_noted(send: Any, behind: bytes) -> None:
    line = Line(LIMITED)
    again = Line(OK)
    line.answers[0] += behind
    assert send(line, again, requests=2) == [(429, True), (200, False)]


def test_more_behind_a_refusal_in_a_packet_of_its_own_is_noted(send: Any) -> None:
    line = Line(LIMITED)
    read = line.read

    def read_and_leave() -> bytes:
        found = read()
        if found == LIMITED:
            line.lying = OK
        return found

    line.read = read_and_leave  # type: ignore[method-assign]
    assert send(line, Line(OK), requests=2) == [(429, True), (200, False)]


def test_a_lone_refusal_leaves_its_connection_clean(send: Any) -> None:
    assert send(Line(LIMITED, OK), requests=2) == [(429, False), (200, False)]


class TestTheInsideOfTheLibraries:
    """Without these, everything would go on, unguarded: so this is where a new version fails."""

    @pytest.mark.parametrize("proxy", [None, "http://127.0.0.1:1", "https://127.0.0.1:1"])
    @pytest.mark.parametrize("kind", [httpx.HTTPTransport, httpx.AsyncHTTPTransport])
    def test_of_httpx(self, kind: Any, proxy: str | None) -> None:
        transport = kind(proxy=proxy)
        assert clean_connections.guard(transport), CHANGED
        connection = transport._pool.create_connection(httpcore.URL("http://sms.example.com").origin)
        assert isinstance(
            connection, clean_connections.GuardedConnection | clean_connections.AsyncGuardedConnection
        )

    def test_it_is_guarded_once(self) -> None:
        transport = httpx.HTTPTransport()
        assert clean_connections.guard(transport)
        backend = transport._pool._network_backend
        assert clean_connections.guard(transport)
        assert transport._pool._network_backend is backend

    def test_of_httpcore(self) -> None:
        found = httpx.HTTPTransport()
        pool: Any = found._pool
        line = Line(OK + OK)
        pool._network_backend = Backend([line])
        pool.request("GET", "http://sms.example.com")
        assert clean_connections.GuardedConnection(pool.connections[0]).has_leftover(), CHANGED

    def test_of_httpx_aiohttp(self) -> None:
        async def connector() -> Any:
            transport = httpx_aiohttp.AiohttpTransport()
            assert aiohttp_connections.guard(transport), CHANGED
            async with transport.get_client() as session:
                return session.connector

        assert isinstance(asyncio.run(connector()), aiohttp_connections.GuardedConnector), CHANGED

    def test_http_2_is_left_alone(self) -> None:
        transport = httpx.HTTPTransport()
        transport._pool._http2 = True
        assert not clean_connections.guard(transport)

    def test_a_transport_of_another_kind_is_left_alone(self) -> None:
        assert not clean_connections.guard(httpx.MockTransport(lambda _: httpx.Response(200)))


class TestTwoThreads:
    """httpcore's pool looks at every idle connection, also at one that another thread begins to use."""

    def test_a_connection_in_use_is_neither_free_nor_expired(self) -> None:
        seen: list[bool] = []

        class Busy:
            def handle_request(self, _: object) -> httpcore.Response:
                seen.extend([guard.has_expired(), guard.is_available(), guard.is_idle()])
                with pytest.raises(httpcore.ConnectionNotAvailable):
                    guard.handle_request(request)
                return httpcore.Response(200)

            def has_expired(self) -> bool:
                return True  # the answer has come, and httpcore takes it for a stray

            is_available = is_idle = has_expired

        request = httpcore.Request("GET", "http://sms.example.com")
        guard = clean_connections.GuardedConnection(Busy())
        guard.handle_request(request)
        assert seen == [False, False, False]
        assert guard.has_expired()
