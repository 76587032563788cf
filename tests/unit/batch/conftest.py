"""Each kind of client in turn."""

from __future__ import annotations

import pytest

from tests.unit.batch.sender import KINDS, Sender


@pytest.fixture(params=KINDS)
def sender(request: pytest.FixtureRequest) -> Sender:
    """The blocking client, the asynchronous one in asyncio, and in trio."""
    return Sender(request.param)


@pytest.fixture(params=[kind for kind in KINDS if kind != "sync"])
def async_sender(request: pytest.FixtureRequest) -> Sender:
    """The asynchronous client, in asyncio and in trio."""
    return Sender(request.param)
