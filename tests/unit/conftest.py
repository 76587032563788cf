"""The rule of this folder: no socket and no process. What needs one belongs to tests/integration."""

from __future__ import annotations

import os
import socket
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What is still to be moved to tests/integration. Nothing joins this list.
_TO_MOVE = (
    "unit/models/test_outcomes.py::TestShippedTable::test_the_file_is_not_read_before_a_look_up",
    "unit/receipts/test_end_to_end.py",
    "unit/receipts/test_folding.py",
    "unit/receipts/test_mounted.py",
    "unit/receipts/test_store.py",
    "unit/receipts/test_store_schema.py",
    "unit/sandbox/test_clients.py",
    "unit/sandbox/test_control.py",
    "unit/sandbox/test_demo.py",
    "unit/sandbox/test_exports.py",
    "unit/sandbox/test_faults_on_the_wire.py",
    "unit/sandbox/test_independence.py",
    "unit/sandbox/test_plugin.py",
    "unit/sandbox/test_server.py",
    "unit/test_privacy.py::test_nothing_shows_of_real_connections",
    "unit/transport/test_http.py::TestSettings::test_a_proxy_is_used",
)

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
    if request.node.nodeid.partition("tests/")[2].startswith(_TO_MOVE):
        yield
        return

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
