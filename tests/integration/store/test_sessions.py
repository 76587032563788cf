"""A connection to PostgreSQL: nothing it is told outlives the transaction, for a pooler may hand it on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from connect_sms.receipts import open_store
from tests.support.receipt_samples import receipt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connect_sms.receipts import ReceiptStore

SETTINGS = (
    "search_path",
    "default_transaction_read_only",
    "lock_timeout",
    "enable_sort",
    "synchronous_commit",
    "idle_in_transaction_session_timeout",
)


@pytest.fixture
def on_postgres(postgres_url: str) -> Iterator[ReceiptStore]:
    with open_store(postgres_url) as store:
        yield store


def connections_of(store: ReceiptStore) -> list[Any]:
    """Those of its writer and of its reader."""
    sessions: list[Any] = [store._durable.writer.connect(5.0), *store._durable._readers]
    return [session._connection for session in sessions]


def test_no_setting_outlives_its_transaction(on_postgres: ReceiptStore, postgres_url: str) -> None:
    import psycopg

    on_postgres.record([receipt("u-1")])
    assert on_postgres.status("u-1") is not None
    with psycopg.connect(postgres_url) as fresh:
        expected = [fresh.execute(f"SHOW {name}").fetchone() for name in SETTINGS]
    connections = connections_of(on_postgres)
    assert len(connections) == 2
    for connection in connections:
        assert [connection.execute(f"SHOW {name}").fetchone() for name in SETTINGS] == expected


def test_statements_are_prepared_where_no_pooler_is_and_nothing_stays_locked(
    on_postgres: ReceiptStore,
) -> None:
    for number in range(20):
        on_postgres.record([receipt(f"u-{number}")])
        assert on_postgres.status(f"u-{number}") is not None
    for connection in connections_of(on_postgres):
        assert connection.execute("SELECT count(*) > 0 FROM pg_prepared_statements").fetchone() == (True,)
        held = connection.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'").fetchone()
        assert held == (0,)


def test_the_keywords_of_libpq_open_the_same_store(on_postgres: ReceiptStore, postgres_url: str) -> None:
    on_postgres.record([receipt("u-1")])
    server = urlsplit(postgres_url)
    with open_store(f"host={server.hostname} port={server.port} dbname=postgres user=postgres") as store:
        assert store.status("u-1") is not None


def test_a_read_can_change_nothing(on_postgres: ReceiptStore) -> None:
    with pytest.raises(Exception, match="25006"):
        on_postgres._durable.read(lambda session: session.execute("DELETE FROM messages"))
