"""The store: record what comes in, ask what is known."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Self, TypeVar

import attrs

from connect_sms.errors.base import StoreUnavailable
from connect_sms.receipts._columns import moment_text
from connect_sms.receipts.events import (
    DeliveryReceipt,
    InboundMessage,
    UnknownEvent,
    parse,
)
from connect_sms.receipts.folding import SentRow, Standing, order_key
from connect_sms.receipts.store import _upkeep as upkeep

from ._clients import ForClients
from ._migrations import migrate, migrations
from ._rows import News, read_standing, seen, sort_news
from ._statements import OPEN, SELECT_STANDINGS
from ._writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future
    from types import TracebackType

    from connect_sms.models.delivery_errors import DeliveryErrors
    from connect_sms.receipts.events import Event

    from ._database import Database, Row, Session

__all__ = ["PendingCallback", "Quarantined", "Store"]

_T = TypeVar("_T")
_PAGE = 1_000
_IDLE_READERS = 4


@attrs.frozen
class PendingCallback:
    """An event whose callback has not been confirmed.

    Attributes:
        id: What `Store.callback_done` takes.
        event: The event, read again from its body.
    """

    id: str
    event: Event


@attrs.frozen
class Quarantined:
    """A body that could not be read.

    Attributes:
        event: The body and why it could not be read.
        received_at: When it came in first, in UTC.
    """

    event: UnknownEvent
    received_at: datetime


class Store(ForClients):
    """Receipts and what they say, durable. Made by `open_store`.

    Every method may be called from any thread, and every one of them raises `connect_sms.StoreUnavailable`
    when the database cannot do it now. None is for use in a coroutine, except `submit`.
    """

    def __init__(self, database: Database, *, delivery_errors: DeliveryErrors, most_waiting: int) -> None:
        self._database = database
        self._errors = delivery_errors
        self._lock = threading.Lock()
        self._readers: list[Session] = []
        self._closed = False
        self._steps = migrations()
        try:
            first = self._connect_to_write()
        except database.errors as error:
            raise StoreUnavailable(reason=database.explain(error)) from None
        self._writer = Writer(database, self._connect_to_write, first, most_waiting)

    def _connect_to_write(self) -> Session:
        session = self._database.connect(writer=True)
        try:
            migrate(self._database, session, self._steps)
        except BaseException:
            session.close()
            raise
        return session

    def __repr__(self) -> str:
        return f"<Store: {self._database}{', closed' if self._closed else ''}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Write what waits, then let go of the database."""
        self._writer.close()
        with self._lock:
            self._closed = True
            readers, self._readers = self._readers, []
        for session in readers:
            session.close()

    # Recording

    def record(
        self,
        events: Sequence[DeliveryReceipt | InboundMessage | UnknownEvent | Standing],
        *,
        received_at: datetime | None = None,
        callback: bool = False,
    ) -> int:
        """Keep events. Returns when they are durable, and not before.

        An event that was seen before changes nothing; `UnknownEvent` goes into quarantine. A `Standing` is
        what a status call or 8x8's export says.

        Args:
            events: What came in.
            received_at: When; now, when left out.
            callback: Let new receipts and inbound messages wait in `pending_callbacks`.

        Returns:
            How many were new.

        Raises:
            StoreUnavailable: They are not known to be durable. Recording them again does no harm.
        """
        return self.submit(events, received_at=received_at, callback=callback).result()

    def submit(
        self,
        events: Sequence[DeliveryReceipt | InboundMessage | UnknownEvent | Standing],
        *,
        received_at: datetime | None = None,
        callback: bool = False,
    ) -> Future[int]:
        """The same as `record` without waiting: the future is done when the events are durable.

        For coroutines: ``await asyncio.wrap_future(store.submit(events))``.
        """
        return self._writer.put(sort_news(events, _time(received_at), callback=callback))

    def record_sent(self, rows: Iterable[SentRow]) -> int:
        """Keep what was sent, so that it can be joined with what becomes of it; how many rows.

        Rows may come from an iterator of any length; each is durable on return.
        """
        total, remaining = 0, iter(rows)
        while page := list(islice(remaining, _PAGE)):
            entries = [seen(Standing.from_sent(row), moment_text(row.sent_at) or "") for row in page]
            self._writer.put(News(standings=entries)).result()
            total += len(page)
        return total

    # Asking

    def standing(self, umid: str) -> Standing | None:
        """Where a message stands; None when nothing is known of it."""
        rows = self._fetch(f"{SELECT_STANDINGS} AND m.umid = ? AND m.lost_id = ''", (umid,))
        return read_standing(rows[0], self._errors) if rows else None

    def standing_of(self, client_message_id: str) -> Standing | None:
        """The same by your own id. When several messages carried it, the one that came furthest."""
        rows = self._fetch(f"{SELECT_STANDINGS} AND m.client_message_id = ?", (client_message_id,))
        return max((read_standing(row, self._errors) for row in rows), key=order_key, default=None)

    def standings(
        self,
        *,
        sent_after: datetime | None = None,
        sent_before: datetime | None = None,
        open_only: bool = False,
    ) -> Iterator[Standing]:
        """Every message, each once, in no particular order, without holding more than a page of them.

        Args:
            sent_after: Only messages sent at this time or later. Of one that only receipts tell of, the time
                of the first of them counts.
            sent_before: Only messages sent before this time.
            open_only: Only messages of which more is to be expected: not final, and not given up by
                `mark_no_receipt`.
        """
        since = "COALESCE(m.sent_at, lost.sent_at, m.first_seen_at)"
        conditions: list[str] = []
        values: list[str | None] = []
        if sent_after is not None:
            conditions.append(f" AND {since} >= ?")
            values.append(moment_text(_time(sent_after)))
        if sent_before is not None:
            conditions.append(f" AND {since} < ?")
            values.append(moment_text(_time(sent_before)))
        if open_only:
            conditions.append(f" AND {OPEN.replace('rank', 'm.rank').replace('given', 'm.given')}")
        # By the key, page after page: no transaction stays open however slow the reader is.
        query = (
            f"{SELECT_STANDINGS}{''.join(conditions)} AND (m.umid, m.lost_id) > (?, ?) "
            f"ORDER BY m.umid, m.lost_id LIMIT {_PAGE}"
        )
        last = ("", "")
        while rows := self._fetch(query, (*values, *last)):
            for row in rows:
                yield read_standing(row, self._errors)
            last = (rows[-1][0], rows[-1][1])

    def quarantined(self) -> Iterator[Quarantined]:
        """Every body that could not be read and has not been purged."""
        last = ""
        query = (
            "SELECT id, received_at, reason, content_type, raw FROM quarantine WHERE id > ? "
            f"ORDER BY id LIMIT {_PAGE}"
        )
        while rows := self._fetch(query, (last,)):
            last = rows[-1][0]
            for _, at, reason, content_type, raw in rows:
                event = UnknownEvent(reason=reason, raw=bytes(raw), content_type=content_type)
                yield Quarantined(event, datetime.fromisoformat(at))

    # Callbacks

    def pending_callbacks(
        self, limit: int = 100, *, lease: timedelta = timedelta(minutes=1), now: datetime | None = None
    ) -> list[PendingCallback]:
        """Take events whose callback is due, the oldest first.

        Args:
            limit: How many at most.
            lease: How long nobody else gets them, in this process or another. Whatever has not been
                confirmed with `callback_done` by then is due again: callbacks run at least once.
            now: The time; now, when left out.
        """
        at = _time(now)
        rows = self._writer.call(
            lambda session: upkeep.claim_callbacks(session, limit, at, lease, self._database.claim)
        )
        return [self._pending(*row) for row in rows]

    def _pending(self, umid: str, mark: str, content_type: str | None, raw: bytes) -> PendingCallback:
        headers = {} if content_type is None else {"content-type": content_type}
        return PendingCallback(f"{mark}/{umid}", parse(bytes(raw), headers, delivery_errors=self._errors))

    def callback_done(self, ids: Iterable[str]) -> None:
        """Confirm callbacks by the ids of `pending_callbacks`: they are not due again."""
        keys = sorted((umid, mark) for mark, _, umid in (word.partition("/") for word in ids))
        statement = "UPDATE events SET callback_due = NULL WHERE umid = ? AND fingerprint = ?"
        self._writer.call(lambda session: session.run_each(statement, keys))

    # Upkeep

    def mark_no_receipt(
        self, *, older_than: timedelta = timedelta(hours=48), now: datetime | None = None
    ) -> int:
        """Give up on messages that are still open: 8x8 sends nothing later than 48 h after the message.

        A message that is not known to have reached the operator becomes ``NO_RECEIPT``; one that has stays
        ``DELIVERED_TO_OPERATOR``. Whatever comes in after all still counts.

        Returns:
            How many became ``NO_RECEIPT``.
        """
        at = _time(now)
        marked = 0

        def page() -> int:
            nonlocal marked
            taken, silent = self._writer.call(
                lambda session: upkeep.give_up(session, at - older_than, at, self._database.claim)
            )
            marked += silent
            return taken

        upkeep.in_pages(page)
        return marked

    def purge(self, *, raw_older_than: timedelta = timedelta(days=30), now: datetime | None = None) -> int:
        """Forget raw bodies, those in quarantine included; what they said of messages stays.

        Returns:
            How many bodies.
        """
        before = _time(now) - raw_older_than

        def all_of(page: Callable[[Session, datetime], int]) -> int:
            return upkeep.in_pages(lambda: self._writer.call(lambda session: page(session, before)))

        return all_of(upkeep.purge_bodies) + all_of(upkeep.purge_quarantine)

    def heartbeat(self, now: datetime | None = None, *, tolerance: timedelta = timedelta(minutes=1)) -> None:
        """Note that a receiver is up.

        Args:
            now: The time; now, when left out.
            tolerance: A longer silence between two beats is an outage.
        """
        at = _time(now)
        self._writer.call(lambda session: upkeep.beat(session, at, tolerance))

    def outages(self) -> list[tuple[datetime, datetime]]:
        """Times in which no receiver was up, from the last sign of life to the next; the oldest first."""
        rows = self._fetch("SELECT started_at, last_at FROM uptime ORDER BY started_at")
        return upkeep.outages_between(
            [(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in rows]
        )

    def reserve_status_slot(
        self, sub_account_id: str, interval: float = 1.0, now: datetime | None = None
    ) -> float:
        """Take the next free moment for a status request, shared by all processes on this store.

        Args:
            sub_account_id: 8x8 counts by it.
            interval: Seconds that must lie between two moments.
            now: The time; now, when left out.

        Returns:
            Seconds to wait until then.
        """
        at = _time(now).timestamp()
        return self._writer.call(lambda session: upkeep.reserve(session, sub_account_id, interval, at))

    # Reading

    def _fetch(self, query: str, values: Sequence[object] = ()) -> list[Row]:
        return self._read(lambda session: session.fetch(query, values))

    def _read(self, work: Callable[[Session], _T]) -> _T:
        for pooled in (True, False):
            session = None
            try:
                session = self._reader(pooled=pooled)
                result = work(session)
            except self._database.errors as error:
                if session is not None:
                    session.close()
                if not (pooled and self._database.again(error)):
                    raise StoreUnavailable(reason=self._database.explain(error)) from None
            else:
                self._give_back(session)
                return result
        raise AssertionError  # pragma: no cover  the second try returns or raises

    def _reader(self, *, pooled: bool) -> Session:
        with self._lock:
            if self._closed:
                raise StoreUnavailable(reason="it was closed")
            if pooled and self._readers:
                return self._readers.pop()
        return self._database.connect(writer=False)

    def _give_back(self, session: Session) -> None:
        with self._lock:
            if not self._closed and len(self._readers) < _IDLE_READERS:
                self._readers.append(session)
                return
        session.close()


def _time(given: datetime | None) -> datetime:
    if given is None:
        return datetime.now(UTC)
    return given.replace(tzinfo=UTC) if given.tzinfo is None else given.astimezone(UTC)
