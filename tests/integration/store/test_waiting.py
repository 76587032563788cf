"""How long callers wait for a lock that somebody else holds: one `busy_timeout` in all."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from connect_sms.errors.base import StoreUnavailable
from connect_sms.receipts import open_store
from connect_sms.store import writer
from tests.support.receipt_samples import outcomes_of, receipt
from tests.support.store_fixtures import held_writer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from connect_sms.receipts import ReceiptStore

BUSY_TIMEOUT = 5.0


class LockedFor:
    """A lock that somebody holds for a number of attempts, and a clock that moves while it is waited for."""

    def __init__(self, store: ReceiptStore, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        self.attempts = 0
        self.waits: list[float] = []
        session = store._durable.writer.connect(BUSY_TIMEOUT)
        self._really_begin = session.begin
        monkeypatch.setattr(writer, "time", self)
        monkeypatch.setattr(session, "begin", self.begin)

    def monotonic(self) -> float:
        return self.now

    def begin(self, patience: float) -> None:
        if not self.attempts:
            self._really_begin(patience)
            return
        self.attempts -= 1
        self.waits.append(patience)
        self.now += patience
        error = sqlite3.OperationalError("database is locked")
        error.sqlite_errorcode = sqlite3.SQLITE_BUSY
        raise error


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ReceiptStore]:
    with open_store(tmp_path / "receipts.db", busy_timeout=BUSY_TIMEOUT) as opened:
        yield opened


@pytest.fixture
def lock(store: ReceiptStore, monkeypatch: pytest.MonkeyPatch) -> LockedFor:
    return LockedFor(store, monkeypatch)


def test_who_waited_behind_others_does_not_wait_as_long_again(store: ReceiptStore, lock: LockedFor) -> None:
    with ThreadPoolExecutor(3) as pool:
        with held_writer(store):
            beats = [pool.submit(store.heartbeat) for _ in range(3)]
            while len(store._durable.writer._jobs) < 3:
                pass
            lock.attempts = 3
        for beat in beats:
            with pytest.raises(StoreUnavailable, match="locked"):
                beat.result()
    assert lock.waits == [BUSY_TIMEOUT, writer._MIN_PATIENCE, writer._MIN_PATIENCE]


def test_who_came_later_waits_on_when_the_time_of_the_first_is_over(
    store: ReceiptStore, lock: LockedFor
) -> None:
    with held_writer(store):
        waiting = []
        for number in range(3):
            waiting.append(store.submit([receipt(f"u-{number}")]))
            lock.now += 1
        lock.attempts = 2
    for refused in waiting[:2]:
        with pytest.raises(StoreUnavailable, match="locked"):
            refused.result()
    assert waiting[2].result() == 1
    assert lock.waits == [BUSY_TIMEOUT - 3, 1]
    assert set(outcomes_of(store)) == {"u-2"}


def test_a_lock_of_another_program_ends_in_an_error(store: ReceiptStore, tmp_path: Path) -> None:
    with open_store(tmp_path / "receipts.db", busy_timeout=0.05) as hasty:
        other = sqlite3.connect(tmp_path / "receipts.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="locked"):
            hasty.record([receipt("u-1")])
        other.execute("ROLLBACK")
        other.close()
        assert hasty.record([receipt("u-1")]) == 1
