"""A durable store: one writing thread, a few reading connections, and migrated tables."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from connect_sms.errors.base import StoreUnavailable

from .migrations import migrate
from .writer import Batch, Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

    from .database import Database, DbRow, Session
    from .schema import Schema

_T = TypeVar("_T")
_B = TypeVar("_B", bound=Batch)
_MAX_IDLE_READERS: Final = 4


class DurableStore(Generic[_B]):
    """A database with the tables of one schema.

    Every method may be called from any thread and raises `connect_sms.StoreUnavailable` when the database
    is not available. Only `put` may be used in a coroutine. Threads and connections do not survive a
    fork: open a store in the child, after forking.

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
        try:
            first = self._connect_writer()
        except database.errors as error:
            reason = database.explain(error)
        else:
            self.writer = Writer(database, self._connect_writer, first, write=write, max_queued=max_queued)
            return
        # Raised here: inside `except`, the driver's error would be its context, with the password in a frame.
        raise StoreUnavailable(reason=reason)

    def _connect_writer(self) -> Session:
        session = self.database.connect(writer=True)
        try:
            migrate(self.database, session, self._schema)
        except BaseException:
            session.close()
            raise
        return session

    def put(self, batch: _B) -> Future[int]:
        """Queue rows; the future holds their result once they are durable."""
        return self.writer.put(batch)

    def call(self, work: Callable[[Session], _T]) -> _T:
        """Run a function in its own transaction; return its result once durable."""
        return self.writer.call(work)

    def fetch(self, query: str, values: Sequence[object] = ()) -> list[DbRow]:
        """All rows of a query."""
        return self.read(lambda session: session.fetch(query, values))

    def read(self, work: Callable[[Session], _T]) -> _T:
        """Run a function on a read-only connection; return its result."""
        reason = ""
        for pooled in (True, False):
            session = None
            try:
                session = self._reader(pooled=pooled)
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

    def close(self) -> None:
        """Write what is queued, then close all connections."""
        self.writer.close()
        with self._lock:
            self.closed = True
            readers, self._readers = self._readers, []
        for session in readers:
            session.close()

    def _reader(self, *, pooled: bool) -> Session:
        with self._lock:
            if self.closed:
                raise StoreUnavailable(reason="it was closed")
            if pooled and self._readers:
                return self._readers.pop()
        return self.database.connect(writer=False)

    def _give_back(self, session: Session) -> None:
        with self._lock:
            if not self.closed and len(self._readers) < _MAX_IDLE_READERS:
                self._readers.append(session)
                return
        session.close()
