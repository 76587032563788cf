"""A few rounds of chaos in every test run: whatever 8x8 accepted, the store knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.slow.chaos.play import SIGNALS, SandboxProcess, cancelled, stopped, without_the_note
from tests.support.scale import scaled

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUNDS, CANCELLED = scaled(5, 200), scaled(50, 200)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess() as running:
        yield running


@pytest.mark.parametrize("how", SIGNALS)
@pytest.mark.parametrize("form", ["single", "batch"])
def test_what_was_accepted_is_in_the_store_however_the_sender_ended(
    sandbox: SandboxProcess, where: str, form: str, how: str
) -> None:
    row = stopped(sandbox, where, form, how, rounds=ROUNDS, seed=1)
    print(row)  # noqa: T201  shown with -s
    assert row.accepted > 0
    assert (row.missing, row.twice) == (0, 0), row


def test_what_was_accepted_is_in_the_store_though_the_send_was_cancelled(
    sandbox: SandboxProcess, where: str
) -> None:
    row = cancelled(sandbox, where, CANCELLED, seed=1)
    print(row)  # noqa: T201  shown with -s
    assert row.accepted > 0
    assert (row.missing, row.twice) == (0, 0), row


def test_control_recorded_after_the_answer_alone_some_are_missing(
    sandbox: SandboxProcess, where: str
) -> None:
    row = without_the_note(sandbox, where, 1, seed=1)
    print(row)  # noqa: T201  shown with -s
    assert row.missing > 0
