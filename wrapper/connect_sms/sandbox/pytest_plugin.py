"""The pytest plugin: ``sms_sandbox``, a separate running sandbox for each test.

::

    def test_a_code_is_sent(sms_sandbox):
        with sms_sandbox.client() as sms:
            sms.send("+447700900123", "Your code is 482910")
        assert sms_sandbox.messages[0].text == "Your code is 482910"

It listens on a free port of the loopback interface, and its clock runs 100 times as fast as real time, so
that a message is delivered after 20 ms. A marker changes that, and any setting:
``@pytest.mark.sms_sandbox(factor=0)`` freezes the clock, for tests that advance it themselves. On a frozen
clock the limit of one status request per second is off, unless the marker sets ``status_per_second``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from connect_sms import sandbox
from connect_sms.errors.base import MissingExtra

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connect_sms.sandbox import Sandbox, SandboxServer

_FACTOR = 100.0


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line(
        "markers", "sms_sandbox(**options): options of the sandbox that the sms_sandbox fixtures start"
    )


def _options(request: pytest.FixtureRequest) -> dict[str, Any]:
    options: dict[str, Any] = {"factor": _FACTOR}
    for marker in reversed(list(request.node.iter_markers("sms_sandbox"))):
        options.update(marker.kwargs)
    if options["factor"] == 0:
        options.setdefault("status_per_second", None)
    return options


@pytest.fixture
def sms_sandbox(request: pytest.FixtureRequest) -> Iterator[SandboxServer]:
    """A running sandbox on a free port, new for this test, with ``client()`` and ``async_client()``."""
    try:
        server = sandbox.SandboxServer
    except MissingExtra as missing:  # without a page of traceback
        pytest.fail(f"MissingExtra: {missing}", pytrace=False)
    with server(**_options(request)) as running:
        yield running


@pytest.fixture
def sms_sandbox_inprocess(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A sandbox without a socket, new for this test; its clients call it directly."""
    with sandbox.Sandbox(**_options(request)) as running:
        yield running
