"""One Prism for each document, for the whole session; a client of each kind for each module."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Any

import pytest

from connect_sms import ManualClock
from connect_sms.sandbox import SandboxClock, SandboxServer
from contract_tests.contract import load
from contract_tests.mock.mocks import Mock, connected, sandbox_connected
from contract_tests.sandbox.serving import serving as serving_sandbox
from contract_tests.support.prefer import WIRES
from contract_tests.support.prism import Prism, missing, serving, without_callbacks
from contract_tests.support.vendor import PREFIX, load_vendor


def start(document: Mapping[str, Any]) -> Iterator[Prism]:
    if complaint := missing():
        pytest.skip(complaint)
    with serving(document) as prism:
        yield prism


@pytest.fixture(scope="session")
def our_prism() -> Iterator[Prism]:
    yield from start(load())


@pytest.fixture(scope="session")
def quiet_prism() -> Iterator[Prism]:
    """The same, but it posts no receipts."""
    yield from start(without_callbacks(load()))


@pytest.fixture(scope="session")
def vendor_prism() -> Iterator[Prism]:
    yield from start(load_vendor())


@pytest.fixture(scope="module", params=WIRES)
def ours(request: pytest.FixtureRequest, our_prism: Prism) -> Iterator[Mock]:
    with ExitStack() as stack:
        yield connected(stack, request.param, our_prism.url)


@pytest.fixture(scope="module", params=WIRES)
def vendors(request: pytest.FixtureRequest, vendor_prism: Prism) -> Iterator[Mock]:
    with ExitStack() as stack:
        yield connected(stack, request.param, vendor_prism.url + PREFIX)


@pytest.fixture(scope="session")
def stand_in() -> Iterator[SandboxServer]:
    """The sandbox in the clients' time. It posts receipts, on this machine only."""
    clock = SandboxClock(factor=0, start=ManualClock().now().timestamp())
    with serving_sandbox(clock=clock, deliver=None, status_per_second=None) as served:
        yield served.sandbox


@pytest.fixture(
    scope="module", params=[f"{server} {wire}" for server in ("prism", "sandbox") for wire in WIRES]
)
def either(request: pytest.FixtureRequest) -> Iterator[Mock]:
    """Prism on our contract, or the sandbox, which never read it: what holds for both."""
    server, _, wire = request.param.partition(" ")
    with ExitStack() as stack:
        if server == "prism":
            yield connected(stack, wire, request.getfixturevalue("our_prism").url)
        else:
            yield sandbox_connected(stack, wire, request.getfixturevalue("stand_in"))
