"""Reconciles: gets the status of messages without a final receipt from 8x8, and stores it.

A few open messages are polled one by one, at the one status request a second that 8x8 allows. More of them,
and sends whose answer was lost, are looked up in 8x8's log export: it is one file for all of them, and the
only source with the caller's own ids. The store merges the results, so that reconciling again adds only what
is new.
"""

# ruff: noqa: TC001  at run time too, so that `typing.get_type_hints` finds every name

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

import attrs

import connect_sms
from connect_sms import receipts
from connect_sms._validation.schedule import check_moment
from connect_sms.errors.base import InvalidArgument
from connect_sms.errors.calls import ApiError, AuthenticationFailed, InvalidResponse, NetworkError, NotFound
from connect_sms.errors.results import ExportFailed
from connect_sms.models.outcomes import Outcome

from .id_set import IdSet
from .log_csv import read_log
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

_MAX_UMID_LENGTH: Final = 256
"""Characters; the longest UMID of a status request."""


@attrs.define
class _Open:
    """The open messages."""

    umids: IdSet = attrs.field(factory=IdSet)
    lost_ids: IdSet = attrs.field(factory=IdSet)
    to_poll: list[str] = attrs.field(factory=list[str])

    def __len__(self) -> int:
        return len(self.umids) + len(self.lost_ids)


@attrs.define
class _Work:
    client: connect_sms.SmsClient
    store: receipts.ReceiptStore
    since: datetime
    until: datetime
    deadline: float
    tell: Callable[[ReconcileProgress], object]

    @property
    def clock(self) -> Clock:
        return self.client.settings.clock

    @property
    def time_left(self) -> float:
        return self.deadline - self.clock.monotonic()

    def open_messages(self, max_polls: int, *, include_others: bool) -> _Open:
        """Find the open messages in the store."""
        found, done = _Open(), 0
        for status in self.store.statuses(sent_after=self.since, sent_before=self.until, open_only=True):
            if status.sent_at is None and not include_others:
                continue
            if status.outcome is Outcome.HANDING_OVER:
                continue  # 8x8 may not have it yet
            if not status.umid:
                # Its answer was lost: only the log has the caller's own id.
                found.lost_ids.add(status.client_message_id or "")
            else:
                found.umids.add(status.umid)
                # Messages that share a UMID follow each other.
                is_new = found.to_poll[-1:] != [status.umid]
                if is_new and len(found.to_poll) <= max_polls and len(status.umid) <= _MAX_UMID_LENGTH:
                    found.to_poll.append(status.umid)
            done += 1
            if done % _PAGE == 0:
                self.tell(ReconcileProgress("looking", done))
        return found

    def poll(self, umids: list[str]) -> tuple[int, str | None]:
        """Send a status request for each message; return the number of answers and the problem, if any."""
        answered, problem = 0, None
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

    def read_log(self, wanted: _Open) -> tuple[int, int]:
        """Download 8x8's log and store its open messages; return the numbers of rows and of used rows.

        Raises:
            ConnectSmsError: The log is not available.
        """
        self.tell(ReconcileProgress("exporting", 0))
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
                known = [status for status in page if status is not None]
                self.store.record(known, received_at=self.clock.now())
                rows, used = rows + len(page), used + len(known)
                self.tell(ReconcileProgress("reading", rows))
            return rows, used

    def _wanted_in(self, file: Path, wanted: _Open) -> Iterator[MessageStatus | None]:
        for status in read_log(file, delivery_errors=self.client.settings.delivery_errors):
            asked = status.umid in wanted.umids or status.client_message_id in wanted.lost_ids
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
    deadline: float = 900.0,
    no_receipt_after: timedelta = NO_RECEIPT_AFTER,
    include_others: bool = False,
    progress: Callable[[ReconcileProgress], object] | None = None,
) -> Report:
    """Get the status of all messages sent in a period, and report it.

    Messages without a final status are requested from 8x8: up to `max_polls` one by one, otherwise all in
    one log export. The results are stored. Calling it again is safe, and requests only what is still open.

    Args:
        client: A client of the sub-account the messages were sent from.
        store: The sends and receipts; see `connect_sms.receipts.open_store`.
        sent_since: The start of the period, with an offset.
        sent_until: Its end (exclusive), with an offset; now when left out.
        max_polls: Maximum number of messages to poll one by one; each takes a second.
        use_log: Whether 8x8's log export may be requested.
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
    work = _Work(client, store, since, until, ends, progress or (lambda _: None))
    wanted = work.open_messages(max_polls, include_others=include_others)
    findings = _ask(work, wanted, max_polls, use_log=use_log)
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


def _ask(work: _Work, wanted: _Open, max_polls: int, *, use_log: bool) -> Findings:
    findings = Findings(open_before=len(wanted), lost_before=len(wanted.lost_ids))
    if not len(wanted):
        return findings
    problem = None
    if wanted.lost_ids or len(wanted.umids) > max_polls:
        if use_log:
            try:
                rows, used = work.read_log(wanted)
                return attrs.evolve(findings, log_rows=rows, log_used=used)
            except (AuthenticationFailed, InvalidArgument):
                raise
            except (ApiError, ExportFailed, NetworkError, InvalidResponse) as failed:
                problem = f"8x8's log could not be had ({type(failed).__name__}: {failed})"
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
