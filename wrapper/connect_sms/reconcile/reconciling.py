"""Finding out what became of what was sent: what receipts left open is asked of 8x8, and kept in the store.

A few open messages are asked for one by one, at the one status request a second that 8x8 allows. More than
that, and sends whose answer was lost, are looked up in 8x8's log export: it is one file for all of them, and
the only place that knows a message by the caller's own id. All that is learnt goes through the store's fold:
reconciling again changes nothing but what is new.
"""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import attrs

from connect_sms.errors.base import ConnectSmsError, InvalidArgument
from connect_sms.errors.calls import ApiError, AuthenticationFailed, InvalidResponse, NetworkError, NotFound
from connect_sms.errors.results import ExportFailed
from connect_sms.models.outcomes import Outcome
from connect_sms.receipts import Standing

from ._wanted import Wanted
from .log import read_log
from .report import Report, Row, standings_of
from .tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from connect_sms.client import SmsClient
    from connect_sms.clock import Clock
    from connect_sms.receipts import Store

__all__ = ["Findings", "Progress", "reconcile"]

#: 8x8 sends no receipt later than this after the message.
NO_RECEIPT_AFTER: Final = timedelta(hours=48)

#: The span asked for is a little longer than that of the report: 8x8's clock is not ours.
_MARGIN: Final = timedelta(minutes=5)

_PAGE: Final = 1_000
_EVERY: Final = 1_000

_LONGEST_ID: Final = 256
"""Characters; a status request takes no longer UMID."""

Step = Literal["looking", "polling", "exporting", "reading", "counting"]


@attrs.frozen
class Progress:
    """How far reconciling has come.

    Attributes:
        step: ``looking`` for open messages in the store, ``polling`` them, ``exporting`` (waiting for 8x8's
            log), ``reading`` that log, or ``counting`` for the report.
        done: Messages of this step so far.
        total: Of how many; None while that is not known.
    """

    step: Step
    done: int
    total: int | None = None


@attrs.frozen(kw_only=True)
class Findings:
    """What was done to find out.

    Attributes:
        open_before: Messages of which more was to be expected.
        lost_before: Of these, sends whose answer was lost.
        polled: Status requests that were answered.
        log_rows: Messages in 8x8's log.
        log_used: Of these, those that were looked for, or that have been read since they were delivered.
        no_receipt: Messages given up, since no receipt comes any more.
        problem: Why not all could be asked; None when all was.
    """

    open_before: int = 0
    lost_before: int = 0
    polled: int = 0
    log_rows: int = 0
    log_used: int = 0
    no_receipt: int = 0
    problem: str | None = None


@attrs.define
class _Open:
    """Messages of which more is to be expected."""

    umids: Wanted = attrs.field(factory=Wanted)
    lost_ids: Wanted = attrs.field(factory=Wanted)
    tail: list[str] = attrs.field(factory=list[str])

    def __len__(self) -> int:
        return len(self.umids) + len(self.lost_ids)


@attrs.define
class _Work:
    client: SmsClient
    store: Store
    since: datetime
    until: datetime
    deadline: float
    tell: Callable[[Progress], object]

    @property
    def clock(self) -> Clock:
        return self.client.settings.clock

    @property
    def time_left(self) -> float:
        return self.deadline - self.clock.monotonic()

    def open_messages(self, tail: int, *, include_others: bool) -> _Open:
        """Look into the store."""
        found, done = _Open(), 0
        for standing in self.store.standings(sent_after=self.since, sent_before=self.until, open_only=True):
            if standing.sent_at is None and not include_others:
                continue
            if not standing.umid:
                # An answer that was lost: the log alone knows the caller's own id.
                found.lost_ids.add(standing.client_message_id or "")
            else:
                found.umids.add(standing.umid)
                if len(found.tail) <= tail and len(standing.umid) <= _LONGEST_ID:
                    found.tail.append(standing.umid)
            done += 1
            if done % _EVERY == 0:
                self.tell(Progress("looking", done))
        return found

    def poll(self, umids: list[str]) -> tuple[int, str | None]:
        """Ask for messages one by one; how many answered, and why not all did."""
        answered, problem = 0, None
        asking = self.client.with_options(receipts=self.store)
        for done, umid in enumerate(umids):
            self.tell(Progress("polling", done, len(umids)))
            if self.time_left <= asking.settings.status_interval:
                return answered, f"no time was left to ask for {len(umids) - done:,} messages"
            try:
                status = asking.status(umid)
            except (AuthenticationFailed, InvalidArgument):
                raise
            except NotFound:
                problem = "8x8 does not know some of the messages"
            except (ApiError, NetworkError, InvalidResponse) as failed:
                problem = f"some status requests failed ({type(failed).__name__})"
            else:
                self.store.record([Standing.from_status(status)], received_at=self.clock.now())
                answered += 1
        self.tell(Progress("polling", len(umids), len(umids)))
        return answered, problem

    def read_log(self, wanted: _Open) -> tuple[int, int]:
        """Fetch 8x8's log and keep what it says of open messages; its rows, and how many of them were used.

        Raises:
            ConnectSmsError: There is no log to be had.
        """
        self.tell(Progress("exporting", 0))
        with tempfile.TemporaryDirectory(prefix="connect-sms-") as folder:
            file = Path(folder) / "log.csv"
            self.client.download_log(
                file,
                since=self.since - _MARGIN,
                until=min(self.until + _MARGIN, self.clock.now()),
                timeout=max(min(self.time_left, 86_400.0), 1.0),
            )
            rows = used = 0
            found = self._wanted_in(file, wanted)
            while page := list(islice(found, _PAGE)):
                known = [standing for standing in page if standing is not None]
                self.store.record(known, received_at=self.clock.now())
                rows, used = rows + len(page), used + len(known)
                self.tell(Progress("reading", rows))
            return rows, used

    def _wanted_in(self, file: Path, wanted: _Open) -> Iterator[Standing | None]:
        for row in read_log(file, delivery_errors=self.client.settings.delivery_errors):
            standing = row.standing
            asked = standing.umid in wanted.umids or standing.client_message_id in wanted.lost_ids
            yield standing if asked or self._is_news(standing) else None

    def _is_news(self, standing: Standing) -> bool:
        """True of a message that is final here, and was read since: few are, so each is looked up."""
        if standing.outcome is not Outcome.READ:
            return False
        known = self.store.standing(standing.umid)
        return known is not None and known.outcome is not Outcome.READ


