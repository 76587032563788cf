"""One thread that writes, so that many callers share one flush to disk.

A caller queues its rows and waits. While the thread flushes one transaction, further callers queue up; it
then takes all of them into one transaction. A caller gets its result or error only after the commit.
"""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, TypeVar

import attrs

from connect_sms.errors.base import ConfigurationError, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .database import Database, DbRow, Session

_MAX_GROUP: Final = 2_000
_TRIES: Final = 3


class Batch(Protocol):
    """Rows of one caller."""

    @property
    def size(self) -> int:
        """The number of rows."""
        ...


_T = TypeVar("_T")
_B = TypeVar("_B", bound=Batch)
_K = TypeVar("_K", str, tuple[str, ...])


@attrs.define(eq=False, repr=False)
class _Job(Generic[_T]):
    """Work for a transaction. Batches share one; a function has its own."""

    batch: Batch | None
    work: Callable[[Session], _T] | None
    done: Future[_T]
    size: int


class Writer(Generic[_B]):
    """The thread and its queue.

    Args:
        database: The database.
        connect: Opens a connection and migrates its tables.
        session: The first connection.
        write: Writes the batches of several callers in one transaction; returns a result for each.
        max_queued: Maximum number of queued rows; more are refused at once, so that a hanging database
            does not fill the memory.
    """

    def __init__(
        self,
        database: Database,
        connect: Callable[[], Session],
        session: Session,
        *,
        write: Callable[[Session, Sequence[_B]], Sequence[int]],
        max_queued: int,
    ) -> None:
        self._database = database
        self._connect = connect
        self._session: Session | None = session
        self._write: Callable[[Session, Sequence[Any]], Sequence[int]] = write
        self._max_queued = max_queued
        self._jobs: deque[_Job[Any]] = deque()
        self._queued = 0
        self._closed = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="connect-sms-store", daemon=True)
        self._thread.start()

    def put(self, batch: _B) -> Future[int]:
        """Queue rows; the future holds their result once they are durable.

        Raises:
            StoreUnavailable: The store was closed, or too many rows are queued already.
        """
        return self._put(_Job(batch, None, Future(), batch.size))

    def call(self, work: Callable[[Session], _T]) -> _T:
        """Run a function in its own transaction; return its result once durable.

        Raises:
            StoreUnavailable: The transaction failed.
        """
        return self._put(_Job(None, work, Future(), 1)).result()

    def _put(self, job: _Job[_T]) -> Future[_T]:
        with self._changed:
            if self._closed:
                raise StoreUnavailable(reason="it was closed")
            if self._jobs and self._queued + job.size > self._max_queued:
                raise StoreUnavailable(reason=f"{self._queued} rows wait to be written already")
            self._queued += job.size
            self._jobs.append(job)
            self._changed.notify()
        return job.done

    def close(self) -> None:
        """Write what is queued, then stop."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while group := self._take():
            # A cancelled job is not started.
            going = [job for job in group if job.done.set_running_or_notify_cancel()]
            if going:
                self._do(going)
        self._drop()

    def _take(self) -> list[_Job[Any]]:
        with self._changed:
            while not self._jobs and not self._closed:
                self._changed.wait()
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
            return group

    def _do(self, group: list[_Job[Any]]) -> None:
        try:
            results = self._commit(group)
        except Exception as error:  # noqa: BLE001  the thread must survive any job
            if len(group) > 1 and self._is_data_error(error):
                for job in group:  # one of them failed: the others must not fail with it
                    self._do([job])
                return
            for job in group:
                job.done.set_exception(self._reported(error))
            return
        for job, result in zip(group, results, strict=True):
            job.done.set_result(result)

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
            try:
                session = self._session or self._connect()
                self._session = session
                session.begin()
                work = group[0].work
                results = [work(session)] if work else self._write(session, [job.batch for job in group])
                session.commit()
            except Exception as error:
                # Closing the connection drops the transaction; the next group opens a new one.
                self._drop()
                known = isinstance(error, self._database.errors)
                if not (tries_left and known and self._database.is_transient(error)):
                    raise
            else:
                return results
        raise AssertionError  # pragma: no cover  the last attempt returns or raises

    def _drop(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None


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
