"""A database on a PostgreSQL server, through psycopg 3 (the extra ``postgres``).

A transaction pooler such as pgbouncer may stand in between and give each transaction another connection to
the server. So nothing outlives a transaction: settings are local to it, reads are transactions too, and
statements are prepared only where there is no pooler.
"""

from __future__ import annotations

import contextlib
import itertools
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import attrs

from connect_sms.errors.base import ConfigurationError, MissingExtra
from connect_sms.models.private import PrivateStr

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    import psycopg

    from .database import DbRow, Session, Values

SCHEMA = "connect_sms"
_CANCELLED = "57014"
_VALUES: Final = re.compile(r"(?<= VALUES )(\([?, ]+\))")
_ROWS: Final = 100
_MIGRATION_LOCK = 0x38783820534D53  # an arbitrary number shared by all processes

#: Runs of a statement before it is prepared.
_PREPARE_AFTER: Final = 5

#: What a failure to connect may be about. Nothing else of its message is passed on: it may quote a password.
_REASONS: Final = (
    "connection refused",
    "connection timeout expired",
    "timeout expired",
    "failed to resolve host",
    "could not translate host name",
    "no route to host",
    "network is unreachable",
    "no such file or directory",
    "password authentication failed",
    "authentication failed",
    "no password supplied",
    "no pg_hba.conf entry",
    "too many clients",
    "too many connections",
    "remaining connection slots are reserved",
    "certificate verify failed",
    "server does not support ssl",
    "starting up",
    "shutting down",
    "in recovery mode",
    "does not exist",
    "permission denied",
    "server closed the connection unexpectedly",
    "connection is lost",
    "connection is closed",
)


def postgres_at(address: str, busy_timeout: float) -> PostgreSQL:
    """A database by its URL, or by the keywords of libpq.

    Raises:
        ConfigurationError: It cannot be parsed. The address is not repeated: it may hold a password.
        MissingExtra: psycopg is not installed.
    """
    try:
        import psycopg  # noqa: PLC0415  an extra
        from psycopg import conninfo  # noqa: PLC0415
    except ImportError:
        raise MissingExtra("a store in PostgreSQL", extra="postgres") from None
    try:
        found = conninfo.conninfo_to_dict(address)
    except psycopg.Error:
        found = None
    if found is None or not _is_plausible(found):
        raise ConfigurationError(
            "the address of the PostgreSQL store cannot be parsed: it is "
            "postgresql://user:password@host/database, with @ / : # ? and % in a password as "
            "%40 %2F %3A %23 %3F and %25; or host=... dbname=... user=..."
        )
    return PostgreSQL(PrivateStr(address), busy_timeout, (psycopg.Error, OSError))


def _is_plausible(found: dict[str, Any]) -> bool:
    """False where a character of a password was read as the end of it."""
    ports = str(found.get("port") or "").split(",")
    return "@" not in str(found.get("host") or "") and all(not port or port.isdecimal() for port in ports)


@attrs.frozen
class PostgreSQL:
    """A database on a server; the tables are in the schema ``connect_sms``.

    Attributes:
        address: ``postgresql://user:password@host/database``, or keywords of libpq.
        busy_timeout: Seconds to wait for a lock or the network.
        errors: The exceptions of its driver.
    """

    address: str = attrs.field(repr=False)
    busy_timeout: float = attrs.field(repr=False)
    errors: tuple[type[Exception], ...] = attrs.field(repr=False)
    collation: str = attrs.field(default=' COLLATE "C"', repr=False)
    greatest: str = attrs.field(default="GREATEST", repr=False)
    claim: str = attrs.field(default=" FOR UPDATE SKIP LOCKED", repr=False)

    def connect(self, *, writer: bool, patience: float) -> Session:
        """Open a connection; wait at most so many seconds for a lock, and for it about as long."""
        connection = self._connected(patience)
        if connection.info.parameter_status("server_encoding") != "UTF8":
            connection.close()
            raise ConfigurationError("the PostgreSQL database must be in UTF8: receipts hold any character")
        # A pooler gives its clients numbers of its own. Planning takes longer than writing, so it matters.
        if connection.execute("SELECT pg_backend_pid()").fetchone() == (connection.info.backend_pid,):
            connection.prepare_threshold = _PREPARE_AFTER
        # To compile a query takes longer than to run it, for all that is asked here.
        settings = {"search_path": SCHEMA, "jit": "off"}
        if writer:
            settings["synchronous_commit"] = "on"
        else:
            # Tables are read in pages by their key. Without statistics the planner sorts the whole table for
            # each page, or makes a hash table of it, which takes quadratic time.
            settings |= dict.fromkeys(("enable_sort", "enable_hashjoin", "enable_mergejoin"), "off")
        begin = "BEGIN" if writer else "BEGIN READ ONLY"
        local = (f"SET LOCAL {name} TO {value}" for name, value in settings.items())
        return _Session(connection, "; ".join((begin, *local)), patience)

    def _connected(self, patience: float) -> psycopg.Connection[Any]:
        import psycopg  # noqa: PLC0415  an extra

        try:
            return psycopg.connect(
                self.address,
                autocommit=True,
                prepare_threshold=None,
                client_encoding="utf8",
                connect_timeout=max(2, round(patience)),
                tcp_user_timeout=round(self.busy_timeout * 1000),
                application_name="connect-sms",
            )
        except (psycopg.Error, OSError, ValueError) as error:
            problem = self.explain(error)
        # Another error, for that one may quote the address, and with it a password.
        raise psycopg.OperationalError(problem)

    def prepare(self, session: Session) -> None:
        """Take the migration lock, and create the schema when missing."""
        session.fetch("SELECT pg_advisory_xact_lock(?)", (_MIGRATION_LOCK,))
        if session.fetch("SELECT to_regnamespace(?) IS NULL", (SCHEMA,))[0][0]:
            session.execute(f"CREATE SCHEMA {SCHEMA}")

    def explain(self, error: Exception) -> str:
        """The type of the error and its SQLSTATE, or a well-known reason: a message may quote values."""
        state = getattr(error, "sqlstate", None)
        if state is not None:
            return f"{type(error).__name__} (SQLSTATE {state})"
        said = str(error).lower()
        return next((reason for reason in _REASONS if reason in said), type(error).__name__)

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


