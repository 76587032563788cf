"""The writing thread: callers who wait share a transaction."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from connect_sms.store import writer
from connect_sms.store.database import Database, Session
from tests.support.receipt_samples import receipt
from tests.support.store_fixtures import held_writer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from connect_sms.receipts import ReceiptStore


@pytest.fixture
def groups(store: ReceiptStore, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many callers the writer took together each time."""
    found: list[int] = []
    real = store._durable.writer._commit

    def commit(group: list[Any]) -> Sequence[Any]:
        found.append(len(group))
        return real(group)

    monkeypatch.setattr(store._durable.writer, "_commit", commit)
    return found


def test_callers_who_wait_share_one_transaction(store: ReceiptStore, groups: list[int]) -> None:
    with held_writer(store):
        waiting = [store.submit([receipt(f"u-{number // 2}")]) for number in range(20)]
    assert sum(future.result() for future in waiting) == 10
    assert groups == [1, 20]


def test_what_changes_other_things_has_a_transaction_of_its_own(
    store: ReceiptStore, groups: list[int]
) -> None:
    with ThreadPoolExecutor(1) as pool:
        with held_writer(store):
            before = store.submit([receipt("u-1")])
            beat = pool.submit(store.heartbeat)
            wait_until(lambda: len(store._durable.writer._jobs) == 2)
            after = store.submit([receipt("u-2")])
        beat.result()
        assert (before.result(), after.result()) == (1, 1)
    assert groups == [1, 1, 1, 1]


def test_what_nobody_waits_for_any_more_is_not_written(store: ReceiptStore, groups: list[int]) -> None:
    with held_writer(store):
        assert store.submit([receipt()]).cancel()
    store.heartbeat()  # comes after all that waits
    assert groups == [1, 1]
    assert store.status("u-1") is None


def test_a_group_has_an_end(store: ReceiptStore, groups: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "_MAX_GROUP", 5)
    with held_writer(store):
        # Each receipt is two rows, an event and a status.
        waiting = [store.submit([receipt(f"u-{number}")]) for number in range(5)]
        large = store.submit([receipt(f"v-{number}") for number in range(10)])
    assert [future.result() for future in (*waiting, large)] == [1, 1, 1, 1, 1, 10]
    assert groups == [1, 2, 2, 1, 1]


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline


def test_each_database_offers_all_that_a_store_asks_of_one(store: ReceiptStore) -> None:
    def asked(protocol: type) -> set[str]:
        return {name for name in vars(protocol) if not name.startswith("_")}

    session = store._durable.database.connect(writer=False, patience=1.0)
    assert asked(Database) <= set(dir(store._durable.database))
    assert asked(Session) <= set(dir(session))
    session.close()