def reconcile(
    client: SmsClient,
    store: Store,
    *,
    sent_since: datetime,
    sent_until: datetime | None = None,
    tail: int = 60,
    use_log: bool = True,
    deadline: float = 900.0,
    no_receipt_after: timedelta = NO_RECEIPT_AFTER,
    include_others: bool = False,
    progress: Callable[[Progress], object] | None = None,
) -> Report:
    """Find out what became of everything that was sent in a span of time, and report it.

    What is not final yet is asked of 8x8: up to `tail` messages one by one, otherwise all of them in one log
    export. What is learnt is kept in the store. Doing it again is safe, and asks only for what is still open.

    Args:
        client: A client of the sub-account the messages were sent from.
        store: What was sent and what receipts said (`connect_sms.receipts.open_store`).
        sent_since: The beginning of the span, with an offset.
        sent_until: Its end, with an offset, not part of it; now when left out.
        tail: The most messages to ask for one by one; each takes a second.
        use_log: Whether 8x8's log export may be ordered.
        deadline: Seconds after which nothing more is asked.
        no_receipt_after: How long after a message to give up on it; 8x8 sends no receipt after 48 h.
        include_others: Count messages too that only receipts told of: somebody else's on the same account.
        progress: Called now and then.

    Returns:
        The report. Where something could not be asked, `Findings.problem` says why; the rest still stands.

    Raises:
        InvalidArgument: An argument is wrong.
        AuthenticationFailed: 8x8 does not know the key.
        StoreUnavailable: The store cannot be read or written.
    """
    now = client.settings.clock.now()
    since = _check(sent_since, "sent_since")
    until = now if sent_until is None else _check(sent_until, "sent_until")
    if since >= until:
        raise InvalidArgument("sent_since must lie before sent_until", argument="sent_since")
    if isinstance(tail, bool) or not isinstance(tail, int) or tail < 0:
        raise InvalidArgument("tail must be a whole number from 0 upwards", argument="tail")
    work = _Work(
        client,
        store,
        since,
        until,
        client.settings.clock.monotonic() + deadline,
        progress or (lambda _: None),
    )
    wanted = work.open_messages(tail, include_others=include_others)
    findings = _ask(work, wanted, tail, use_log=use_log)
    given_up = store.mark_no_receipt(older_than=no_receipt_after, now=now)
    return Report(
        sent_since=since,
        sent_until=until,
        made_at=now,
        tally=_count(work, include_others=include_others),
        findings=attrs.evolve(findings, no_receipt=given_up),
        include_others=include_others,
        store=store,
    )


def _ask(work: _Work, wanted: _Open, tail: int, *, use_log: bool) -> Findings:
    findings = Findings(open_before=len(wanted), lost_before=len(wanted.lost_ids))
    if not len(wanted):
        return findings
    problem = None
    if wanted.lost_ids or len(wanted.umids) > tail:
        if use_log:
            try:
                rows, used = work.read_log(wanted)
                return attrs.evolve(findings, log_rows=rows, log_used=used)
            except (AuthenticationFailed, InvalidArgument):
                raise
            except (ApiError, ExportFailed, NetworkError, InvalidResponse) as failed:
                problem = _why(failed)
        else:
            problem = "8x8's log was not to be used"
    polled, trouble = work.poll(wanted.tail[:tail])
    unasked = len(wanted) - len(wanted.tail[:tail])
    left = f"{unasked:,} messages were not asked for" if unasked else None
    said = "; ".join(filter(None, (problem, left, trouble)))
    return attrs.evolve(findings, polled=polled, problem=said or None)


def _why(failed: ConnectSmsError) -> str:
    return f"8x8's log could not be had ({type(failed).__name__}: {failed})"


def _count(work: _Work, *, include_others: bool) -> Tally:
    tally = Tally()
    for standing in standings_of(work.store, work.since, work.until, include_others=include_others):
        tally.add(Row.of(standing))
        if tally.total % _EVERY == 0:
            work.tell(Progress("counting", tally.total))
    work.tell(Progress("counting", tally.total, tally.total))
    return tally


def _check(moment: object, argument: str) -> datetime:
    if not isinstance(moment, datetime) or moment.utcoffset() is None:
        msg = f"{argument} must be a datetime with an offset from UTC, such as datetime.now(UTC)"
        raise InvalidArgument(msg, argument=argument)
    return moment.astimezone(UTC)
