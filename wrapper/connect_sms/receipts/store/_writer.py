"""One thread that writes, so that many callers share one flush to disk.

Whoever calls hands over its rows and waits. While the thread flushes one transaction, the next callers
queue up; it then takes all of them into one transaction. What was handed over is answered only after the
commit has returned, and with an error if it has not.
"""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import attrs

from connect_sms.errors.base import ConfigurationError, StoreUnavailable

from ._rows import News, rows_of_standings
from ._statements import ADD_EVENT, ADD_TO_QUARANTINE, fold_standing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ._database import Database, Row, Session

__all__ = ["Writer"]

_T = TypeVar("_T")
_Key = TypeVar("_Key", str, tuple[str, str])
_LARGEST_GROUP: Final = 2_000
_TRIES: Final = 3


@attrs.define(eq=False)
class _Job(Generic[_T]):
    """Something to be done in a transaction. News share one; a function has its own."""

    news: News | None
    work: Callable[[Session], _T] | None
    done: Future[_T]
    size: int


class Writer:
    """The thread and its queue.

    Args:
        database: Where to write.
        connect: Opens a connection whose tables are up to date.
        session: The first connection.
        most_waiting: How many rows may wait; more are refused at once, so that a database that hangs does
            not fill the memory.
    """

    def __init__(
        self, database: Database, connect: Callable[[], Session], session: Session, most_waiting: int
    ) -> None:
        self._database = database
        self._connect = connect
        self._session: Session | None = session
        self._most_waiting = most_waiting
        self._fold = fold_standing(database.collation, database.greatest)
        self._jobs: deque[_Job[Any]] = deque()
        self._waiting = 0
        self._closed = False
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="connect-sms-store", daemon=True)
        self._thread.start()

    def put(self, news: News) -> Future[int]:
        """Hand over news; the future holds how many events were new, once they are durable.

        Raises:
            StoreUnavailable: The store was closed, or too much waits already.
        """
        return self._put(
            _Job(news, None, Future(), len(news.standings) + len(news.events) + len(news.bodies))
        )

    def call(self, work: Callable[[Session], _T]) -> _T:
        """Run a function in a transaction of its own; its result, once it is durable.

        Raises:
            StoreUnavailable: It could not be done.
        """
        return self._put(_Job(None, work, Future(), 1)).result()

    def _put(self, job: _Job[_T]) -> Future[_T]:
        with self._news:
            if self._closed:
                raise StoreUnavailable(reason="it was closed")
            if self._jobs and self._waiting + job.size > self._most_waiting:
                raise StoreUnavailable(reason=f"{self._waiting} rows wait to be written already")
            self._waiting += job.size
            self._jobs.append(job)
            self._news.notify()
        return job.done

    def close(self) -> None:
        """Write what waits, then end."""
        with self._news:
            self._closed = True
            self._news.notify()
        self._thread.join()

    def _run(self) -> None:
        while group := self._take():
            # A job whose caller has gone away is not begun.
            going = [job for job in group if job.done.set_running_or_notify_cancel()]
            if going:
                self._do(going)
        self._drop()

    def _take(self) -> list[_Job[Any]]:
        with self._news:
            while not self._jobs and not self._closed:
                self._news.wait()
            group: list[_Job[Any]] = []
            size = 0
            while self._jobs and (not group or size + self._jobs[0].size <= _LARGEST_GROUP):
                alone = self._jobs[0].work is not None
                if alone and group:
                    break
                job = self._jobs.popleft()
                group.append(job)
                size += job.size
                if alone:
                    break
            self._waiting -= size
            return group

    def _do(self, group: list[_Job[Any]]) -> None:
        try:
            results = self._commit(group)
        except Exception as error:  # noqa: BLE001  the thread must outlive whatever it is given
            if len(group) > 1 and self._is_by_content(error):
                for job in group:  # one of them is at fault: the others must not suffer for it
                    self._do([job])
                return
            for job in group:
                job.done.set_exception(self._told(error))
            return
        for job, result in zip(group, results, strict=True):
            job.done.set_result(result)

    def _is_by_content(self, error: Exception) -> bool:
        return not isinstance(error, self._database.errors) or self._database.by_content(error)

    def _told(self, error: Exception) -> Exception:
        if isinstance(error, self._database.errors):
            return StoreUnavailable(reason=self._database.explain(error))
        if isinstance(error, StoreUnavailable | ConfigurationError):
            return error
        return StoreUnavailable(reason=f"writing failed ({type(error).__name__})")

    def _commit(self, group: list[_Job[Any]]) -> list[Any]:
        for left in reversed(range(_TRIES)):
            try:
                session = self._session or self._connect()
                self._session = session
                session.begin()
                work = group[0].work
                results: list[Any] = [work(session)] if work else self._write(session, group)
                session.commit()
            except Exception as error:
                # With the connection goes whatever the transaction held; the next group opens a new one.
                self._drop()
                known = isinstance(error, self._database.errors)
                if not (left and known and self._database.again(error)):
                    raise
            else:
                return results
        raise AssertionError  # pragma: no cover  the last try returns or raises

    def _write(self, session: Session, group: list[_Job[Any]]) -> list[int]:
        # All events first, then all bodies, then all standings, each in the order of its key: two processes
        # that write the same rows then wait for each other in one direction only.
        news = [job.news or News() for job in group]
        fresh = [0] * len(group)
        _insert(session, ADD_EVENT, [entry.events for entry in news], fresh)
        _insert(session, ADD_TO_QUARANTINE, [entry.bodies for entry in news], fresh)
        standings = rows_of_standings(seen for entry in news for seen in entry.standings)
        if standings:
            session.run_each(self._fold, standings)
        return fresh

    def _drop(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None


def _insert(session: Session, statement: str, rows: Sequence[Mapping[_Key, Row]], fresh: list[int]) -> None:
    """Insert the rows of each job, once, and count for each job which of its rows were new."""
    owners: dict[_Key, int] = {}
    for index, keys in enumerate(rows):
        for key in keys:
            owners.setdefault(key, index)
    ordered = sorted(owners)
    if ordered:
        added = session.insert_each(statement, [rows[owners[key]][key] for key in ordered])
        for key, new in zip(ordered, added, strict=True):
            fresh[owners[key]] += new
