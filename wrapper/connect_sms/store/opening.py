"""Opens a database by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connect_sms.errors.base import ConfigurationError

from .postgres import postgres_at
from .sqlite import SQLite

if TYPE_CHECKING:
    from .database import Database

_POSTGRES: Final = ("postgresql://", "postgres://")
_SQLITE: Final = "sqlite:///"


def database_at(where: str, busy_timeout: float) -> Database:
    """The database of a file name or URL.

    Args:
        where: A file (``receipts.db``), ``sqlite:///receipts.db``, or
            ``postgresql://user:password@host/database``.
        busy_timeout: Seconds to wait for a lock that another process holds, and for an answer of a database
            server.

    Raises:
        ConfigurationError: It is not a durable database.
        MissingExtra: psycopg is not installed.
    """
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
