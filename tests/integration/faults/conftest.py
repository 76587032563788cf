from __future__ import annotations

import pytest

from tests.integration.faults.matrix import (
    Matrix,
    observe,
    runs,
    with_naive_retries,
    with_results_by_position,
)


@pytest.fixture(scope="session")
def matrix() -> Matrix:
    """Every row, played once for all tests."""
    return observe(runs())


@pytest.fixture(scope="session")
def naive() -> Matrix:
    """The sends, with a client that tries again whatever went wrong."""
    return with_naive_retries()


@pytest.fixture(scope="session")
def by_position() -> Matrix:
    """The disordered batches, with a client that matches results by position."""
    return with_results_by_position()
