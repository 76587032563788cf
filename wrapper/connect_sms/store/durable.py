"""A durable store: one writing thread, a few reading connections, and migrated tables."""

# ruff: noqa: TC001, TC003  at run time too, so that `typing.get_type_hints` finds every name

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import Final, Generic, NoReturn, TypeVar

from connect_sms._fork import ForkAware, follow_forks, notice_fork, put_away
from connect_sms.errors.base import StoreUnavailable

from .database import Database, DbRow, Session
from .gate import Gate
from .migrations import migrate
from .schema import Schema
from .writer import Batch, Writer

_T = TypeVar("_T")
_B = TypeVar("_B", bound=Batch)
_MAX_IDLE_READERS: Final = 4

#: Seconds for a commit, beside those for a lock.
_COMMIT: Final = 1.0
_TOO_LATE: Final = "it did not answer in the time there was: it is locked, or its disk or server hangs"

#: Seconds that a fork waits for the transactions in progress.
_FORK_PATIENCE: Final = 10.0


class DurableStore(ForkAware, Generic[_B]):
    """A database with the tables of one schema.

    Every method may be called from any thread and raises `connect_sms.StoreUnavailable` when the database
    is not available. Only `put` may be used in a coroutine.

    The process may fork. It then waits for the transactions in progress and closes its connections, for a
    child may neither use nor close them: SQLite's locks would be lost, and a server would be told goodbye.
    Both processes connect anew when they next use the store. What was queued stays the parent's.

    Args:
        database: The database of the tables.
        schema: The tables.
        write: Writes the batches of several callers in one transaction; returns a result for each.
        max_queued: Maximum number of queued rows; more are refused at once.

    Raises:
        ConfigurationError: The tables are of a newer version.
        StoreUnavailable: The database cannot be opened or written now.
    """

    def __init__(
        self,
        database: Database,
        schema: Schema,
        *,
        write: Callable[[Session, Sequence[_B]], Sequence[int]],
        max_queued: int,
    ) -> None:
        self.database = database
        self.closed = False
        self._schema = schema
        self._lock = threading.Lock()
        self._readers: list[Session] = []
        self._gate = Gate()
        self._refusal = ""
        self.writer = Writer(database, self._connect_writer, self._gate, write=write, max_queued=max_queued)
        follow_forks(self)
        try:
            with self._gate:
                self.writer.connect(database.busy_timeout)
        except database.errors as error:
            reason = database.explain(error)
        else:
            self.writer.watch()
            return
        # Raised here: inside `except`, the driver's error would be its context, with the password in a frame.
        raise StoreUnavailable(reason=reason)

    def _connect_writer(self, patience: float) -> Session:
        # After trouble with a file, so that no connection of this process holds on to the old one.
        self._close_readers()
        session = self.database.connect(writer=True, patience=patience)
        try:
            migrate(self.database, session, self._schema, patience)
        except BaseException:
            session.close()
            raise
        return session

    def put(self, batch: _B) -> Future[int]:
        """Queue rows; the future holds their result once they are durable."""
        self._check_process()
        return self.writer.put(batch)

    def write(self, batch: _B, timeout: float | None = None, *, undo: _B | None = None) -> int:
        """Write rows; return their result once they are durable.

        Args:
            batch: The rows.
            timeout: Seconds to wait, at most those for a lock and a commit. What takes longer is written
                later, if it can be.
            undo: Rows that undo them, for what must not be written later.

        Raises:
            StoreUnavailable: They are not durable now.
        """
        writing = self.put(batch)
        try:
            return self._result(writing, timeout)
        except TimeoutError:
            # What is being written is in the file before its undoing is.
            if undo is not None and not writing.cancel():
                with suppress(StoreUnavailable):
                    self.put(undo)
        raise StoreUnavailable(reason=_TOO_LATE)

    def call(self, work: Callable[[Session], _T]) -> _T:
        """Run a function in its own transaction; return its result once durable."""
        self._check_process()
        return self.writer.call(work)

    def call_within(self, work: Callable[[Session], _T], timeout: float | None) -> _T:
        """The same, waiting no longer than `write` does.

        Raises:
            StoreUnavailable: It failed, or takes longer.
        """
        self._check_process()
        calling = self.writer.submit(work)
        try:
            return self._result(calling, timeout)
        except TimeoutError:
            calling.cancel()
        raise StoreUnavailable(reason=_TOO_LATE)

    def _result(self, job: Future[_T], timeout: float | None) -> _T:
        longest = self.database.busy_timeout + _COMMIT
        return job.result(longest if timeout is None else min(timeout, longest))

    def fetch(
        self, query: str, values: Sequence[object] = (), *, timeout: float | None = None
    ) -> list[DbRow]:
        """All rows of a query; see `read`."""
        return self.read(lambda session: session.fetch(query, values), timeout)

    def read(self, work: Callable[[Session], _T], timeout: float | None = None) -> _T:
        """Run a function on a read-only connection; return its result.

        Args:
            work: The function.
            timeout: Seconds that each of its queries may take; as long as they need when left out, beside
                those for a lock.
        """
        self._check_process()
        with self._gate:
            return self._read(work, timeout)

    def _read(self, work: Callable[[Session], _T], timeout: float | None) -> _T:
        reason = ""
        patience = self.database.busy_timeout
        if timeout is not None:
            patience = min(timeout, patience)
        for pooled in (True, False):
            session = None
            try:
                session = self._reader(pooled=pooled, patience=patience)
                session.wait_at_most(patience, timeout)
                result = work(session)
            except self.database.errors as error:
                if session is not None:
                    session.close()
                if not (pooled and self.database.is_transient(error)):
                    reason = self.database.explain(error)
                    break
            else:
                self._give_back(session)
                return result
        raise StoreUnavailable(reason=reason)  # here, as above

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a store holds a thread and open connections and is not pickled: open it in each process, by its "
            "file name or address"
        )

    def close(self) -> None:
        """Write what is queued, then close all connections."""
        notice_fork()
        self.writer.close()
        with self._lock:
            self.closed = True
        self._close_readers()

    def before_fork(self) -> None:
        """Wait for the transactions in progress, and close every connection."""
        if self._gate.shut(_FORK_PATIENCE):
            self.writer.disconnect()
            self._close_readers()

    def after_fork_in_parent(self) -> None:
        """Go on."""
        self._gate.open()

    def after_fork_in_child(self) -> None:
        """Start afresh; where connections were left open, refuse: what SQLite knows of its locks is wrong."""
        if self.writer.is_connected or self._readers or not self._gate.is_empty:
            self._refusal = "the process was forked while it was in use; open it in each process"
        put_away(*self._readers)
        self._lock, self._readers, self._gate = threading.Lock(), [], Gate()
        self.writer.after_fork_in_child(self._gate)

    def _check_process(self) -> None:
        notice_fork()
        if self._refusal:
            raise StoreUnavailable(reason=self._refusal)

    def _close_readers(self) -> None:
        with self._lock:
            readers, self._readers = self._readers, []
        for session in readers:
            session.close()

    def _reader(self, *, pooled: bool, patience: float) -> Session:
        with self._lock:
            if self.closed:
                raise StoreUnavailable(reason="it was closed")
            if pooled and self._readers:
                return self._readers.pop()
        return self.database.connect(writer=False, patience=patience)

    def _give_back(self, session: Session) -> None:
        with self._lock:
            if not self.closed and len(self._readers) < _MAX_IDLE_READERS:
                self._readers.append(session)
                return
        session.close()
