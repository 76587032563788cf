from __future__ import annotations

from typing import Any

import pytest

from tests.integration.faults.matrix import (
    Matrix,
    observe,
    one_client_each,
    runs,
    sends_once,
    with_naive_retries,
    with_results_by_position,
)

#: How much of the matrix is played: every client meets everything each night.
_SHARES = [
    pytest.param(one_client_each, id="each client in turn"),
    pytest.param(list, id="every client", marks=pytest.mark.nightly),
]


@pytest.fixture(scope="session", params=_SHARES)
def matrix(request: pytest.FixtureRequest) -> Matrix:
    """Every row, played once for all tests."""
    wanted: Any = request.param(runs())
    return observe(wanted)


@pytest.fixture(scope="session", params=_SHARES)
def naive(request: pytest.FixtureRequest) -> Matrix:
    """The sends, with a client that tries again whatever went wrong."""
    wanted: Any = request.param(sends_once())
    return with_naive_retries(wanted)


@pytest.fixture(scope="session")
def by_position() -> Matrix:
    """The disordered batches, with a client that matches results by position."""
    return with_results_by_position()
