"""Transports of other people's: what they say of a failure is no proof that nothing was sent."""

from __future__ import annotations

import importlib
import importlib.util
import socket
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from connect_sms import ConnectionFailed, ConnectSmsError, OutcomeUnknown, Timeout
from connect_sms.sandbox import AsyncSandboxTransport, Sandbox, SandboxTransport
from tests.support import NUMBER, TEXT, Caller
from tests.support.lying_transports import LIES, AsyncLyingTransport, LyingTransport
from tests.support.proxies import tunnel_proxy
from tests.support.raw_server import RawServer, hang_up, reset

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

SERVERS = {"reads and closes": hang_up, "reads and resets": reset, "refuses": None}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def serving(does: str) -> AbstractContextManager[RawServer | None]:
    act = SERVERS[does]
    return nullcontext() if act is None else RawServer(act)


def client_of(caller: Caller, url: str, transport: Any) -> Any:
    return caller.client(base_url=url, transport=transport, timeout=Timeout(connect=5, read=5))


def lying(caller: Caller, lie: str) -> Any:
    return (LyingTransport if caller.colour == "sync" else AsyncLyingTransport)(LIES[lie])


@pytest.mark.parametrize("lie", LIES)
@pytest.mark.parametrize("does", SERVERS)
def test_one_post_and_the_outcome_is_unknown(caller: Caller, does: str, lie: str) -> None:
    transport = lying(caller, lie)
    with serving(does) as server:
        client = client_of(caller, server.url if server else f"http://127.0.0.1:{free_port()}", transport)
        with pytest.raises(OutcomeUnknown) as caught:
            caller(client.send(NUMBER, TEXT))
        caller.close_client(client)
    assert caught.value.may_have_been_sent
    assert transport.handed_over == 1
    assert len(server.requests if server else []) == (1 if server else 0)


@pytest.mark.parametrize("does", SERVERS)
def test_one_post_of_a_batch_and_everybody_is_unknown(caller: Caller, does: str) -> None:
    transport = lying(caller, "ConnectError")
    with serving(does) as server:
        client = client_of(caller, server.url if server else f"http://127.0.0.1:{free_port()}", transport)
        result = caller(client.send_batch([NUMBER, "+447700900124"], TEXT))
        caller.close_client(client)
    assert len(result.unknown) == 2
    assert transport.handed_over == 1


def test_a_mock_that_says_it_was_never_sent_is_not_believed(caller: Caller) -> None:
    """What a handler did with the request before it raised, nobody can know."""
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        raise httpx.ConnectError("no connection")

    client = client_of(caller, "https://sms.example.test", httpx.MockTransport(handler))
    with pytest.raises(OutcomeUnknown):
        caller(client.send(NUMBER, TEXT))
    assert len(seen) == 1


def test_control_the_clients_own_transport_is_believed(caller: Caller) -> None:
    client = caller.client(base_url=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(ConnectionFailed):
        caller(client.send(NUMBER, TEXT))
    caller.close_client(client)
    assert len(caller.clock.slept) == 2


@pytest.mark.parametrize("does", SERVERS)
def test_pyreqwests_adapter(caller: Caller, does: str) -> None:
    """It raises `httpx.ConnectError` also after the body was read."""
    if importlib.util.find_spec("pyreqwest") is None:
        pytest.skip("pyreqwest is not installed: transports that lie are tested with our own alone")
    adapter = importlib.import_module("pyreqwest.compatibility.httpx")
    made: Any = adapter.SyncHttpxTransport() if caller.colour == "sync" else adapter.HttpxTransport()
    with serving(does) as server:
        client = client_of(caller, server.url if server else f"http://127.0.0.1:{free_port()}", made)
        with pytest.raises(OutcomeUnknown):
            caller(client.send(NUMBER, TEXT))
        caller.close_client(client)
    assert len(server.requests if server else []) == (1 if server else 0)


class Wrapped(httpx.HTTPTransport):
    """httpx's own, to which somebody has added something."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return super().handle_request(request)


class AsyncWrapped(httpx.AsyncHTTPTransport):
    """The same for an event loop."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await super().handle_async_request(request)


class Declared(Wrapped):
    """One that has passed the check."""

    connect_errors_mean_not_sent = True


class AsyncDeclared(AsyncWrapped):
    """The same for an event loop."""

    connect_errors_mean_not_sent = True


class Heir(Declared):
    """What a class inherits it has not passed itself."""


class AsyncHeir(AsyncDeclared):
    """The same for an event loop."""


class NotSo(Wrapped):
    """A declaration is the word True."""

    connect_errors_mean_not_sent = False


class AsyncNotSo(AsyncWrapped):
    """The same for an event loop."""

    connect_errors_mean_not_sent = False


def nobody_listens(caller: Caller, transport: Any) -> ConnectSmsError:
    client = client_of(caller, f"http://127.0.0.1:{free_port()}", transport)
    with pytest.raises(ConnectSmsError) as caught:
        caller(client.send(NUMBER, TEXT))
    caller.close_client(client)
    return caught.value


@pytest.mark.parametrize("kinds", [(Wrapped, AsyncWrapped), (Heir, AsyncHeir), (NotSo, AsyncNotSo)], ids=str)
def test_a_subclass_is_another_transport(caller: Caller, kinds: tuple[type[Any], type[Any]]) -> None:
    error = nobody_listens(caller, kinds[caller.colour == "async"]())
    assert isinstance(error, OutcomeUnknown)
    assert caller.clock.slept == []


@pytest.mark.parametrize(
    "kinds", [(httpx.HTTPTransport, httpx.AsyncHTTPTransport), (Declared, AsyncDeclared)], ids=str
)
def test_httpxs_own_and_one_that_declares_it_are_believed(
    caller: Caller, kinds: tuple[type[Any], type[Any]]
) -> None:
    error = nobody_listens(caller, kinds[caller.colour == "async"]())
    assert isinstance(error, ConnectionFailed)
    assert len(caller.clock.slept) == 2


def test_the_sandboxs_own_is_believed(caller: Caller) -> None:
    with Sandbox() as sandbox:
        sandbox.fail_next("connect-refused", times=None)
        transport = (SandboxTransport if caller.colour == "sync" else AsyncSandboxTransport)(sandbox)
        client = client_of(caller, sandbox.base_url, transport)
        with pytest.raises(ConnectionFailed):
            caller(client.send(NUMBER, TEXT))


def test_the_proxy_of_a_given_transport_may_fail_in_any_way(caller: Caller) -> None:
    """httpx's own transport shows when it writes a message, and what precedes sends nothing."""
    with tunnel_proxy("closes") as proxy:
        kind = httpx.HTTPTransport if caller.colour == "sync" else httpx.AsyncHTTPTransport
        client = client_of(caller, "https://sms.example.test", kind(proxy=proxy.url))
        with pytest.raises(ConnectionFailed):
            caller(client.send(NUMBER, TEXT))
        caller.close_client(client)
