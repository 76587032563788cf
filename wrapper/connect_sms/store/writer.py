"""One thread that writes, so that many callers share one flush to disk.

A caller queues its rows and waits. While the thread flushes one transaction, further callers queue up; it
then takes all of them into one transaction. A caller gets its result or error only after the commit. For a
lock it waits no longer than the database's `busy_timeout`, the time in the queue included.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from concurrent.futures import Future
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, TypeVar

import attrs

from connect_sms._fork import put_away
from connect_sms.errors.base import ConfigurationError, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .database import Database, DbRow, Session
    from .gate import Gate

_MAX_GROUP: Final = 2_000
_TRIES: Final = 3
_WATCH: Final = 1.0
"""Seconds between looks at the files while there is nothing to write: others wait until they are closed."""
_MIN_PATIENCE: Final = 0.05
"""Seconds to wait for a lock when the time is over: locks are short as a rule."""


class Batch(Protocol):
    """Rows of one caller."""

    @property
    def size(self) -> int:
        """The number of rows."""
        ...


_T = TypeVar("_T")
_B = TypeVar("_B", bound=Batch)
_K = TypeVar("_K", str, tuple[str, ...])


class _Done(Future[_T]):
    """A future of a job."""

    def give_up(self, error: Exception) -> None:
        """Set an error in a forked child: a thread of the parent may have held the lock."""
        super().__init__()
        self.set_exception(error)


@attrs.define(eq=False, repr=False)
class _Job(Generic[_T]):
    """Work for a transaction. Batches share one; a function has its own."""

    batch: Batch | None
    work: Callable[[Session], _T] | None
    done: _Done[_T]
    size: int
    since: float = 0.0


class Writer(Generic[_B]):
    """The thread and its queue. The thread starts with `watch` or the first job.

    Args:
        database: The database.
        connect: Opens a connection and migrates its tables, waiting so many seconds for a lock.
        gate: Entered for each transaction.
        write: Writes the batches of several callers in one transaction; returns a result for each.
        max_queued: Maximum number of queued rows; more are refused at once, so that a hanging database
            does not fill the memory.
    """

    def __init__(
        self,
        database: Database,
        connect: Callable[[float], Session],
        gate: Gate,
        *,
        write: Callable[[Session, Sequence[_B]], Sequence[int]],
        max_queued: int,
    ) -> None:
        self._database = database
        self._connect = connect
        self._session: Session | None = None
        self._write: Callable[[Session, Sequence[Any]], Sequence[int]] = write
        self._max_queued = max_queued
        self._closed = False
        self._begin(gate)

    def _begin(self, gate: Gate) -> None:
        self._gate = gate
        self._jobs: deque[_Job[Any]] = deque()
        self._doing: list[_Job[Any]] = []
        self._queued = 0
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    @property
    def is_connected(self) -> bool:
        """True while it has an open connection."""
        return self._session is not None

    def connect(self, patience: float) -> Session:
        """Its connection; opened unless there is one. Waits at most so many seconds for a lock."""
        if self._session is None:
            self._session = self._connect(patience)
        return self._session

    def disconnect(self) -> None:
        """Close the connection, between two transactions; the next one opens another."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def after_fork_in_child(self, gate: Gate) -> None:
        """Begin with nothing. What was queued is written by the parent; who waits for it here is told so."""
        left = [*self._doing, *self._jobs]
        put_away(self._session)
        self._session = None
        self._begin(gate)
        for job in left:
            reason = "the process was forked before this was written; the parent writes it"
            job.done.give_up(StoreUnavailable(reason=reason))

    def put(self, batch: _B) -> Future[int]:
        """Queue rows; the future holds their result once they are durable.

        Raises:
            StoreUnavailable: The store was closed, or too many rows are queued already.
        """
        return self._put(_Job(batch, None, _Done(), batch.size))

    def submit(self, work: Callable[[Session], _T]) -> Future[_T]:
        """Queue a function for its own transaction; the future holds its result once it is durable.

        Raises:
            StoreUnavailable: As `put` does.
        """
        return self._put(_Job(None, work, _Done(), 1))

    def call(self, work: Callable[[Session], _T]) -> _T:
        """Run a function in its own transaction; return its result once durable.

        Raises:
            StoreUnavailable: The transaction failed.
        """
        return self.submit(work).result()

    def _put(self, job: _Job[_T]) -> Future[_T]:
        with self._changed:
            if self._closed:
                raise StoreUnavailable(reason="it was closed")
            if self._jobs and self._queued + job.size > self._max_queued:
                raise StoreUnavailable(reason=f"{self._queued} rows wait to be written already")
            self._start()
            job.since = time.monotonic()
            self._queued += job.size
            self._jobs.append(job)
            self._changed.notify()
        return job.done

    def close(self) -> None:
        """Write what is queued, then stop."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()
        self.disconnect()

    def watch(self) -> None:
        """Begin to look after the connection: its files may be deleted before there is anything to write."""
        with self._changed:
            self._start()

    def _start(self) -> None:
        if self._thread is not None:
            return
        thread = threading.Thread(target=self._run, name="connect-sms-store", daemon=True)
        try:
            thread.start()
        except RuntimeError:
            raise StoreUnavailable(reason="no further thread can be started") from None
        self._thread = thread

    def _run(self) -> None:
        while (group := self._take()) is not None:
            with self._gate:
                # A cancelled job is not started.
                going = [job for job in group if job.done.set_running_or_notify_cancel()]
                if going:
                    self._do(going)
                else:
                    self._watch()
                self._doing = []

    def _watch(self) -> None:
        """Let go of files that were deleted, and take the new ones."""
        if self._session is None:
            return
        try:
            self._session.check()
        except self._database.errors:
            self.disconnect()
            with suppress(*self._database.errors, StoreUnavailable, ConfigurationError):
                self.connect(_MIN_PATIENCE)

    def _take(self) -> list[_Job[Any]] | None:
        """Jobs for one transaction; none when there were none for a while, and None at the end."""
        with self._changed:
            if not self._jobs and not self._closed:
                self._changed.wait(_WATCH)
            if not self._jobs and self._closed:
                return None
            group: list[_Job[Any]] = []
            size = 0
            while self._jobs and (not group or size + self._jobs[0].size <= _MAX_GROUP):
                alone = self._jobs[0].work is not None
                if alone and group:
                    break
                job = self._jobs.popleft()
                group.append(job)
                size += job.size
                if alone:
                    break
            self._queued -= size
            self._doing = group
            return group

    def _do(self, group: list[_Job[Any]]) -> None:
        while group:
            try:
                results = self._commit(group)
            except Exception as error:  # noqa: BLE001  the thread must survive any job
                if len(group) > 1 and self._is_data_error(error):
                    for job in group:  # one of them failed: the others must not fail with it
                        self._do([job])
                    return
                # Who came later may wait longer for the lock.
                is_busy = self._database.is_busy(error)
                waiting = [job for job in group if is_busy and self._time_left(job) > 0]
                for job in group:
                    if job not in waiting:
                        job.done.set_exception(self._reported(error))
                group = waiting
            else:
                for job, result in zip(group, results, strict=True):
                    job.done.set_result(result)
                return

    def _time_left(self, job: _Job[Any]) -> float:
        return job.since + self._database.busy_timeout - time.monotonic()

    def _is_data_error(self, error: Exception) -> bool:
        return not isinstance(error, self._database.errors) or self._database.is_data_error(error)

    def _reported(self, error: Exception) -> Exception:
        if isinstance(error, self._database.errors):
            return StoreUnavailable(reason=self._database.explain(error))
        if isinstance(error, StoreUnavailable | ConfigurationError):
            return error
        return StoreUnavailable(reason=f"writing failed ({type(error).__name__})")

    def _commit(self, group: list[_Job[Any]]) -> Sequence[Any]:
        for tries_left in reversed(range(_TRIES)):
            has_begun = False
            try:
                session = self.connect(max(self._time_left(group[0]), _MIN_PATIENCE))
                session.begin(max(self._time_left(group[0]), _MIN_PATIENCE))
                has_begun = True
                work = group[0].work
                results = [work(session)] if work else self._write(session, [job.batch for job in group])
                session.commit()
            except Exception as error:
                if has_begun or not self._database.is_busy(error):
                    # Closing the connection drops the transaction; the next group opens a new one.
                    self.disconnect()
                known = isinstance(error, self._database.errors)
                if not (tries_left and known and self._database.is_transient(error)):
                    raise
            else:
                return results
        raise AssertionError  # pragma: no cover  the last attempt returns or raises


def insert_new(
    session: Session, statement: str, rows: Sequence[Mapping[_K, DbRow]], new_rows: list[int]
) -> None:
    """Insert rows of several callers, each key once, in key order.

    The order prevents deadlocks between processes that write the same rows.

    Args:
        session: The connection.
        statement: An INSERT that skips a row whose key exists.
        rows: For each caller, its rows by their keys.
        new_rows: For each caller, a count, increased by the number of its new rows.
    """
    owners: dict[_K, int] = {}
    for index, keys in enumerate(rows):
        for key in keys:
            owners.setdefault(key, index)
    ordered = sorted(owners)
    if ordered:
        added = session.insert_each(statement, [rows[owners[key]][key] for key in ordered])
        for key, is_new in zip(ordered, added, strict=True):
            new_rows[owners[key]] += is_new
