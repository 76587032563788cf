"""Stores to test with: SQLite in a temporary folder, PostgreSQL on a private server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connect_sms.receipts import open_store
from tests.support.postgres_server import PostgresServer, found_or_skipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from connect_sms.receipts import ReceiptStore


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One server for all tests."""
    server = PostgresServer(found_or_skipped())
    yield server
    server.close()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> str:
    """The URL of a database without our tables."""
    import psycopg

    with psycopg.connect(postgres_server.url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS connect_sms CASCADE")
    return postgres_server.url


@pytest.fixture(params=["sqlite", "postgres"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A place for a store on each of the two databases, empty."""
    if request.param == "sqlite":
        return str(tmp_path / "receipts.db")
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def opened(where: str) -> Iterator[Callable[[], ReceiptStore]]:
    """Opens stores on the same place, each a process of its own as far as the database can tell."""
    stores: list[ReceiptStore] = []

    def open_another() -> ReceiptStore:
        stores.append(open_store(where, busy_timeout=10))
        return stores[-1]

    yield open_another
    for store in stores:
        store.close()


@pytest.fixture
def store(opened: Callable[[], ReceiptStore]) -> ReceiptStore:
    """A store, on each of the two databases in turn."""
    return opened()
