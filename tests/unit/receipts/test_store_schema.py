"""The tables: the same on both databases, brought up to date in order, and documented."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from connect_sms.errors.base import ConfigurationError, StoreUnavailable
from connect_sms.receipts import open_store
from connect_sms.receipts.store import _store as module
from connect_sms.receipts.store._migrations import Migration, migrations
from connect_sms.receipts.store._statements import STANDING_COLUMNS
from tests.support.paths import ROOT
from tests.support.receipt_samples import receipt

if TYPE_CHECKING:
    from collections.abc import Callable

    from connect_sms.receipts import Store

DOCS = ROOT / "docs" / "receipts-schema.md"
NEXT = Migration(
    999, "next", ("CREATE TABLE later (a TEXT)", "INSERT INTO later (a) SELECT umid FROM standings")
)


def declared() -> dict[str, list[str]]:
    """Tables and their columns, as the files of the schema say."""
    tables = {"migrations": ["number", "name", "applied_at"]}
    for step in migrations():
        for statement in step.statements:
            if match := re.match(r"CREATE TABLE (\w+) \((.*)\)$", statement, re.DOTALL):
                lines = (line.split() for line in match[2].splitlines() if line.strip())
                tables[match[1]] = [words[0] for words in lines if words[0] != "PRIMARY"]
    return tables


def found(store: Store) -> dict[str, list[str]]:
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
    tables: dict[str, list[str]] = {}
    for table, column in store._fetch(query):
        tables.setdefault(table, []).append(column)
    return tables


def numbers(store: Store) -> list[int]:
    return [number for (number,) in store._fetch("SELECT number FROM migrations ORDER BY number")]


def test_a_new_database_has_the_tables_that_the_files_declare(store: Store) -> None:
    assert found(store) == declared()


def test_the_columns_of_a_standing_are_those_that_the_code_writes() -> None:
    assert declared()["standings"] == [*STANDING_COLUMNS, "given_up_at"]


def test_every_table_and_column_is_documented() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for table, columns in declared().items():
        section = text.partition(f"## `{table}`")[2].partition("\n## ")[0]
        assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == columns, table


def test_migrations_are_numbered_without_gaps_and_end_no_statement_in_its_middle() -> None:
    steps = migrations()
    assert [step.number for step in steps] == list(range(1, len(steps) + 1))
    for statement in (statement for step in steps for statement in step.statements):
        assert re.match(r"(CREATE (TABLE|INDEX)|ALTER TABLE|UPDATE|INSERT) ", statement)
        assert statement.count("(") == statement.count(")")
        assert "'" not in statement


def test_opening_again_changes_nothing(opened: Callable[[], Store]) -> None:
    opened().close()
    again = opened()
    assert numbers(again) == [step.number for step in migrations()]


def test_several_processes_may_open_a_new_database_at_once(opened: Callable[[], Store]) -> None:
    with ThreadPoolExecutor(4) as pool:
        stores = list(pool.map(lambda _: opened(), range(4)))
    assert numbers(stores[0]) == [step.number for step in migrations()]


def test_a_database_of_an_older_version_is_brought_up_to_date_with_all_it_holds(
    opened: Callable[[], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened() as old:
        old.record([receipt()])
    steps = [*migrations(), NEXT]
    monkeypatch.setattr(module, "migrations", lambda: steps)
    new = opened()
    assert numbers(new) == [step.number for step in steps]
    assert new._fetch("SELECT a FROM later") == [("u-1",)]


def test_a_migration_that_fails_leaves_nothing_behind(
    opened: Callable[[], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened().close()
    broken = Migration(999, "broken", (*NEXT.statements, "INSERT INTO nowhere (a) VALUES (1)"))
    with monkeypatch.context() as patch:
        patch.setattr(module, "migrations", lambda: [*migrations(), broken])
        with pytest.raises(StoreUnavailable):
            opened()
    assert found(opened()) == declared()


def test_a_database_of_a_newer_version_is_left_alone(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(module, "migrations", lambda: [*migrations(), NEXT])
        open_store(where).close()
    with pytest.raises(ConfigurationError, match="migration 999"):
        open_store(where)


def test_a_store_says_where_it_is_and_no_password(store: Store) -> None:
    assert repr(store).startswith(("<Store: SQLite(path='", "<Store: PostgreSQL()>"))