class _Session:
    def __init__(self, connection: psycopg.Connection[Any], begin: str, patience: float) -> None:
        self._connection = connection
        self._patience = patience
        self._answer = b""
        # In one message, for the sake of speed.
        self._begin = begin.encode()
        self._is_open = False

    def check(self) -> None:
        """Does nothing: a server keeps its files."""

    def wait_at_most(self, patience: float, answer: float | None) -> None:
        self._patience = patience
        self._answer = b"" if answer is None else b"; SET LOCAL statement_timeout TO %d" % _ms(answer)

    def begin(self, patience: float) -> None:
        waits = b"; SET LOCAL lock_timeout TO %d" % _ms(patience) + self._answer
        self._connection.execute(self._begin + waits)
        self._is_open = True

    def commit(self) -> None:
        self._connection.execute("COMMIT")
        self._is_open = False

    def execute(self, statement: str, values: Values = ()) -> int:
        with self._transaction():
            return self._connection.execute(_with_placeholders(statement), values).rowcount

    def fetch(self, statement: str, values: Values = ()) -> list[DbRow]:
        with self._transaction():
            return self._connection.execute(_with_placeholders(statement), values).fetchall()

    def run_each(self, statement: str, rows: Sequence[Values]) -> None:
        with self._transaction():
            if _VALUES.search(statement):
                self._insert(statement, rows)
                return
            with self._connection.cursor() as cursor:
                cursor.executemany(_with_placeholders(statement), rows)

    def _insert(self, statement: str, rows: Sequence[Values]) -> None:
        """Many rows in each statement: to plan it takes longer than to run it for one row."""
        import psycopg  # noqa: PLC0415  an extra

        with psycopg.RawCursor(self._connection) as cursor:
            for at in range(0, len(rows), _ROWS):
                page = rows[at : at + _ROWS]
                cursor.execute(_of_rows(statement, len(page)), list(itertools.chain.from_iterable(page)))

    def insert_each(self, statement: str, rows: Sequence[Values]) -> list[bool]:
        is_new: list[bool] = []
        with self._transaction(), self._connection.cursor() as cursor:
            cursor.executemany(_with_placeholders(f"{statement} RETURNING 1"), rows, returning=True)
            while len(is_new) < len(rows):
                is_new.append(cursor.rowcount == 1)
                cursor.nextset()
        return is_new

    def close(self) -> None:
        with contextlib.suppress(Exception):
            self._connection.close()

    @contextlib.contextmanager
    def _transaction(self) -> Generator[None]:
        """The transaction that is open, or one for this statement alone."""
        if self._is_open:
            yield
            return
        self.begin(self._patience)
        yield  # who gets an error closes the session
        self.commit()


def _ms(seconds: float) -> int:
    """Milliseconds; 0 would be no limit."""
    return max(round(seconds * 1000), 1)


@lru_cache(maxsize=32)
def _of_rows(statement: str, count: int) -> bytes:
    """An INSERT of one row as one of several, with PostgreSQL's own placeholders."""
    head, values, tail = _VALUES.split(statement, maxsplit=1)
    numbers = (f"${number}" for number in itertools.count(1))
    rows = ", ".join(re.sub(r"\?", lambda _: next(numbers), values) for _ in range(count))
    return f"{head}{rows}{tail}".encode()


def _with_placeholders(statement: str) -> bytes:
    return statement.replace("?", "%s").encode()
