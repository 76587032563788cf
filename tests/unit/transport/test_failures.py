"""Faults of transports: which of them prove that nothing was sent."""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING

import aiohttp
import httpcore
import httpx
import pytest
from httpx_aiohttp.transport import map_aiohttp_exceptions

from connect_sms import Timeout
from connect_sms._transport.async_http_pool import AsyncHttpPool
from connect_sms._transport.connection import Connection
from connect_sms._transport.effects import Request, TransportFailure
from connect_sms._transport.exchange import WriteWatch, failure
from connect_sms._transport.http_pool import HttpPool
from tests.support import Caller, DeclaredMock, Script

if TYPE_CHECKING:
    from collections.abc import Callable

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
