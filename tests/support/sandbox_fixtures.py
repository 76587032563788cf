"""Fixtures of tests of the sandbox, for conftest.py files; see `sandbox_api`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from connect_sms.sandbox import Sandbox, SandboxServer, SandboxTransport, pytest_plugin
from tests.support.sandbox_api import KEY, Api

if TYPE_CHECKING:
    from collections.abc import Iterator

PLAIN: dict[str, Any] = {"trust_env": False, "verify": False}
"""For httpx: no proxy, and no certificates to load, which takes longer than a test."""


@pytest.fixture
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A sandbox whose clock stands still, without the limit on status requests; a marker changes settings."""
    options: dict[str, Any] = {"factor": 0, "status_per_second": None, "seed": 1}
    marker = request.node.get_closest_marker("sandbox")
    with Sandbox(**{**options, **(marker.kwargs if marker else {})}) as running:
        yield running


@pytest.fixture
def api(sandbox: Sandbox) -> Iterator[Api]:
    """Calls of that sandbox without a socket."""
    headers = {"Authorization": f"Bearer {KEY}"}
    transport = SandboxTransport(sandbox)
    with httpx.Client(base_url=sandbox.base_url, headers=headers, transport=transport) as http:
        yield Api(http, sandbox)


@pytest.fixture
def server() -> Iterator[SandboxServer]:
    """A sandbox that listens; its clock stands still."""
    with SandboxServer(factor=0, status_per_second=None) as running:
        yield running


@pytest.fixture
def wired(server: SandboxServer) -> Iterator[Api]:
    """Calls of the listening sandbox over a real socket."""
    headers = {"Authorization": f"Bearer {KEY}"}
    with httpx.Client(base_url=server.base_url, headers=headers, timeout=10, **PLAIN) as http:
        yield Api(http, server)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "sandbox(**settings): settings of the sandbox fixture")
    pytest_plugin.pytest_configure(config)
