"""A database on a PostgreSQL server, through psycopg 3 (the extra ``postgres``)."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import attrs

from connect_sms.errors.base import ConfigurationError, MissingExtra

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg

    from .database import DbRow, Session, Values

SCHEMA = "connect_sms"
_CANCELLED = "57014"
_MIGRATION_LOCK = 0x38783820534D53  # an arbitrary number shared by all processes


def postgres_at(url: str, busy_timeout: float) -> PostgreSQL:
    """A database by its URL.

    Raises:
        MissingExtra: psycopg is not installed.
    """
    try:
        import psycopg  # noqa: PLC0415  an extra
    except ImportError:
        raise MissingExtra("a store in PostgreSQL", extra="postgres") from None
    return PostgreSQL(url, busy_timeout, (psycopg.Error, OSError))


@attrs.frozen
class PostgreSQL:
    """A database on a server; the tables are in the schema ``connect_sms``.

    Attributes:
        url: ``postgresql://user:password@host/database``.
        busy_timeout: Seconds to wait for a lock or the network.
        errors: The exceptions of its driver.
    """

    url: str = attrs.field(repr=False)
    busy_timeout: float = attrs.field(repr=False)
    errors: tuple[type[Exception], ...] = attrs.field(repr=False)
    collation: str = attrs.field(default=' COLLATE "C"', repr=False)
    greatest: str = attrs.field(default="GREATEST", repr=False)
    claim: str = attrs.field(default=" FOR UPDATE SKIP LOCKED", repr=False)

    def connect(self, *, writer: bool) -> Session:
        """Open a connection."""
        import psycopg  # noqa: PLC0415  an extra

        connection = psycopg.connect(
            self.url,
            autocommit=True,
            client_encoding="utf8",
            connect_timeout=max(2, round(self.busy_timeout)),
            tcp_user_timeout=round(self.busy_timeout * 1000),
            application_name="connect-sms",
        )
        try:
            milliseconds = round(self.busy_timeout * 1000)
            connection.execute(f"SET search_path TO {SCHEMA}".encode())
            connection.execute(f"SET lock_timeout TO {milliseconds}".encode())
            if writer:
                _check_encoding(connection)
                connection.execute("SET synchronous_commit TO on")
            else:
                connection.execute("SET default_transaction_read_only TO on")
                # Tables are read in pages by their key. Without statistics the planner sorts the whole table
                # for each page, which takes quadratic time.
                connection.execute("SET enable_sort TO off")
        except BaseException:
            connection.close()
            raise
        return _Session(connection)

    def prepare(self, session: Session) -> None:
        """Take the migration lock, and create the schema when missing."""
        session.fetch("SELECT pg_advisory_xact_lock(?)", (_MIGRATION_LOCK,))
        if session.fetch("SELECT to_regnamespace(?) IS NULL", (SCHEMA,))[0][0]:
            session.execute(f"CREATE SCHEMA {SCHEMA}")

    def explain(self, error: Exception) -> str:
        """The type of the error and its SQLSTATE: the server's message may quote values."""
        state = getattr(error, "sqlstate", None)
        if state is None and not isinstance(error, OSError):
            # The client's message, for example that the connection was refused.
            return str(error).partition("\n")[0][:200] or type(error).__name__
        return f"{type(error).__name__}{'' if state is None else f' (SQLSTATE {state})'}"

    def is_transient(self, error: Exception) -> bool:
        """True for a lost connection, a deadlock and a serialisation failure."""
        state = getattr(error, "sqlstate", None)
        if state is None:
            return not self.is_data_error(error)
        return state[:2] in {"08", "40", "57"} and state != _CANCELLED

    def is_busy(self, error: Exception) -> bool:
        """True when another process held a lock for too long."""
        return getattr(error, "sqlstate", None) == "55P03"

    def is_data_error(self, error: Exception) -> bool:
        """True for values that PostgreSQL or its driver refuses."""
        import psycopg  # noqa: PLC0415  an extra

        return isinstance(error, psycopg.DataError | psycopg.IntegrityError | psycopg.ProgrammingError)


def _check_encoding(connection: psycopg.Connection[Any]) -> None:
    found = connection.execute("SHOW server_encoding").fetchone()
    if found != ("UTF8",):
        raise ConfigurationError("the PostgreSQL database must be in UTF8: receipts hold any character")


class _Session:
    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def begin(self, patience: float) -> None:
        self._connection.execute("BEGIN")

    def commit(self) -> None:
        self._connection.execute("COMMIT")

    def execute(self, statement: str, values: Values = ()) -> int:
        return self._connection.execute(_with_placeholders(statement), values).rowcount

    def fetch(self, statement: str, values: Values = ()) -> list[DbRow]:
        return self._connection.execute(_with_placeholders(statement), values).fetchall()

    def run_each(self, statement: str, rows: Sequence[Values]) -> None:
        with self._connection.cursor() as cursor:
            cursor.executemany(_with_placeholders(statement), rows)

    def insert_each(self, statement: str, rows: Sequence[Values]) -> list[bool]:
        is_new: list[bool] = []
        with self._connection.cursor() as cursor:
            cursor.executemany(_with_placeholders(f"{statement} RETURNING 1"), rows, returning=True)
            while len(is_new) < len(rows):
                is_new.append(cursor.rowcount == 1)
                cursor.nextset()
        return is_new

    def close(self) -> None:
        with contextlib.suppress(Exception):
            self._connection.close()


def _with_placeholders(statement: str) -> bytes:
    return statement.replace("?", "%s").encode()
