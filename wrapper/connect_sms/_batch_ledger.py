"""Who was accepted, rejected, not sent, and of whom it is not known: the books of a batch.

Every recipient taken from the caller ends in exactly one of the four lists, however the batch ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import attrs
from connect_sms_api.models import SentBatch

from ._batch_rows import Row
from ._flow import Done
from .errors import ConnectSmsError, OutcomeUnknown
from .hooks import call_hook
from .messages import (
    BatchProgress,
    BatchResult,
    RawResponse,
    RecipientResult,
    plain,
    rejection_reason,
    whole,
)


@attrs.frozen
class Report:
    """What became of one request: an answer, or an error."""

    rows: list[Row]
    done: Done[SentBatch] | None
    error: ConnectSmsError | None


@attrs.define
class Ledger:
    """What is known of every recipient so far."""

    client_batch_id: str | None
    total: int | None
    progress: Callable[[BatchProgress], object] | None
    accepted: list[RecipientResult] = attrs.field(factory=list)
    rejected: list[RecipientResult] = attrs.field(factory=list)
    unknown: list[RecipientResult] = attrs.field(factory=list)
    not_sent: list[RecipientResult] = attrs.field(factory=list)
    batch_ids: list[str] = attrs.field(factory=list)
    responses: list[RawResponse] = attrs.field(factory=list)
    under_way: list[list[Row]] = attrs.field(factory=list)

    @property
    def anything_happened(self) -> bool:
        """True when 8x8 took something, or may have."""
        return bool(self.accepted or self.unknown or self.responses)

    def result(self) -> BatchResult:
        """The books as they stand."""
        return BatchResult(
            tuple(self.accepted),
            tuple(self.rejected),
            tuple(self.unknown),
            tuple(self.not_sent),
            tuple(self.batch_ids),
            self.client_batch_id,
            tuple(self.responses),
        )

    def report(self, *, ended: bool = False) -> None:
        """Tell the caller how far it has come."""
        if self.progress is not None:
            counts = (len(self.accepted), len(self.rejected), len(self.unknown), len(self.not_sent))
            result = self.result() if ended else None
            call_hook(self.progress, BatchProgress(*counts, self.total, ended, result))

    def leave(self, rows: Iterable[Row], reason: str) -> None:
        """These were never sent."""
        self.not_sent += [row.result(reason=reason) for row in rows]

    def interrupt(self, waiting: Iterable[Row]) -> None:
        """Settle at once, because no further answer will be read."""
        for rows in self.under_way:
            self.unknown += [row.result(reason="interrupted while its request was under way") for row in rows]
        self.under_way.clear()
        self.leave(waiting, "interrupted before its request was made")

    def enter(self, report: Report) -> None:
        """Take in what became of one request."""
        self.under_way.remove(report.rows)
        if report.done is not None:
            self._read(report.rows, report.done)
        elif isinstance(report.error, OutcomeUnknown):
            reason = f"its outcome is unknown: {report.error.reason}"
            self.unknown += [row.result(reason=reason) for row in report.rows]
        else:
            self.leave(report.rows, f"its request failed: {report.error}")

    def _read(self, rows: list[Row], done: Done[SentBatch]) -> None:
        self.responses.append(done.response)
        batch_id = plain(done.value.batch_id)
        if batch_id:
            self.batch_ids.append(batch_id)
        # By clientMessageId alone: 8x8 may reorder, and repeats a UMID in its own example.
        open_rows = {row.client_message_id: row for row in rows}
        accepted: list[RecipientResult] = []
        rejected: list[RecipientResult] = []
        items = done.document.get("messages")
        for item in items if isinstance(items, list) else ():
            own_id = item.get("clientMessageId") if isinstance(item, dict) else None
            row = open_rows.pop(own_id, None) if isinstance(own_id, str) else None
            if row is None:
                continue
            status = item.get("status")
            code = status.get("code") if isinstance(status, dict) else None
            umid = plain(item.get("umid"))
            if code == "QUEUED":
                accepted.append(row.result(umid))
            elif code == "REJECTED":
                reason = rejection_reason(status.get("description"), row.destination, row.text)
                rejected.append(row.result(umid, reason))
            else:
                self.unknown.append(row.result(umid, "8x8 answered with a word this version does not know"))
        if open_rows:
            self._read_counts(list(open_rows.values()), done.value, accepted, rejected)
        self.accepted += accepted
        self.rejected += rejected

    def _read_counts(
        self,
        left: list[Row],
        answer: SentBatch,
        accepted: list[RecipientResult],
        rejected: list[RecipientResult],
    ) -> None:
        """Recipients the answer does not list: its two counts may still settle them, all alike."""
        more_accepted = (whole(answer.accepted_count) or 0) - len(accepted)
        more_rejected = (whole(answer.rejected_count) or 0) - len(rejected)
        if (more_accepted, more_rejected) == (len(left), 0):
            accepted += [row.result() for row in left]
        elif (more_accepted, more_rejected) == (0, len(left)):
            rejected += [row.result(reason="8x8 rejected it without saying why") for row in left]
        else:
            self.unknown += [row.result(reason="8x8's answer does not say") for row in left]
