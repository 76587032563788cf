"""A caller's time bounds its wait for a store that is locked or hangs; what came too late is undone."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from connect_sms.errors.base import StoreUnavailable
from connect_sms.models.outcomes import Outcome
from connect_sms.receipts import open_store
from tests.support import NUMBER, TEXT, Caller, Script, queued
from tests.support.receipt_samples import outcomes_of, receipt, sent_message
from tests.support.store_fixtures import held_writer

if TYPE_CHECKING:
    from collections.abc import Generator

    from connect_sms.receipts import ReceiptStore

LATE = datetime(9000, 1, 1, tzinfo=UTC)
HANDED = sent_message("c-1", outcome=Outcome.HANDING_OVER)
SHORT = 0.05
too_late = pytest.raises(StoreUnavailable, match="in the time there was")


@contextmanager
def locked(where: str) -> Generator[None]:
    """Somebody else holds the lock that every writer needs."""
    if where.startswith("postgresql"):
        import psycopg

        with psycopg.connect(where) as other:
            other.execute("LOCK TABLE connect_sms.messages, connect_sms.status_slots IN EXCLUSIVE MODE")
            yield
        return
    other_file = sqlite3.connect(where, isolation_level=None)
    other_file.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other_file.execute("ROLLBACK")
        other_file.close()


def test_what_came_too_late_is_undone(store: ReceiptStore, where: str) -> None:
    with locked(where), too_late:
        store.hand_over([HANDED], deadline=LATE, timeout=SHORT)
    store.record([receipt("u-1")])
    assert set(outcomes_of(store)) == {"u-1"}


def test_what_still_waits_for_its_turn_is_never_written(store: ReceiptStore) -> None:
    with held_writer(store), too_late:
        store.hand_over([HANDED], deadline=LATE, timeout=0)
    assert store._durable.writer._queued == 0
    assert outcomes_of(store) == {}


def test_what_came_of_it_is_written_later(store: ReceiptStore, where: str) -> None:
    store.hand_over([HANDED], deadline=LATE)
    with locked(where), too_late:
        store.record_sent([sent_message("c-1", "u-1")], timeout=SHORT)
    store.record([receipt("u-2")])
    assert set(outcomes_of(store)) == {"u-1", "u-2"}


def test_the_turn_of_a_status_request_is_not_waited_for(store: ReceiptStore, where: str) -> None:
    with locked(where), too_late:
        store.reserve_status_slot("Acme", timeout=SHORT)
    store.heartbeat()


def test_a_send_is_not_sent(caller: Caller, store: ReceiptStore, where: str) -> None:
    script = Script(queued)
    client = caller.client(script, receipts=store)
    with (
        locked(where),
        pytest.raises(StoreUnavailable, match=r"in the time there was.*nothing was sent") as told,
    ):
        caller(client.send(NUMBER, TEXT, timeout=SHORT))
    assert (script.seen, told.value.may_have_been_sent) == (0, False)
    store.heartbeat()
    assert outcomes_of(store) == {}


def test_without_a_record_it_is_sent(caller: Caller, store: ReceiptStore, where: str) -> None:
    script = Script(queued)
    client = caller.client(script, receipts=store, send_without_store=True)
    with locked(where):
        umid = caller(client.send(NUMBER, TEXT, timeout=SHORT)).umid
    store.heartbeat()
    assert (script.seen, set(outcomes_of(store))) == (1, {umid})


def test_a_query_that_a_server_does_not_answer_is_not_waited_for(postgres_url: str) -> None:
    with open_store(postgres_url, busy_timeout=60) as store:
        with pytest.raises(StoreUnavailable, match="57014"):
            store._durable.fetch("SELECT pg_sleep(300)", timeout=SHORT)
        assert store._durable.fetch("SHOW statement_timeout", timeout=SHORT) == [("50ms",)]
        assert store._durable.fetch("SHOW statement_timeout") == [("0",)]


def test_nor_is_one_that_waits_for_a_lock(postgres_url: str) -> None:
    import psycopg

    with open_store(postgres_url, busy_timeout=60) as store, psycopg.connect(postgres_url) as other:
        other.execute("LOCK TABLE connect_sms.messages IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(StoreUnavailable, match="SQLSTATE"):
            store.status("u-1", timeout=SHORT)
