"""Files of an SQLite store that are deleted under it: what was acknowledged is not lost."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from connect_sms.errors.base import StoreUnavailable
from connect_sms.receipts import open_store
from tests.support.receipt_samples import receipt

if TYPE_CHECKING:
    from pathlib import Path

    from connect_sms.receipts import ReceiptStore


@pytest.fixture(autouse=True)
def _nobody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connect_sms.store.writer._WATCH", 600.0)


def told(store: ReceiptStore) -> set[str]:
    return {status.umid for status in store.statuses()}


def after_a_crash(folder: Path) -> set[str]:
    """What another process finds in the files as they are now."""
    aside = folder / "aside"
    aside.mkdir()
    for end in ("", "-wal"):
        if (file := folder / f"receipts.db{end}").exists():
            shutil.copy(file, aside)
    with open_store(aside / "receipts.db") as store:
        assert store._durable.fetch("PRAGMA integrity_check") == [("ok",)]
        return told(store)


@pytest.mark.parametrize("ends", [("-wal",), ("-shm",), ("-wal", "-shm")])
def test_what_was_acknowledged_before_is_saved_and_receiving_goes_on(
    tmp_path: Path, ends: tuple[str, ...]
) -> None:
    with open_store(tmp_path / "receipts.db") as store:
        store.record([receipt("before")])
        assert told(store) == {"before"}
        for end in ends:
            (tmp_path / f"receipts.db{end}").unlink()
        assert told(store) == {"before"}
        with pytest.raises(StoreUnavailable, match=f"receipts.db{ends[0]} was taken away"):
            store.record([receipt("refused")])
        assert store.record([receipt("after")]) == 1
        assert told(store) == {"before", "after"}
        assert after_a_crash(tmp_path) == {"before", "after"}


def test_what_is_committed_while_the_log_is_deleted_is_in_the_main_file(tmp_path: Path) -> None:
    with open_store(tmp_path / "receipts.db") as store:
        store.record([receipt("before")])
        store._durable.call(lambda _: (tmp_path / "receipts.db-wal").unlink())
        assert after_a_crash(tmp_path) == {"before"}


def test_what_is_committed_while_the_main_file_is_deleted_is_not_acknowledged(tmp_path: Path) -> None:
    with open_store(tmp_path / "receipts.db") as store:
        with pytest.raises(StoreUnavailable, match="taken away"):
            store._durable.call(lambda _: (tmp_path / "receipts.db").unlink())
        assert store.record([receipt("after")]) == 1


def test_closing_leaves_everything_in_the_main_file(tmp_path: Path) -> None:
    with open_store(tmp_path / "receipts.db") as other:
        other.record([receipt("u-1")])
        with open_store(tmp_path / "receipts.db") as store:
            store.record([receipt("u-2")])
        (tmp_path / "aside").mkdir()
        shutil.copy(tmp_path / "receipts.db", tmp_path / "aside")
        with open_store(tmp_path / "aside" / "receipts.db") as copy:
            assert told(copy) == {"u-1", "u-2"}


def test_opening_another_store_keeps_the_locks_of_the_first(tmp_path: Path) -> None:
    """POSIX drops all locks of a process on a file when it closes any descriptor of it."""
    file = tmp_path / "receipts.db"
    reads = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('SELECT * FROM events').fetchall()"
    with open_store(file) as store:
        store.record([receipt("u-1")])
        open_store(file).close()
        subprocess.run([sys.executable, "-c", reads, str(file)], check=True)
        assert (tmp_path / "receipts.db-wal").exists(), "a process that closes last deletes the log"
        assert store.record([receipt("u-2")]) == 1
