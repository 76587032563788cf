"""Opens a database by its name."""

# ruff: noqa: TC001  at run time too, so that `typing.get_type_hints` finds every name

from __future__ import annotations

import re
from typing import Final

from connect_sms.errors.base import ConfigurationError

from .database import Database
from .postgres import postgres_at
from .sqlite import SQLite

_POSTGRES: Final = ("postgresql://", "postgres://")
_SQLITE: Final = "sqlite:///"

#: The start of libpq's ``keyword=value`` form, with the keywords that people begin with or must give.
_KEYWORDS: Final = re.compile(
    r"(^|.*\s)(host|hostaddr|port|dbname|user|password|passfile|service|sslmode)\s*=", re.DOTALL
)

#: What is meant as an address of a server, or holds a password.
_MISSPELT: Final = re.compile(r"(?i)(postgre\w*|pg(sql)?|psql)(\+\w*)?:|[^/\\]*:[^/\\]*@")


def database_at(where: str, busy_timeout: float) -> Database:
    """The database of a file name or an address.

    Args:
        where: A file (``receipts.db``), ``sqlite:///receipts.db``,
            ``postgresql://user:password@host/database``, or libpq's ``host=... dbname=... user=...``.
        busy_timeout: Seconds to wait for a lock that another process holds, and for an answer of a database
            server.

    Raises:
        ConfigurationError: It is not a durable database.
        MissingExtra: psycopg is not installed.
    """
    path = file_of(where)
    return postgres_at(where.strip(), busy_timeout) if path is None else SQLite(path, busy_timeout)


def file_of(where: str) -> str | None:
    """The file that a store is in; None for a database on a server.

    Raises:
        ConfigurationError: It is neither a file nor such a database. An address is not repeated: it may
            hold a password.
    """
    address = where.strip()
    if address.startswith(_POSTGRES) or _KEYWORDS.match(address):
        return None
    if _MISSPELT.match(address):
        raise ConfigurationError(
            "a store in PostgreSQL is postgresql://user:password@host/database, "
            "or host=... dbname=... user=..."
        )
    path = where.removeprefix(_SQLITE)
    if not path or path == ":memory:" or path.startswith("file:"):
        raise ConfigurationError("a store needs the name of a file: what is only in memory is not durable")
    if "://" in path:
        raise ConfigurationError("a store is a file, sqlite:///file or postgresql://..., and no other URL")
    return path
