"""Fixtures for every test, and the rule that none of them leaves this machine."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import CALLERS, Caller

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@pytest.fixture(params=CALLERS)
def caller(request: pytest.FixtureRequest) -> Iterator[Caller]:
    """Each of the two clients in turn."""
    made = Caller(request.param)
    yield made
    made.close()


@pytest.fixture(scope="session", autouse=True)
def _coverage_measures_no_further_process() -> None:
    """To load it takes as long as many a program, and a signal that arrives inside it can block it for ever.

    What the processes of tests run of the package, tests run in this process too.
    """
    os.environ.pop("COVERAGE_PROCESS_CONFIG", None)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections to other machines fail; what the environment says of proxies and keys is not heard."""
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in _LOOPBACK:
            raise ConnectionRefusedError("tests connect to this machine alone")
        real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
