"""A few batches that are killed and resumed, in every slow test run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.slow.chaos.play import SIGNALS, SandboxProcess
from tests.slow.chaos.resumed import resumed
from tests.support.scale import scaled

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess() as running:
        yield running


@pytest.mark.parametrize("how", SIGNALS)
def test_a_resumed_batch_sends_to_nobody_twice_and_loses_nobody(sandbox: SandboxProcess, how: str) -> None:
    row = resumed(sandbox, how, rounds=scaled(5, 200), seed=1)
    print(row)  # noqa: T201  shown with -s
    assert row.accepted > 0
    assert (row.missing, row.twice) == (0, 0), row


def test_control_a_batch_begun_again_sends_twice(sandbox: SandboxProcess) -> None:
    row = resumed(sandbox, "SIGKILL", rounds=2, seed=1, control=True)
    assert row.twice > 0, row
