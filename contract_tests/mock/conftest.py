"""One Prism for each document, for the whole session; a client of each kind for each module."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Any

import pytest

from contract_tests.contract import load
from contract_tests.mock.mocks import Mock, connected
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
