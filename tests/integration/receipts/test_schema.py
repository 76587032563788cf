"""The tables: the same on both databases, brought up to date in order, and documented."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from connect_sms.errors.base import StoreUnavailable
from connect_sms.receipts import store as module
from connect_sms.receipts._schema import SCHEMA
from connect_sms.store.migrations import MIGRATIONS
from connect_sms.store.schema import Migration
from tests.support.paths import ROOT
from tests.support.receipt_samples import receipt

if TYPE_CHECKING:
    from collections.abc import Callable

    from connect_sms.receipts import ReceiptStore
    from connect_sms.store.schema import Schema


DOCS = ROOT / "docs" / "receipts-schema.md"
NEXT = Migration(
    999, "next", ("CREATE TABLE later (a TEXT)", "INSERT INTO later (a) SELECT umid FROM messages")
)


def declared() -> dict[str, tuple[str, ...]]:
    """Tables and their columns, as the code says."""
    return {table.name: table.names for table in (MIGRATIONS, *SCHEMA.tables)}


def with_further(*migrations: Migration) -> Schema:
    return SCHEMA._replace(migrations=(*SCHEMA.migrations, *migrations))


def found(store: ReceiptStore) -> dict[str, tuple[str, ...]]:
    """The same, as the database says."""
    if "postgres" in repr(store).lower():
        query = (
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_schema = 'connect_sms' ORDER BY table_name, ordinal_position"
        )
    else:
        query = (
            "SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c "
            "WHERE t.type = 'table' ORDER BY t.name, c.cid"
        )
    tables: dict[str, tuple[str, ...]] = {}
    for table, column in store._durable.fetch(query):
        tables[table] = (*tables.get(table, ()), column)
    return tables


def numbers(store: ReceiptStore) -> list[int]:
    return [number for (number,) in store._durable.fetch("SELECT number FROM migrations ORDER BY number")]


def test_a_new_database_has_the_tables_that_the_code_declares(store: ReceiptStore) -> None:
    assert found(store) == declared()


def test_every_table_and_column_is_documented() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for table, columns in declared().items():
        section = text.partition(f"## `{table}`")[2].partition("\n## ")[0]
        assert tuple(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)) == columns, table


def test_migrations_are_numbered_without_gaps() -> None:
    numbered = [migration.number for migration in SCHEMA.migrations]
    assert numbered == list(range(1, len(numbered) + 1))


def test_several_processes_may_open_a_new_database_at_once(opened: Callable[[], ReceiptStore]) -> None:
    with ThreadPoolExecutor(4) as pool:
        stores = list(pool.map(lambda _: opened(), range(4)))
    assert numbers(stores[0]) == [migration.number for migration in SCHEMA.migrations]


def test_a_database_of_an_older_version_is_brought_up_to_date_with_all_it_holds(
    opened: Callable[[], ReceiptStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened() as old:
        old.record([receipt()])
    monkeypatch.setattr(module, "SCHEMA", with_further(NEXT))
    new = opened()
    assert numbers(new) == [1, 999]
    assert new._durable.fetch("SELECT a FROM later") == [("u-1",)]


def test_a_migration_that_fails_leaves_nothing_behind(
    opened: Callable[[], ReceiptStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened().close()
    broken = Migration(999, "broken", (*NEXT.statements, "INSERT INTO nowhere (a) VALUES (1)"))
    with monkeypatch.context() as patch:
        patch.setattr(module, "SCHEMA", with_further(broken))
        with pytest.raises(StoreUnavailable):
            opened()
    assert found(opened()) == declared()


def test_a_store_says_where_it_is_and_no_password(store: ReceiptStore) -> None:
    assert repr(store).startswith(("<ReceiptStore: SQLite(path='", "<ReceiptStore: PostgreSQL()>"))
