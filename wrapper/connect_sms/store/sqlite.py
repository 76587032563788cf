"""A database in one SQLite file, through the standard library."""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .database import DbRow, Session, Values

_ALWAYS = ("PRAGMA synchronous = FULL",)
_WRITER = (
    "PRAGMA journal_mode = WAL",
    *_ALWAYS,
    # On macOS an ordinary fsync leaves data in the disk's cache; elsewhere these two have no effect.
    "PRAGMA fullfsync = ON",
    "PRAGMA checkpoint_fullfsync = ON",
    "PRAGMA cache_size = -65536",
)
_DATA_ERRORS = (sqlite3.DataError, sqlite3.IntegrityError, sqlite3.InterfaceError, sqlite3.ProgrammingError)
_READER = (*_ALWAYS, "PRAGMA query_only = ON")


@attrs.frozen
class SQLite:
    """A database in a file.

    Attributes:
        path: The file. It is created when missing, readable by its owner only.
        busy_timeout: Seconds to wait while another process writes.
    """

    path: str
    busy_timeout: float = attrs.field(repr=False)
    collation: str = attrs.field(default="", repr=False)
    greatest: str = attrs.field(default="MAX", repr=False)
    claim: str = attrs.field(default="", repr=False)
    errors: tuple[type[Exception], ...] = attrs.field(default=(sqlite3.Error, OSError), repr=False)

    def connect(self, *, writer: bool) -> Session:
        """Open a connection."""
        if writer:
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = sqlite3.connect(
            self.path, timeout=self.busy_timeout, isolation_level=None, check_same_thread=False
        )
        try:
            for pragma in _WRITER if writer else _READER:
                connection.execute(pragma).fetchall()
        except BaseException:
            connection.close()
            raise
        return _Session(connection, Path(self.path))

    def prepare(self, session: Session) -> None:
        """Does nothing: a write transaction locks the file, and no schema is needed."""

    def explain(self, error: Exception) -> str:
        """SQLite's own message, which holds no values."""
        return error.strerror or type(error).__name__ if isinstance(error, OSError) else str(error)

    def is_transient(self, error: Exception) -> bool:  # noqa: ARG002  other databases need it
        """False: no connection can be lost, and SQLite waits for locks itself."""
        return False

    def is_data_error(self, error: Exception) -> bool:
        """True for values that SQLite refuses."""
        return isinstance(error, _DATA_ERRORS)


class _Session:
    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path
        self._file = _file_at(path)

    def begin(self) -> None:
        # Writes to a deleted or replaced file succeed but are lost.
        if self._file is None or _file_at(self._path) != self._file:
            raise OSError(errno.ENOENT, "its file was taken away")
        # Takes the write lock at once: two transactions that read first and write later would deadlock.
        self._connection.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        self._connection.execute("COMMIT")

    def execute(self, statement: str, values: Values = ()) -> int:
        return self._connection.execute(statement, values).rowcount

    def fetch(self, statement: str, values: Values = ()) -> list[DbRow]:
        return self._connection.execute(statement, values).fetchall()

    def run_each(self, statement: str, rows: Sequence[Values]) -> None:
        self._connection.executemany(statement, rows)

    def insert_each(self, statement: str, rows: Sequence[Values]) -> list[bool]:
        run: Any = self._connection.execute
        return [run(statement, row).rowcount == 1 for row in rows]

    def close(self) -> None:
        with contextlib.suppress(sqlite3.Error):
            self._connection.close()


def _file_at(path: Path) -> int | None:
    """The inode number of the file at a path; None when there is none."""
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return None
