"""Reconciles: gets the status of messages without a final receipt from 8x8, and stores it.

A few open messages are polled one by one, at the one status request a second that 8x8 allows. More of them,
and sends whose answer was lost, are looked up in 8x8's log export: it is one file for all of them, and the
only source with the caller's own ids. What the log lacks is polled. The store merges the results, so that
reconciling again adds only what is new.
"""

# ruff: noqa: TC001  at run time too, so that `typing.get_type_hints` finds every name

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

import attrs

import connect_sms
from connect_sms import receipts
from connect_sms._validation.fields import check_path_segment
from connect_sms._validation.schedule import check_moment
from connect_sms.errors.base import InvalidArgument
from connect_sms.errors.calls import ApiError, AuthenticationFailed, InvalidResponse, NetworkError, NotFound
from connect_sms.errors.results import ExportFailed
from connect_sms.models.outcomes import Outcome

from .id_set import IdSet
from .log_csv import LogCounts, read_log
from .progress import Findings, ReconcileProgress
from .report import Report, statuses_of
from .totals import Totals

if TYPE_CHECKING:
    from connect_sms.clock import Clock
    from connect_sms.models.status import MessageStatus

#: 8x8 sends no receipt later than this after the message.
NO_RECEIPT_AFTER: Final = timedelta(hours=48)

#: The requested period is longer than the report's, as 8x8's clock may differ.
_MARGIN: Final = timedelta(minutes=5)

_PAGE: Final = 1_000


@attrs.define
class _Open:
    """The open messages."""

    umids: IdSet = attrs.field(factory=IdSet)
    lost_ids: IdSet = attrs.field(factory=IdSet)
    to_poll: list[str] = attrs.field(factory=list[str])

    def __len__(self) -> int:
        return len(self.umids) + len(self.lost_ids)

    def add(self, umid: str, max_polls: int) -> None:
        self.umids.add(umid)
        # Messages that share a UMID follow each other.
        is_new = self.to_poll[-1:] != [umid]
        if is_new and len(self.to_poll) <= max_polls and _can_be_polled(umid):
            self.to_poll.append(umid)


@attrs.define
class _Log:
    """What was read of 8x8's log; `has` are the open messages that it has, by UMID."""

    used: int = 0
    counts: LogCounts = attrs.field(factory=LogCounts)
    has: IdSet = attrs.field(factory=IdSet)


