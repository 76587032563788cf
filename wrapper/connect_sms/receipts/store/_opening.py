"""Which database a word means."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from connect_sms.errors.base import ConfigurationError
from connect_sms.models.delivery_errors import DeliveryErrors

from ._postgres import postgres_at
from ._sqlite import SQLite
from ._store import Store

if TYPE_CHECKING:
    from ._database import Database

__all__ = ["open_store"]

_POSTGRES: Final = ("postgresql://", "postgres://")
_SQLITE: Final = "sqlite:///"


def open_store(
    where: str | os.PathLike[str],
    *,
    delivery_errors: DeliveryErrors | None = None,
    busy_timeout: float = 5.0,
    most_waiting: int = 100_000,
) -> Store:
    """Open a store, and make or update its tables.

    Args:
        where: A file (``"receipts.db"``), ``"sqlite:///receipts.db"``, or
            ``"postgresql://user:password@host/database"``, which needs the extra ``postgres``.
        delivery_errors: What each delivery error code means; the shipped table when left out.
        busy_timeout: Seconds to wait for a lock that another process holds, and for an answer of a database
            server, before giving up.
        most_waiting: How many rows may wait to be written; beyond, `Store.record` refuses at once.

    Raises:
        ConfigurationError: The word means no database, or the tables were made by a newer version.
        MissingExtra: psycopg is not installed.
        StoreUnavailable: The database cannot be opened or written now.
    """
    return Store(
        _database(os.fspath(where), busy_timeout),
        delivery_errors=DeliveryErrors.default() if delivery_errors is None else delivery_errors,
        most_waiting=most_waiting,
    )


def _database(where: str, busy_timeout: float) -> Database:
    if where.startswith(_POSTGRES):
        return postgres_at(where, busy_timeout)
    path = where.removeprefix(_SQLITE)
    if not path or path == ":memory:" or path.startswith("file:"):
        raise ConfigurationError("a store needs the name of a file: what is only in memory is not durable")
    if "://" in path:
        raise ConfigurationError(
            f"a store is a file, sqlite:///file or postgresql://..., not {path.partition('://')[0]}://"
        )
    return SQLite(path, busy_timeout)
