"""The rule of this folder: no socket and no process. What needs one belongs to tests/integration."""

from __future__ import annotations

import os
import socket
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

_FORBIDDEN = (
    (socket.socket, "bind"),
    (socket.socket, "connect"),
    (subprocess.Popen, "__init__"),
    (os, "fork"),
)


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that opens a connection, listens, or starts a process; also when nobody hears the error."""
    done: list[str] = []

    def refuse(name: str) -> Any:
        def refused(*_: object, **__: object) -> None:
            done.append(name)
            raise AssertionError(f"a test in tests/unit called {name}: it belongs to tests/integration")

        return refused

    for holder, name in _FORBIDDEN:
        monkeypatch.setattr(holder, name, refuse(f"{holder.__name__}.{name}"))
    # A session's fixture starts its server before this, and libpq connects by itself.
    if "postgres_server" in request.fixturenames:
        done.append("a PostgreSQL server")
    yield
    assert done == [], "a test in tests/unit needs no socket and no process"
