"""Clients with real connections to a raw server, on each transport that people use."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any

import pytest

from connect_sms import Timeout
from tests.support import UMID, Caller
from tests.support.raw_server import http
from tests.support.transports import TRANSPORTS, only_httpx

if TYPE_CHECKING:
    from collections.abc import Iterator


TLS = ssl.create_default_context()
QUEUED = http(b'{"umid": "%s", "status": {"code": "QUEUED"}}' % UMID.encode())

LONG = Timeout(connect=10, read=20)
#: Short enough to wait for, long enough for a server on this machine to read a request.
SHORT = Timeout(connect=10, read=0.2)


@pytest.fixture(params=TRANSPORTS)
def wire(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Caller]:
    """A client on each of the transports that people use."""
    if request.param == "httpx, asyncio":
        only_httpx(monkeypatch)
    caller = Caller("sync" if request.param == "httpx, blocking" else "async")
    yield caller
    caller.close()


def client_to(wire: Caller, url: str, timeout: Timeout = LONG) -> Any:
    """A client on that transport, with one connection."""
    return wire.client(base_url=url, timeout=timeout, max_connections=1, tls=TLS)
