"""The receipt store: records receipts and sends, and returns one status per message.

The tables are documented in ``docs/receipts-schema.md``.
"""

# ruff: noqa: TC001, TC003  at run time too, so that `typing.get_type_hints` finds every name

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Self, TypeAlias

from connect_sms.models.delivery_errors import DeliveryErrors
from connect_sms.models.private import clears_locals
from connect_sms.models.providers import PROVIDER
from connect_sms.models.readers import as_utc
from connect_sms.models.sent import SentMessage
from connect_sms.models.status import MessageStatus
from connect_sms.store import DurableStore
from connect_sms.store.database import Database, Session
from connect_sms.store.owner import this_process
from connect_sms.store.schema import time_text

from . import _maintenance as maintenance
from ._handing_over import handed_over_rows, settled_key
from ._reading import Statuses
from ._rows import WriteBatch, batch_of, observed, write_batches
from ._schema import SCHEMA
from ._statements import merge_statement
from .events import Event, UnknownEvent
from .merging import order_key
from .parsing import parse
from .stored import PendingCallback, QuarantinedBody

Recordable: TypeAlias = Event | MessageStatus

_PAGE = 1_000


class ReceiptStore:
    """Receipts and the status of each message, durable. Made by `open_store`, for ``receipts=`` of a client.

    Every method may be called from any thread and raises `connect_sms.StoreUnavailable` when the database
    is not available. Only `submit` may be used in a coroutine. After a fork, open another store.
    """

    def __init__(self, database: Database, *, delivery_errors: DeliveryErrors, max_queued: int) -> None:
        self._errors = delivery_errors
        self._durable: DurableStore[WriteBatch] = DurableStore(
            database, SCHEMA, write=partial(write_batches, merge_statement(database)), max_queued=max_queued
        )
        self._statuses = Statuses(self._durable, delivery_errors)

    def __repr__(self) -> str:
        return f"<ReceiptStore: {self._durable.database}{', closed' if self._durable.closed else ''}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Write what is queued, then close all connections."""
        self._durable.close()

    # Recording

    def record(
        self,
        events: Sequence[Recordable],
        *,
        received_at: datetime | None = None,
        callback: bool = False,
        timeout: float | None = None,
    ) -> int:
        """Store events. Returns once they are durable.

        An event that was seen before changes nothing; `UnknownEvent` goes into quarantine. A `MessageStatus`
        comes from a status request or 8x8's log export.

        Args:
            events: Events and statuses.
            received_at: When they were received; now when left out.
            callback: Add new receipts, inbound messages and clicks to `pending_callbacks`.
            timeout: Seconds to wait, ``busy_timeout`` + 1 at most; what takes longer may be written later.

        Returns:
            The number of new events.

        Raises:
            StoreUnavailable: They may not be durable. Recording them again does no harm.
            InvalidArgument: A status has neither umid nor client_message_id.
        """
        return self._durable.write(batch_of(events, _utc(received_at), callback=callback), timeout)

    @clears_locals
    def submit(
        self, events: Sequence[Recordable], *, received_at: datetime | None = None, callback: bool = False
    ) -> Future[int]:
        """The same as `record` without waiting: the future is done when the events are durable.

        For coroutines: ``await asyncio.wrap_future(store.submit(events))``.
        """
        return self._durable.put(batch_of(events, _utc(received_at), callback=callback))

    @clears_locals
    def hand_over(
        self, messages: Iterable[SentMessage], *, deadline: datetime, timeout: float | None = None
    ) -> None:
        """Store messages that are about to be sent, in one transaction; durable on return.

        Until `record_sent` or `withdraw`, of the same `client_message_id` and `sent_at`, they are
        ``HANDING_OVER`` while this process runs and the deadline has not passed, and ``UNKNOWN`` after that.

        Args:
            messages: The messages.
            deadline: When the send has ended at the latest; a time without an offset is taken as UTC.
            timeout: Seconds to wait, at most as for `record`.

        Raises:
            StoreUnavailable: They are not stored, or will be removed again.
        """
        if rows := handed_over_rows(messages := list(messages), this_process(), deadline):
            undo = WriteBatch(settled=[settled_key(message) for message in messages])
            self._durable.write(WriteBatch(handed_over=rows), timeout, undo=undo)

    @clears_locals
    def record_sent(self, messages: Iterable[SentMessage], *, timeout: float | None = None) -> int:
        """Store what was sent, so that receipts can be matched to it; return the number of messages.

        They may come from an iterator of any length; each is durable on return, and no longer handed over.
        The ``timeout`` is that of `record`, for each 1,000 of them.
        """
        total, remaining = 0, iter(messages)
        while page := list(islice(remaining, _PAGE)):
            statuses = [observed(message.to_status(), time_text(message.sent_at)) for message in page]
            settled = [settled_key(message) for message in page]
            self._durable.write(WriteBatch(statuses=statuses, settled=settled), timeout)
            total += len(page)
        return total

    @clears_locals
    def withdraw(self, messages: Iterable[SentMessage], *, timeout: float | None = None) -> None:
        """Remove messages that were handed over and certainly not sent; ``timeout`` is that of `record`."""
        if settled := [settled_key(message) for message in messages]:
            self._durable.write(WriteBatch(settled=settled), timeout)

    # Queries

    def status(
        self,
        umid: str,
        *,
        provider: str = PROVIDER,
        client_message_id: str | None = None,
        timeout: float | None = None,
    ) -> MessageStatus | None:
        """The status of a message; None when it is unknown, or when several messages have this UMID.

        Args:
            umid: The provider's id of it.
            provider: The SMS provider.
            client_message_id: Your own id, which decides among several messages with this UMID.
            timeout: Seconds to wait for a lock, at most the store's ``busy_timeout``.
        """
        found = self._statuses.read(" AND m.provider = ? AND m.umid = ?", (provider, umid), timeout)
        if client_message_id is not None:
            found = [status for status in found if status.client_message_id in {None, client_message_id}]
        return found[0] if len(found) == 1 else None

    def status_by_client_id(self, client_message_id: str) -> MessageStatus | None:
        """The status by your own id. For several messages with it, the one that got furthest."""
        return max(self.statuses_by_client_id(client_message_id), key=order_key, default=None)

    def statuses_by_client_id(self, client_message_id: str) -> list[MessageStatus]:
        """The status of every message with your own id."""
        return self._statuses.read(" AND m.client_message_id = ?", (client_message_id,))

    def statuses(
        self,
        *,
        sent_after: datetime | None = None,
        sent_before: datetime | None = None,
        open_only: bool = False,
    ) -> Iterator[MessageStatus]:
        """Every message, each once, in no particular order, with at most a page of them in memory.

        Args:
            sent_after: Only messages sent at this time or later. For one known only from receipts, the time
                of the first receipt counts.
            sent_before: Only messages sent before this time.
            open_only: Only messages that may still change: not final, and not given up by
                `mark_no_receipt`.
        """
        return self._statuses.read_all(sent_after, sent_before, open_only=open_only)

    def ambiguous_receipts(
        self, *, sent_after: datetime | None = None, sent_before: datetime | None = None
    ) -> int:
        """The number of receipts that may be of several messages, and so count for none.

        They have a UMID that several messages share, and no `client_message_id`.

        Args:
            sent_after: Only for messages sent at this time or later.
            sent_before: Only for messages sent before this time.
        """
        return self._statuses.count_ambiguous(sent_after, sent_before)

    def quarantined(self) -> Iterator[QuarantinedBody]:
        """Every body that could not be read and has not been purged."""
        last = ""
        query = (
            "SELECT id, received_at, reason, content_type, raw FROM quarantine WHERE id > ? "
            f"ORDER BY id LIMIT {_PAGE}"
        )
        while rows := self._durable.fetch(query, (last,)):
            last = rows[-1][0]
            for _, at, reason, content_type, raw in rows:
                event = UnknownEvent(reason=reason, raw=bytes(raw), content_type=content_type)
                yield QuarantinedBody(event, datetime.fromisoformat(at))

    # Callbacks

    def pending_callbacks(
        self, limit: int = 100, *, lease: timedelta = timedelta(minutes=1), now: datetime | None = None
    ) -> list[PendingCallback]:
        """Claim events whose callback is due, the oldest first.

        Args:
            limit: Maximum number of events.
            lease: How long no other caller gets them, in any process. Those not confirmed with
                `callback_done` by then are due again: callbacks run at least once.
            now: The current time, when left out.
        """
        at, claim = _utc(now), self._durable.database.claim
        rows = self._durable.call(
            lambda session: maintenance.claim_callbacks(session, limit, at, lease, claim)
        )
        return [self._pending(*row) for row in rows]

    def _pending(
        self, provider: str, umid: str, fingerprint: str, content_type: str | None, raw: bytes
    ) -> PendingCallback:
        headers = {} if content_type is None else {"content-type": content_type}
        event = parse(bytes(raw), headers, delivery_errors=self._errors)
        return PendingCallback(f"{provider}/{fingerprint}/{umid}", event)

    def callback_done(self, ids: Iterable[str]) -> None:
        """Confirm callbacks by the ids of `pending_callbacks`: they are not due again."""
        split = (given.split("/", 2) for given in ids)
        keys = sorted((provider, umid, fingerprint) for provider, fingerprint, umid in split)
        statement = (
            "UPDATE events SET callback_due = NULL WHERE provider = ? AND umid = ? AND fingerprint = ?"
        )
        self._durable.call(lambda session: session.run_each(statement, keys))

    # Maintenance

    def mark_no_receipt(
        self, *, older_than: timedelta = timedelta(hours=48), now: datetime | None = None
    ) -> int:
        """Give up on messages that are still open: 8x8 sends no receipt later than 48 h after the message.

        A message not delivered to the operator becomes ``NO_RECEIPT``; others stay
        ``DELIVERED_TO_OPERATOR``. A later receipt still counts.

        Returns:
            The number that became ``NO_RECEIPT``.
        """
        at, claim = _utc(now), self._durable.database.claim
        marked = 0

        def page() -> int:
            nonlocal marked
            taken, silent = self._durable.call(
                lambda session: maintenance.give_up(session, at - older_than, at, claim)
            )
            marked += silent
            return taken

        maintenance.in_pages(page)
        return marked

    def purge(self, *, raw_older_than: timedelta = timedelta(days=30), now: datetime | None = None) -> int:
        """Delete raw bodies, those in quarantine included; the status of each message stays.

        Returns:
            The number of bodies.
        """
        before = _utc(now) - raw_older_than

        def all_of(page: Callable[[Session, datetime], int]) -> int:
            return maintenance.in_pages(lambda: self._durable.call(lambda session: page(session, before)))

        return all_of(maintenance.purge_bodies) + all_of(maintenance.purge_quarantine)

    def heartbeat(self, now: datetime | None = None, *, tolerance: timedelta = timedelta(minutes=1)) -> None:
        """Record that a receiver is running.

        Args:
            now: The current time, when left out.
            tolerance: A longer gap between two heartbeats is an outage.
        """
        at = _utc(now)
        self._durable.call(lambda session: maintenance.heartbeat(session, at, tolerance))

    def outages(self, now: datetime | None = None) -> list[tuple[datetime, datetime]]:
        """Periods without a running receiver, from the last heartbeat to the next; oldest first.

        Args:
            now: The current time, when left out. Heartbeats more than a day after it are ignored: the clock
                was wrong.
        """
        rows = self._durable.fetch("SELECT started_at, last_at FROM uptime ORDER BY started_at")
        return maintenance.gaps(rows, _utc(now))

    def reserve_status_slot(
        self,
        sub_account_id: str,
        interval: float = 1.0,
        now: datetime | None = None,
        *,
        timeout: float | None = None,
    ) -> float:
        """Reserve the next free time for a status request, shared by all processes on this store.

        Args:
            sub_account_id: The sub-account that the limit applies to.
            interval: Seconds between two requests.
            now: The current time, when left out.
            timeout: Seconds to wait, at most as for `record`.

        Returns:
            Seconds to wait until then.
        """
        at = _utc(now).timestamp()
        return self._durable.call_within(
            lambda session: maintenance.reserve_slot(session, sub_account_id, interval, at), timeout
        )


def _utc(given: datetime | None) -> datetime:
    return datetime.now(UTC) if given is None else as_utc(given)
