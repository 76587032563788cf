"""A database in trouble: nothing is called durable that is not, and all goes on when the trouble is over."""

from __future__ import annotations

import sqlite3
import sys
from typing import TYPE_CHECKING, Any

import pytest

from connect_sms.errors.base import ConfigurationError, MissingExtra, StoreUnavailable
from connect_sms.receipts import open_store
from connect_sms.receipts._rows import WriteBatch
from tests.support.receipt_samples import receipt
from tests.support.store_fixtures import held_writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future
    from pathlib import Path

    from connect_sms.receipts import ReceiptStore
    from tests.support.postgres_server import PostgresServer


@pytest.fixture
def file(tmp_path: Path) -> Iterator[ReceiptStore]:
    with open_store(tmp_path / "receipts.db", busy_timeout=0.05) as store:
        yield store


def told(store: ReceiptStore) -> set[str]:
    return {status.umid for status in store.statuses()}


def is_refused(store: ReceiptStore, umid: str) -> str:
    with pytest.raises(StoreUnavailable) as caught:
        store.record([receipt(umid)])
    assert caught.value.transient
    assert caught.value.__cause__ is None
    return caught.value.reason


# SQLite


@pytest.mark.parametrize(
    ("trouble", "said"),
    [("PRAGMA max_page_count = 1", "full"), ("PRAGMA query_only = ON", "readonly")],
    ids=["a full disk", "a read-only file"],
)
def test_a_file_that_cannot_grow_or_be_written(file: ReceiptStore, trouble: str, said: str) -> None:
    file.record([receipt("before")])
    file._durable.writer.call(lambda session: session.fetch(trouble))
    many = [receipt(f"u-{number}", clientMessageId="x" * 300) for number in range(200)]
    with pytest.raises(StoreUnavailable, match=said):
        file.record(many)
    assert told(file) == {"before"}
    assert file.record(many) == 200


def test_a_file_that_another_process_has_locked(file: ReceiptStore, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "receipts.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert "locked" in is_refused(file, "u-1")
    with pytest.raises(StoreUnavailable, match="locked"):
        file.heartbeat()
    assert told(file) == set()
    other.execute("ROLLBACK")
    other.close()
    assert file.record([receipt("u-1")]) == 1


def test_a_file_that_was_taken_away(file: ReceiptStore, tmp_path: Path) -> None:
    file.record([receipt("before")])
    for part in tmp_path.iterdir():
        part.unlink()
    assert "taken away" in is_refused(file, "u-1")
    assert file.record([receipt("u-1")]) == 1
    with open_store(tmp_path / "receipts.db") as other:
        assert told(other) == {"u-1"}


def test_a_folder_that_was_taken_away_and_came_back(file: ReceiptStore, tmp_path: Path) -> None:
    file.record([receipt("before")])
    aside = tmp_path.with_name(f"{tmp_path.name} aside")
    tmp_path.rename(aside)
    assert "taken away" in is_refused(file, "u-1")
    assert "No such file" in is_refused(file, "u-1")
    aside.rename(tmp_path)
    assert file.record([receipt("u-1")]) == 1


def test_a_folder_that_is_not_there_and_a_file_that_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="No such file"):
        open_store(tmp_path / "nowhere" / "receipts.db")
    (tmp_path / "letter.txt").write_text("Dear reader, " * 100)
    with pytest.raises(StoreUnavailable, match="not a database"):
        open_store(tmp_path / "letter.txt")


def test_a_new_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path}/receipts.db") as store:
        store.record([receipt()])
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert set(modes.values()) == {0o600}


def test_every_commit_is_flushed_to_disk(file: ReceiptStore) -> None:
    pragmas = ["journal_mode", "synchronous", "fullfsync", "checkpoint_fullfsync"]
    set_to = file._durable.writer.call(
        lambda session: [session.fetch(f"PRAGMA {name}")[0][0] for name in pragmas]
    )
    assert set_to == ["wal", 2, 1, 1]


# PostgreSQL


@pytest.fixture
def server(postgres_server: PostgresServer, postgres_url: str) -> Iterator[ReceiptStore]:
    with open_store(postgres_url, busy_timeout=0.2) as store:
        yield store


def test_a_server_that_crashes_and_comes_back(server: ReceiptStore, postgres_server: PostgresServer) -> None:
    server.record([receipt("before")])
    assert told(server) == {"before"}
    postgres_server.crash()
    assert is_refused(server, "u-1")
    with pytest.raises(StoreUnavailable):
        server.status("before")
    postgres_server.start()
    assert server.record([receipt("u-1")]) == 1
    assert told(server) == {"before", "u-1"}


def test_a_server_that_restarts_between_two_receipts_is_not_noticed(
    server: ReceiptStore, postgres_server: PostgresServer
) -> None:
    server.record([receipt("before")])
    assert told(server) == {"before"}
    postgres_server.crash()
    postgres_server.start()
    assert told(server) == {"before"}
    assert server.record([receipt("after")]) == 1


