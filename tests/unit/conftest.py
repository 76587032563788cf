"""The rule of this folder: no socket and no process. What needs one belongs to tests/integration."""

from __future__ import annotations

import gc
import os
import socket
import subprocess
from pathlib import Path
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


_HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)  # before xdist reads the marks
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Hand xdist each file as one piece of work: it looks through all pieces again after each test."""
    if hasattr(config, "workerinput"):
        for item in items:
            if item.path.is_relative_to(_HERE):
                item.add_marker(pytest.mark.xdist_group(item.path.stem))


def pytest_collection_finish() -> None:
    """Tests that collect garbage need not look through what was there before the first of them."""
    gc.collect()
    gc.freeze()


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