@attrs.define
class _Work:
    client: connect_sms.SmsClient
    store: receipts.ReceiptStore
    since: datetime
    until: datetime
    deadline: float
    tell: Callable[[ReconcileProgress], object]
    accepted: list[str]

    @property
    def clock(self) -> Clock:
        return self.client.settings.clock

    @property
    def time_left(self) -> float:
        return self.deadline - self.clock.monotonic()

    def open_messages(
        self, max_polls: int, *, include_others: bool, apart_from: IdSet | None = None
    ) -> _Open:
        """Find the open messages in the store, and those of which the caller alone knows."""
        found, done, apart = _Open(), 0, IdSet() if apart_from is None else apart_from
        for status in self.store.statuses(sent_after=self.since, sent_before=self.until, open_only=True):
            if status.sent_at is None and not include_others:
                continue
            if status.outcome is Outcome.HANDING_OVER:
                continue  # 8x8 may not have it yet
            if not status.umid:
                # Its answer was lost: only the log has the caller's own id.
                found.lost_ids.add(status.client_message_id or "")
            elif status.umid not in apart:
                found.add(status.umid, max_polls)
            done += 1
            if done % _PAGE == 0 and apart_from is None:
                self.tell(ReconcileProgress("looking", done))
        for umid in [one for one in self.accepted if one not in found.umids and one not in apart]:
            known = self.store.status(umid)
            if known is None or not known.is_final:
                found.add(umid, max_polls)
        return found

    def poll(self, umids: list[str]) -> tuple[int, str | None]:
        """Send a status request for each message; return the number of answers and the problem, if any."""
        answered, problem = 0, None
        if not umids:
            return answered, problem
        asking = self.client.with_options(receipts=self.store)
        for done, umid in enumerate(umids):
            self.tell(ReconcileProgress("polling", done, len(umids)))
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
                self.store.record([status], received_at=self.clock.now())
                answered += 1
        self.tell(ReconcileProgress("polling", len(umids), len(umids)))
        return answered, problem

    def read_log(self, wanted: _Open) -> _Log:
        """Download 8x8's log and store its open messages.

        Raises:
            ConnectSmsError: The log is not available, or cannot be read.
        """
        self.tell(ReconcileProgress("exporting", 0))
        with tempfile.TemporaryDirectory(prefix="connect-sms-") as folder:
            file = Path(folder) / "log.csv"
            found = self.client.download_log(
                file,
                since=self.since - _MARGIN,
                until=min(self.until + _MARGIN, self.clock.now()),
                timeout=max(min(self.time_left, 86_400.0), 1.0),
            )
            log = _Log()
            rows = self._wanted_in(file, wanted, log)
            try:
                while page := list(islice(rows, _PAGE)):
                    known = [status for status in page if status is not None]
                    self.store.record(known, received_at=self.clock.now())
                    log.used += len(known)
                    self.tell(ReconcileProgress("reading", log.counts.messages))
            except InvalidArgument as wrong:
                raise ExportFailed(str(wrong), export=found.export) from None
            return log

    def _wanted_in(self, file: Path, wanted: _Open, log: _Log) -> Iterator[MessageStatus | None]:
        table = self.client.settings.delivery_errors
        for status in read_log(file, delivery_errors=table, counts=log.counts):
            is_open = status.umid in wanted.umids
            if is_open:
                log.has.add(status.umid)
            asked = is_open or status.client_message_id in wanted.lost_ids
            yield status if asked or self._was_read_since(status) else None

    def _was_read_since(self, status: MessageStatus) -> bool:
        """True when the store does not have the `read` status yet: few are read, so each is looked up."""
        if status.outcome is not Outcome.READ:
            return False
        own_id = status.client_message_id
        known = self.store.status(status.umid, provider=status.provider, client_message_id=own_id)
        return known is not None and known.outcome is not Outcome.READ


