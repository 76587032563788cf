"""Maintenance of a receipt store, each step in one short transaction."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from connect_sms.models.outcomes import Outcome
from connect_sms.store.schema import time_text

from ._schema import OPEN
from ._statements import IS_SILENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from connect_sms.store.database import DbRow, Session

PAGE: Final = 1_000
"""Rows touched in one transaction, so that receipts never wait long for maintenance."""

_CLOCK_WAS_SET_BACK: Final = 60.0
_WRONG_CLOCK: Final = timedelta(days=1)
_WITH_OPERATOR: Final = Outcome.DELIVERED_TO_OPERATOR.rank


def heartbeat(session: Session, now: datetime, tolerance: timedelta) -> None:
    """Extend the uptime period that ended last before now, or start a new one after a gap."""
    at = time_text(now)
    # Another receiver on this store may be a little ahead. A clock that is far ahead tells nothing of now.
    nearby = session.fetch(
        "SELECT started_at, last_at FROM uptime WHERE last_at BETWEEN ? AND ? ORDER BY last_at DESC LIMIT 1",
        (time_text(now - tolerance), time_text(now + tolerance)),
    )
    if not nearby:
        session.execute(
            "INSERT INTO uptime (started_at, last_at) VALUES (?, ?) ON CONFLICT (started_at) DO NOTHING",
            (at, at),
        )
    elif at > nearby[0][1]:
        session.execute("UPDATE uptime SET last_at = ? WHERE started_at = ?", (at, nearby[0][0]))


def gaps(rows: Iterable[DbRow], now: datetime) -> list[tuple[datetime, datetime]]:
    """The gaps between uptime periods.

    Args:
        rows: Beginning and end of each period, in order.
        now: What begins more than a day later is ignored: the clock of that receiver was wrong.
    """
    found: list[tuple[datetime, datetime]] = []
    end = None
    for row in rows:
        began, last = (datetime.fromisoformat(text) for text in row)
        if began > now + _WRONG_CLOCK:
            break
        if end is not None and began > end:
            found.append((end, began))
        end = last if end is None else max(end, last)
    return found


def reserve_slot(session: Session, sub_account_id: str, interval: float, now: float) -> float:
    """Reserve the next free time for a status request; return the seconds until then."""
    # A row to lock must exist first, or two processes could both find none.
    session.execute(
        "INSERT INTO status_slots (sub_account_id, reserved_at, next_at) VALUES (?, ?, ?) "
        "ON CONFLICT (sub_account_id) DO UPDATE SET sub_account_id = excluded.sub_account_id",
        (sub_account_id, now, now),
    )
    reserved, free = session.fetch(
        "SELECT reserved_at, next_at FROM status_slots WHERE sub_account_id = ?", (sub_account_id,)
    )[0]
    if now < reserved - _CLOCK_WAS_SET_BACK:
        free += now - reserved
    moment: float = max(now, free)
    session.execute(
        "UPDATE status_slots SET reserved_at = ?, next_at = ? WHERE sub_account_id = ?",
        (now, moment + interval, sub_account_id),
    )
    return max(0.0, moment - now)


def give_up(session: Session, before: datetime, now: datetime, claim: str) -> tuple[int, int]:
    """Mark messages open since before a time as given up, one page of them.

    Returns:
        The number marked, and how many of them got no further than "deferred".
    """
    rows = session.fetch(
        f"SELECT provider, umid, client_message_id, attempt, {IS_SILENT} FROM messages m "
        f"WHERE {OPEN} AND COALESCE(sent_at, first_seen_at) < ? LIMIT {PAGE}{claim}",
        (_WITH_OPERATOR, _WITH_OPERATOR, time_text(before)),
    )
    session.run_each(
        "UPDATE messages SET given_up_at = ? "
        "WHERE provider = ? AND umid = ? AND client_message_id = ? AND attempt = ?",
        [(time_text(now), *key) for *key, _ in rows],
    )
    return len(rows), sum(bool(silent) for *_, silent in rows)


def claim_callbacks(session: Session, limit: int, now: datetime, lease: timedelta, claim: str) -> list[DbRow]:
    """Events whose callback is due, oldest first; no other caller gets them until the lease ends."""
    rows = session.fetch(
        "SELECT provider, umid, fingerprint, content_type, raw FROM events "
        f"WHERE callback_due <= ? ORDER BY callback_due LIMIT ?{claim}",
        (time_text(now), limit),
    )
    until = time_text(now + lease)
    session.run_each(
        "UPDATE events SET callback_due = ? WHERE provider = ? AND umid = ? AND fingerprint = ?",
        [(until, *row[:3]) for row in rows],
    )
    return rows


def purge_bodies(session: Session, before: datetime) -> int:
    """Delete raw bodies of events, one page; return the number. Those awaiting a callback stay."""
    rows = session.fetch(
        "SELECT provider, umid, fingerprint FROM events WHERE received_at < ? AND raw IS NOT NULL "
        f"AND callback_due IS NULL ORDER BY received_at LIMIT {PAGE}",
        (time_text(before),),
    )
    session.run_each("UPDATE events SET raw = NULL WHERE provider = ? AND umid = ? AND fingerprint = ?", rows)
    return len(rows)


def purge_quarantine(session: Session, before: datetime) -> int:
    """Delete bodies in quarantine, one page; return the number."""
    rows = session.fetch(
        f"SELECT id FROM quarantine WHERE received_at < ? ORDER BY received_at LIMIT {PAGE}",
        (time_text(before),),
    )
    session.run_each("DELETE FROM quarantine WHERE id = ?", rows)
    return len(rows)


def in_pages(once: Callable[[], int]) -> int:
    """Repeat a page of work until one is not full; return the number of rows."""
    total = 0
    while True:
        done = once()
        total += done
        if done < PAGE:
            return total
