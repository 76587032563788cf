"""Two stores on one SQLite file whose log or index is deleted: neither puts a new one beside the old."""

from __future__ import annotations

import sqlite3
import time
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from connect_sms import Outcome
from connect_sms.errors import StoreUnavailable
from connect_sms.models.sent import SentMessage
from connect_sms.receipts import ReceiptStore, open_store
from tests.support import NUMBER, SUB_ACCOUNT

PATIENCE = 30.0


def record(store: ReceiptStore, own_id: str) -> bool:
    """Record a message; False when the store refuses."""
    message = SentMessage(
        provider="8x8",
        umid=f"umid-{own_id}",
        client_message_id=own_id,
        destination=NUMBER,
        sub_account_id=SUB_ACCOUNT,
        sent_at=datetime.now(UTC),
        outcome=Outcome.QUEUED,
    )
    try:
        store.record_sent([message])
    except StoreUnavailable:
        return False
    return True


@pytest.mark.parametrize("deleted", [("-wal",), ("-shm",), ("-wal", "-shm")], ids="".join)
def test_what_either_has_acknowledged_is_there(deleted: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    ids = map("message-{}".format, count())
    acknowledged: set[str] = set()

    def record_some(*stores: ReceiptStore) -> None:
        until = time.monotonic() + PATIENCE
        for store in stores:
            left = 20
            while left:
                own_id = next(ids)
                if record(store, own_id):
                    acknowledged.add(own_id)
                    left -= 1
                assert time.monotonic() < until

    with open_store(str(path)) as one, open_store(str(path)) as other:
        record_some(one, other)
        for end in deleted:
            Path(f"{path}{end}").unlink()
        record_some(one, other, one)
        assert acknowledged <= {status.client_message_id for status in one.statuses()}
        assert acknowledged <= {status.client_message_id for status in other.statuses()}
    database = sqlite3.connect(path)
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    database.close()


def test_a_store_that_has_nothing_to_write_lets_go(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with open_store(str(path)) as one, open_store(str(path)) as idle:
        assert list(idle.statuses()) == []
        Path(f"{path}-wal").unlink()
        until = time.monotonic() + PATIENCE
        while not record(one, "message"):
            assert time.monotonic() < until
        assert [status.client_message_id for status in idle.statuses()] == ["message"]
