"""Stores to test with: SQLite in a temporary folder, PostgreSQL on a private server."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from connect_sms.receipts import open_store
from tests.support.postgres_server import PostgresServer, found_or_skipped

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
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


@pytest.fixture(name="store")
def sqlite_store(tmp_path: Path) -> Iterator[ReceiptStore]:
    """A store in a file, where the database makes no difference."""
    with open_store(tmp_path / "receipts.db") as opened_store:
        yield opened_store


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


@contextmanager
def held_writer(store: ReceiptStore) -> Generator[None]:
    """A store whose writing thread is busy until the block ends; what is submitted in it waits."""
    let_go, entered = threading.Event(), threading.Event()

    def hold(_: object) -> None:
        entered.set()
        assert let_go.wait(60)

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(store._durable.writer.call, hold)
        assert entered.wait(60)
        try:
            yield
        finally:
            let_go.set()
        holding.result()
