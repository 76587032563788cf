"""The writing thread: callers who wait share a transaction."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from connect_sms.store import writer
from connect_sms.store.database import Database, Session
from tests.support.receipt_samples import (
    receipt,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from connect_sms.receipts import ReceiptStore


@pytest.fixture
def held(store: ReceiptStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[int]]]:
    """A writer that is busy until let go; what it then took together, as numbers of callers."""
    gate, entered = threading.Event(), threading.Event()
    groups: list[int] = []
    real = store._durable.writer._commit

    def commit(group: list[Any]) -> Sequence[Any]:
        groups.append(len(group))
        return real(group)

    def hold(_: Any) -> None:
        entered.set()
        assert gate.wait(60)

    monkeypatch.setattr(store._durable.writer, "_commit", commit)
    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(store._durable.writer.call, hold)
        assert entered.wait(60)

        def let_go() -> list[int]:
            gate.set()
            holding.result()
            store.heartbeat()  # comes after all that waits
            return groups[1:-1]

        yield let_go
        gate.set()


def test_callers_who_wait_share_one_transaction(store: ReceiptStore, held: Callable[[], list[int]]) -> None:
    waiting = [store.submit([receipt(f"u-{number // 2}")]) for number in range(20)]
    assert held() == [20]
    assert sum(future.result() for future in waiting) == 10


def test_what_changes_other_things_has_a_transaction_of_its_own(
    store: ReceiptStore, held: Callable[[], list[int]]
) -> None:
    with ThreadPoolExecutor(1) as pool:
        before = store.submit([receipt("u-1")])
        beat = pool.submit(store.heartbeat)
        wait_until(lambda: len(store._durable.writer._jobs) == 2)
        after = store.submit([receipt("u-2")])
        assert held() == [1, 1, 1]
        beat.result()
    assert (before.result(), after.result()) == (1, 1)


def test_what_nobody_waits_for_any_more_is_not_written(
    store: ReceiptStore, held: Callable[[], list[int]]
) -> None:
    assert store.submit([receipt()]).cancel()
    assert held() == []
    assert store.status("u-1") is None


def test_a_group_has_an_end(
    store: ReceiptStore, held: Callable[[], list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "_MAX_GROUP", 5)
    # Each receipt is two rows, an event and a status.
    waiting = [store.submit([receipt(f"u-{number}")]) for number in range(5)]
    large = store.submit([receipt(f"v-{number}") for number in range(10)])
    assert held() == [2, 2, 1, 1]
    assert [future.result() for future in (*waiting, large)] == [1, 1, 1, 1, 1, 10]


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline


def test_each_database_offers_all_that_a_store_asks_of_one(store: ReceiptStore) -> None:
    def asked(protocol: type) -> set[str]:
        return {name for name in vars(protocol) if not name.startswith("_")}

    session = store._durable.database.connect(writer=False)
    assert asked(Database) <= set(dir(store._durable.database))
    assert asked(Session) <= set(dir(session))
    session.close()