def test_a_table_that_another_process_has_locked(server: ReceiptStore, postgres_url: str) -> None:
    import psycopg

    with psycopg.connect(postgres_url) as other:
        other.execute("LOCK TABLE connect_sms.messages IN ACCESS EXCLUSIVE MODE")
        assert is_refused(server, "u-1") == "LockNotAvailable (SQLSTATE 55P03)"
        with pytest.raises(StoreUnavailable):
            server.status("u-1")
    assert server.record([receipt("u-1")]) == 1


def test_a_database_that_is_read_only(server: ReceiptStore) -> None:
    server._durable.writer.call(lambda session: session.execute("SET default_transaction_read_only TO on"))
    assert "25006" in is_refused(server, "u-1")
    assert server.record([receipt("u-1")]) == 1


def test_every_commit_waits_for_the_disk(server: ReceiptStore) -> None:
    assert server._durable.writer.call(lambda session: session.fetch("SHOW synchronous_commit")) == [("on",)]


def test_nobody_listens() -> None:
    with pytest.raises(StoreUnavailable, match="connection") as caught:
        open_store("postgresql://someone:very-secret@127.0.0.1:1/receipts", busy_timeout=1)
    assert "very-secret" not in str(caught.value)


def test_a_database_that_cannot_hold_every_character(postgres_server: PostgresServer) -> None:
    import psycopg

    with psycopg.connect(postgres_server.url, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS narrow")
        connection.execute(
            "CREATE DATABASE narrow TEMPLATE template0 ENCODING LATIN1 "
            "LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C'"
        )
    with pytest.raises(ConfigurationError, match="UTF8"):
        open_store(postgres_server.url.removesuffix("postgres") + "narrow")


def test_without_the_extra_the_line_to_type_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingExtra, match=r"pip install 'connect-sms\[postgres\]'"):
        open_store("postgres://localhost/receipts")


# Both


def test_a_database_that_a_newer_version_has_taken_over(store: ReceiptStore) -> None:
    def take_over_and_break(session: Any) -> None:
        session.execute(
            "INSERT INTO migrations (schema_name, number, name, applied_at) "
            "VALUES ('receipts', 999, 'next', '')"
        )
        session.commit()
        raise StoreUnavailable(reason="broken")

    with pytest.raises(StoreUnavailable, match="broken"):
        store._durable.writer.call(take_over_and_break)
    with pytest.raises(ConfigurationError, match="newer"):
        store.record([receipt()])


def test_one_call_that_no_database_takes_does_not_spoil_the_others(store: ReceiptStore) -> None:
    row = ("8x8", "u-bad", "f", object(), *[None] * 8)
    with held_writer(store):
        good = [store.submit([receipt("u-1")])]
        bad: Future[int] = store._durable.writer.put(WriteBatch(events={("8x8", "u-bad", "f"): row}))
        good.append(store.submit([receipt("u-2")]))
    assert [future.result() for future in good] == [1, 1]
    with pytest.raises(StoreUnavailable):
        bad.result()


def test_a_function_that_breaks_does_not_end_the_writer(store: ReceiptStore) -> None:
    def broken(_: Any) -> None:
        raise RuntimeError("a secret")

    with pytest.raises(StoreUnavailable, match=r"writing failed \(RuntimeError\)"):
        store._durable.writer.call(broken)
    assert store.record([receipt()]) == 1


def test_when_too_much_waits_more_is_refused_at_once(where: str) -> None:
    with open_store(where, max_queued=4) as store:
        with held_writer(store):
            waiting = [store.submit([receipt(f"u-{number}")]) for number in range(2)]
            assert "4 rows wait" in is_refused(store, "u-9")
        assert [future.result() for future in waiting] == [1, 1]
        assert store.record([receipt(f"u-{number}") for number in range(10)]) == 8


def test_closing_writes_what_waits_and_refuses_the_rest(opened: Callable[[], ReceiptStore]) -> None:
    store = opened()
    waiting = [store.submit([receipt(f"u-{number}")]) for number in range(20)]
    store.close()
    store.close()
    assert sum(future.result() for future in waiting) == 20
    assert "closed" in is_refused(store, "u-99")
    with pytest.raises(StoreUnavailable, match="closed"):
        store.status("u-1")
    assert "closed" in repr(store)


def test_a_reader_that_outlives_the_store_is_closed_with_it(store: ReceiptStore) -> None:
    def close_meanwhile(session: Any) -> str:
        store.close()
        return "read"

    assert store._durable.read(close_meanwhile) == "read"
    assert store._durable._readers == []


def test_no_value_stands_in_an_error(store: ReceiptStore) -> None:
    def insert(session: Any) -> None:
        session.execute(
            "INSERT INTO quarantine (id, received_at, reason, raw) VALUES ('+447700900123', '', '', NULL)"
        )

    with pytest.raises(StoreUnavailable) as caught:
        store._durable.writer.call(insert)
    assert "900123" not in str(caught.value)


@pytest.mark.parametrize(
    "where", ["", ":memory:", "file:x?mode=memory", "sqlite://", "mysql://host/x", "sqlite:///"]
)
def test_a_word_that_means_no_database(where: str) -> None:
    with pytest.raises(ConfigurationError):
        open_store(where)
