"""Converts events and statuses to table rows, and writes them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final, NamedTuple

import attrs

from connect_sms.errors.base import InvalidArgument
from connect_sms.models.providers import PROVIDER
from connect_sms.models.readers import storable
from connect_sms.models.status import MessageStatus
from connect_sms.store.schema import time_text
from connect_sms.store.writer import insert_new

from ._schema import EVENTS, MESSAGES, QUARANTINE
from ._statements import HANDED_OVER
from .columns import CLIENT_MESSAGE_ID, MERGED, ORDER
from .events import DeliveryReceipt, Event, InboundMessage, LinkClick
from .merging import merge

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from connect_sms.store.database import DbRow, Session

_ADD_EVENT: Final = EVENTS.insert_new()
_ADD_TO_QUARANTINE: Final = QUARANTINE.insert_new()
_HAND_OVER: Final = MESSAGES.insert_new(HANDED_OVER)
_REMOVE_HANDED_OVER: Final = (
    "DELETE FROM messages WHERE provider = ? AND umid = '' AND client_message_id = ? AND attempt = ? "
    "AND outcome = 'handing_over'"
)


class Observed(NamedTuple):
    """A status, and when this receiver got it."""

    status: MessageStatus
    at: str


@attrs.define(repr=False)
class WriteBatch:
    """Rows of one call, ready to write.

    Attributes:
        events: Rows of events, by their keys.
        bodies: Rows of the quarantine, by the digests of the bodies.
        statuses: The statuses from the events.
        settled: Keys of messages that are no longer being handed over.
        handed_over: Rows of messages that are being handed over now.
    """

    events: dict[tuple[str, ...], DbRow] = attrs.field(factory=dict[tuple[str, ...], "DbRow"])
    bodies: dict[str, DbRow] = attrs.field(factory=dict[str, "DbRow"])
    statuses: list[Observed] = attrs.field(factory=list[Observed])
    settled: list[tuple[str, str, str]] = attrs.field(factory=list[tuple[str, str, str]])
    handed_over: list[DbRow] = attrs.field(factory=list["DbRow"])

    @property
    def size(self) -> int:
        """The number of rows."""
        statuses = max(len(self.statuses), len(self.settled))
        return len(self.events) + len(self.bodies) + statuses + len(self.handed_over)


def batch_of(
    events: Iterable[Event | MessageStatus],
    received_at: datetime,
    *,
    callback: bool,
) -> WriteBatch:
    """Rows for events and statuses.

    Raises:
        InvalidArgument: A status has neither umid nor client_message_id.
    """
    batch, at = WriteBatch(), time_text(received_at)
    due = at if callback else None
    for event in events:
        if isinstance(event, DeliveryReceipt):
            _add_status(batch, event.status, at, (event.content_type, event.raw, due))
        elif isinstance(event, MessageStatus):
            _add_status(batch, event, at)
        elif isinstance(event, InboundMessage | LinkClick):
            _add_other(batch, event, at, due)
        else:
            digest = hashlib.blake2b(event.raw, digest_size=16).hexdigest()
            batch.bodies.setdefault(digest, (digest, at, event.reason, event.content_type, event.raw))
    return batch


def _add_other(batch: WriteBatch, event: InboundMessage | LinkClick, at: str, due: str | None) -> None:
    """Add an event that changes no status."""
    told: tuple[str | None, ...] = ()
    if isinstance(event, InboundMessage):
        kind, moment = "inbound", event.sent_at
    else:
        kind, moment = "click", event.occurred_at
        told = (event.event_id,) if event.event_id else (event.short_url, event.target_url)
    facts = (None, None, None, None, None if moment is None else time_text(moment))
    key = (PROVIDER, event.umid, fingerprint(kind, *facts, *told))
    batch.events.setdefault(key, (*key, kind, *facts, at, event.content_type, event.raw, due))


def observed(status: MessageStatus, at: str) -> Observed:
    """A status and when it was received.

    Raises:
        InvalidArgument: It has neither umid nor client_message_id.
    """
    if not (status.umid or status.client_message_id):
        raise InvalidArgument("a status needs a umid or a client_message_id", argument="umid")
    return Observed(status, at)


_STORED: Final = {column.name: column.stored for column in (CLIENT_MESSAGE_ID, *ORDER)}
_FACTS: Final = tuple(
    _STORED[name] for name in ("client_message_id", "state", "detail", "error_code", "observed_at")
)


def _add_status(
    batch: WriteBatch,
    status: MessageStatus,
    at: str,
    body: tuple[str | None, bytes | None, str | None] = (None, None, None),
) -> None:
    batch.statuses.append(observed(status, at))
    if status.umid:
        facts = [stored(status) for stored in _FACTS]
        key = (status.provider, storable(status.umid), fingerprint(status.source, *facts))
        batch.events.setdefault(key, (*key, status.source, *facts, at, *body))


def fingerprint(kind: str, *facts: str | int | None) -> str:
    """Identifies an event among those of a message, ignoring the case of 8x8's values.

    Args:
        kind: Receipt, inbound message, click, status or export.
        facts: Your id, state, detail, error code and time; of a click its id, or else its links, too.
    """
    words = ("" if fact is None else str(fact) for fact in facts)
    return hashlib.blake2b("\0".join([kind, *words]).lower().encode(), digest_size=8).hexdigest()


def write_batches(merge_statement: str, session: Session, batches: Sequence[WriteBatch]) -> list[int]:
    """Write the rows of several callers; return for each the number of new events.

    All events first, then all bodies, then all messages, each in key order: this prevents deadlocks between
    processes that write the same rows.
    """
    new_events = [0] * len(batches)
    insert_new(session, _ADD_EVENT, [batch.events for batch in batches], new_events)
    insert_new(session, _ADD_TO_QUARANTINE, [batch.bodies for batch in batches], new_events)
    if settled := sorted(key for batch in batches for key in batch.settled):
        session.run_each(_REMOVE_HANDED_OVER, settled)
    if handed_over := [row for batch in batches for row in batch.handed_over]:
        session.run_each(_HAND_OVER, handed_over)
    messages = message_rows(entry for batch in batches for entry in batch.statuses)
    if messages:
        session.run_each(merge_statement, messages)
    return new_events


def message_rows(entries: Iterable[Observed]) -> list[DbRow]:
    """Rows for the table of messages, each key once, in key order."""
    grouped: dict[tuple[str, str, str, str], list[Observed]] = {}
    for entry in entries:
        status = entry.status
        attempt = time_text(status.sent_at) if not status.umid and status.sent_at is not None else ""
        own_id = storable(status.client_message_id or "")
        grouped.setdefault((status.provider, storable(status.umid), own_id, attempt), []).append(entry)
    return [_message_row(key, group) for key, group in sorted(grouped.items())]


def _message_row(key: tuple[str, str, str, str], group: Sequence[Observed]) -> DbRow:
    if len(group) == 1:
        status, at = group[0]
    else:
        status, at = merge(entry.status for entry in group), min(entry.at for entry in group)
    values = [column.stored(status) for column in (*ORDER, *MERGED)]
    return (*key, status.outcome.value, *values, at)