def reconcile(
    client: connect_sms.SmsClient,
    store: receipts.ReceiptStore,
    *,
    sent_since: datetime,
    sent_until: datetime | None = None,
    max_polls: int = 60,
    use_log: bool = True,
    accepted: Iterable[str] = (),
    deadline: float = 900.0,
    no_receipt_after: timedelta = NO_RECEIPT_AFTER,
    include_others: bool = False,
    progress: Callable[[ReconcileProgress], object] | None = None,
) -> Report:
    """Get the status of all messages sent in a period, and report it.

    Messages without a final status are requested from 8x8: up to `max_polls` one by one, otherwise all in
    one log export, and up to `max_polls` that the log lacks one by one. The results are stored. Calling it
    again is safe, and requests only what is still open.

    Args:
        client: A client of the sub-account the messages were sent from.
        store: The sends and receipts; see `connect_sms.receipts.open_store`.
        sent_since: The start of the period, with an offset.
        sent_until: Its end (exclusive), with an offset; now when left out.
        max_polls: Maximum number of messages to poll one by one; each takes a second.
        use_log: Whether 8x8's log export may be requested.
        accepted: UMIDs of further messages that 8x8 has accepted, which the store need not have.
        deadline: Seconds after which no further request is sent.
        no_receipt_after: The age at which to give up on a message; 8x8 sends no receipt after 48 h.
        include_others: Also count messages known only from receipts: those of other senders on the account.
        progress: Called every 1,000 messages, and for each status request.

    Returns:
        The report. If some requests failed, `Findings.problem` has the reason; the rest is valid.

    Raises:
        InvalidArgument: An argument is invalid.
        AuthenticationFailed: 8x8 refuses the key.
        StoreUnavailable: The store cannot be read or written.
    """
    now = client.settings.clock.now()
    since = check_moment(sent_since, argument="sent_since", error=InvalidArgument)
    until = check_moment(
        now if sent_until is None else sent_until, argument="sent_until", error=InvalidArgument
    )
    if since >= until:
        raise InvalidArgument("sent_since must lie before sent_until", argument="sent_since")
    if isinstance(max_polls, bool) or not isinstance(max_polls, int) or max_polls < 0:
        raise InvalidArgument("max_polls must be a whole number from 0 upwards", argument="max_polls")
    ends = client.settings.clock.monotonic() + deadline
    further = [check_path_segment(umid, argument="accepted") for umid in accepted]
    work = _Work(client, store, since, until, ends, progress or (lambda _: None), further)
    wanted = work.open_messages(max_polls, include_others=include_others)
    findings = _ask(work, wanted, max_polls, use_log=use_log, include_others=include_others)
    given_up = store.mark_no_receipt(older_than=no_receipt_after, now=now)
    totals, others = _count(work, include_others=include_others)
    return Report(
        sent_since=since,
        sent_until=until,
        made_at=now,
        totals=totals,
        findings=attrs.evolve(
            findings,
            no_receipt=given_up,
            others=others,
            ambiguous=store.ambiguous_receipts(sent_after=since, sent_before=until),
        ),
        include_others=include_others,
        store=store,
    )


def _ask(work: _Work, wanted: _Open, max_polls: int, *, use_log: bool, include_others: bool) -> Findings:
    findings = Findings(open_before=len(wanted), lost_before=len(wanted.lost_ids))
    if not len(wanted):
        return findings
    problem = None
    if wanted.lost_ids or len(wanted.umids) > max_polls:
        if use_log:
            try:
                log = work.read_log(wanted)
            except (AuthenticationFailed, InvalidArgument):
                raise
            except (ApiError, ExportFailed, NetworkError, InvalidResponse) as failed:
                problem = f"8x8's log could not be had ({type(failed).__name__}: {failed})"
            else:
                doubt = log.counts.in_doubt
                problem = f"{doubt:,} rows of 8x8's log could not be read whole" if doubt else None
                wanted = work.open_messages(max_polls, include_others=include_others, apart_from=log.has)
                wanted.lost_ids = IdSet()
                findings = attrs.evolve(
                    findings,
                    log_rows=log.counts.messages,
                    log_used=log.used,
                    log_in_doubt=doubt,
                    log_lacks=len(wanted.umids),
                )
        else:
            problem = "8x8's log was not to be used"
    polled, trouble = work.poll(wanted.to_poll[:max_polls])
    unasked = len(wanted) - len(wanted.to_poll[:max_polls])
    left = f"{unasked:,} messages were not asked for" if unasked else None
    said = "; ".join(filter(None, (problem, left, trouble)))
    return attrs.evolve(findings, polled=polled, problem=said or None)


def _count(work: _Work, *, include_others: bool) -> tuple[Totals, int]:
    """The totals of the report, and the number of messages that no recorded send explains."""
    totals, others = Totals(), 0
    for done, status in enumerate(statuses_of(work.store, work.since, work.until, include_others=True), 1):
        others += status.sent_at is None
        if include_others or status.sent_at is not None:
            totals.add(status)
        if done % _PAGE == 0:
            work.tell(ReconcileProgress("counting", done))
    work.tell(ReconcileProgress("counting", totals.total, totals.total))
    return totals, others


def _can_be_polled(umid: str) -> bool:
    """Whether a status request can name a UMID: a receipt may hold anything."""
    try:
        check_path_segment(umid, argument="umid")
    except InvalidArgument:
        return False
    return True
