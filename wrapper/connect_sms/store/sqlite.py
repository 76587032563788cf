"""A database in one SQLite file, through the standard library."""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from .sqlite_files import Files, missing_side

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
_PAUSE = 0.02
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

    def connect(self, *, writer: bool, patience: float) -> Session:
        """Open a connection; wait at most so many seconds for a lock."""
        return _Session(self, patience) if writer else _Reader(self, patience)

    def open(self, *, writer: bool, patience: float) -> sqlite3.Connection:
        """A connection of the driver, which waits at most so many seconds for a lock."""
        if writer:
            # Only a new file: to close a second descriptor of an open one drops SQLite's locks on it.
            with contextlib.suppress(FileExistsError):
                os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        ends = time.monotonic() + patience
        self._wait_for_the_others(ends)
        left = max(ends - time.monotonic(), _PAUSE)
        connection = sqlite3.connect(self.path, timeout=left, isolation_level=None, check_same_thread=False)
        try:
            for pragma in _WRITER if writer else _READER:
                connection.execute(pragma).fetchall()
        except BaseException:
            connection.close()
            raise
        return connection

    def _wait_for_the_others(self, ends: float) -> None:
        """Where the log or its index is missing, wait until nobody else has the database open.

        They were deleted then, and whoever has it open goes on with the deleted ones. New ones beside those
        would destroy the database.
        """
        while (missing := missing_side(self.path)) is not None:
            connection = sqlite3.connect(self.path, timeout=0, isolation_level=None)
            try:
                connection.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if not self.is_busy(error):
                    raise
                if time.monotonic() > ends:
                    told = f"its file {missing} was taken away, and somebody has it open still"
                    raise OSError(errno.EBUSY, told) from None
            else:
                return
            finally:
                connection.close()
            time.sleep(_PAUSE)

    def prepare(self, session: Session) -> None:
        """Does nothing: a write transaction locks the file, and no schema is needed."""

    def explain(self, error: Exception) -> str:
        """SQLite's own message, which holds no values."""
        return error.strerror or type(error).__name__ if isinstance(error, OSError) else str(error)

    def is_transient(self, error: Exception) -> bool:  # noqa: ARG002  other databases need it
        """False: no connection can be lost, and SQLite waits for locks itself."""
        return False

    def is_busy(self, error: Exception) -> bool:
        """True when another process held the lock for too long."""
        return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY

    def is_data_error(self, error: Exception) -> bool:
        """True for values that SQLite refuses."""
        return isinstance(error, _DATA_ERRORS)


class _Session:
    def __init__(self, database: SQLite, patience: float, *, writer: bool = True) -> None:
        self._connection = database.open(writer=writer, patience=patience)
        self._files = Files(Path(database.path))
        self._patience = -1.0

    def check(self) -> None:
        if (taken := self._files.taken_away()) is not None:
            self._save()
            raise OSError(errno.ENOENT, taken)

    def wait_at_most(self, patience: float, answer: float | None) -> None:  # noqa: ARG002  a file has no server
        # In steps, since a statement for each transaction would be a waste.
        if (patience := round(patience, 1)) != self._patience:
            self._connection.execute(f"PRAGMA busy_timeout = {max(round(patience * 1000), 1)}")
            self._patience = patience

    def begin(self, patience: float) -> None:
        self.check()
        self.wait_at_most(patience, None)
        # Takes the write lock at once: two transactions that read first and write later would deadlock.
        self._connection.execute("BEGIN IMMEDIATE")
        self._files.note_log()

    def commit(self) -> None:
        self._connection.execute("COMMIT")
        if (taken := self._files.taken_away()) is not None and not (self._files.has_main and self._save()):
            raise OSError(errno.ENOENT, taken)

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
            self._connection.rollback()
            # This kind never waits.
            self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        self._disconnect()

    def _disconnect(self) -> None:
        with contextlib.suppress(sqlite3.Error):
            self._connection.close()

    def _save(self) -> bool:
        """Copy what only a deleted log holds into the main file; False when it is not all there."""
        busy, rows, copied = self._connection.execute("PRAGMA wal_checkpoint(FULL)").fetchone()
        return bool(not busy and rows == copied)


class _Reader(_Session):
    """A connection that cannot write. It notices when its files were replaced."""

    def __init__(self, database: SQLite, patience: float) -> None:
        super().__init__(database, patience, writer=False)
        self._database = database

    def fetch(self, statement: str, values: Values = ()) -> list[DbRow]:
        if self._files.replaced():
            self._disconnect()
            patience = self._patience
            super().__init__(self._database, patience, writer=False)
            self.wait_at_most(patience, None)
        found = super().fetch(statement, values)
        self._files.note_log()
        return found

    def close(self) -> None:
        self._disconnect()
