"""A check is made just before each request is written, and what it refuses is not sent."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from connect_sms import ConnectionFailed, ConnectSmsError
from tests.support import NUMBER, TEXT, Caller
from tests.support.raw_server import RawServer, http, saying
from tests.support.wires import QUEUED, TLS, client_to

if TYPE_CHECKING:
    from connect_sms._transport.effects import Request


class Refusal(ConnectSmsError):
    """What a check before a write raises here."""


class Check:
    """Counts its calls, and refuses from the one given on."""

    def __init__(self, refuse_from: int | None = None) -> None:
        self.calls: list[Request] = []
        self._refuse_from = refuse_from

    def __call__(self, request: Request) -> None:
        self.calls.append(request)
        if self._refuse_from is not None and len(self.calls) >= self._refuse_from:
            raise Refusal("no longer")


class TestCheckBeforeWrite:
    """A check is made just before each request is written, and what it refuses is not sent."""

    def test_what_it_refuses_is_not_sent(self, wire: Caller) -> None:
        with RawServer(saying(QUEUED)) as server:
            client = client_to(wire, server.url)
            client._context.before_write = check = Check(refuse_from=2)
            wire(client.send(NUMBER, TEXT))
            with pytest.raises(Refusal) as caught:
                wire(client.send(NUMBER, TEXT))
            client._context.before_write = None
            wire(client.send(NUMBER, TEXT))
            wire.close_client(client)
        assert len(server.requests) == 2
        assert [request.method for request in check.calls] == ["POST", "POST"]
        assert caught.value.__context__ is None

    def test_each_try_is_checked(self, wire: Caller) -> None:
        with RawServer(saying(http(b"{}", "429 Too Many Requests", "retry-after: 1\r\n"))) as server:
            client = client_to(wire, server.url)
            client._context.before_write = check = Check(refuse_from=3)
            with pytest.raises(Refusal):
                wire(client.send(NUMBER, TEXT))
            wire.close_client(client)
        assert len(check.calls) == 3
        assert len(server.requests) == 2

    def test_it_comes_after_the_connection_where_the_transport_says_when(
        self, wire: Caller, request: pytest.FixtureRequest
    ) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        client = client_to(wire, f"http://127.0.0.1:{port}")
        client._context.before_write = check = Check()
        with pytest.raises(ConnectionFailed):
            wire(client.send(NUMBER, TEXT))
        wire.close_client(client)
        assert len(check.calls) == (3 if request.node.callspec.params["wire"] == "aiohttp" else 0)

    def test_the_request_for_a_tunnel_is_not_the_one(self, wire: Caller) -> None:
        with RawServer(saying(http(b"", "403 Forbidden"))) as server:
            client = wire.client(base_url="https://sms.example.com", proxy=server.url, tls=TLS)
            client._context.before_write = check = Check()
            with pytest.raises(ConnectionFailed):
                wire(client.send(NUMBER, TEXT))
            wire.close_client(client)
        assert server.requests[0].startswith(b"CONNECT sms.example.com:443 ")
        assert check.calls == []
