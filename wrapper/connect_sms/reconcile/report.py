"""The report of a reconciliation: its totals, and the stored status of each message."""

# ruff: noqa: TC001  at run time too, so that `typing.get_type_hints` finds every name

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import attrs

from connect_sms import receipts
from connect_sms.models.status import MessageStatus

from .progress import Findings
from .totals import Totals


def statuses_of(
    store: receipts.ReceiptStore,
    sent_since: datetime | None,
    sent_until: datetime | None,
    *,
    include_others: bool,
) -> Iterator[MessageStatus]:
    """The messages that a report covers."""
    for status in store.statuses(sent_after=sent_since, sent_before=sent_until):
        if include_others or status.sent_at is not None:
            yield status


@attrs.frozen(kw_only=True)
class Report:
    """The reconciliation of all messages sent in a period.

    Attributes:
        sent_since: The start of the period.
        sent_until: Its end, exclusive.
        made_at: When it was created, in UTC.
        totals: The totals.
        findings: The requests to 8x8 and their results.
        include_others: Whether messages known only from receipts or 8x8's log count.
        store: The store of the statuses.
    """

    sent_since: datetime
    sent_until: datetime
    made_at: datetime
    totals: Totals
    findings: Findings
    include_others: bool = False
    store: receipts.ReceiptStore = attrs.field(repr=False, eq=False)

    def statuses(self) -> Iterator[MessageStatus]:
        """Every message, each once, in no particular order; read from the store as it is now."""
        return statuses_of(self.store, self.sent_since, self.sent_until, include_others=self.include_others)

    def to_dict(self) -> dict[str, Any]:
        """The report without its single messages, ready for JSON; see `Totals.to_dict`."""
        return {
            "sent_since": self.sent_since.isoformat(),
            "sent_until": self.sent_until.isoformat(),
            "made_at": self.made_at.isoformat(),
            **self.totals.to_dict(),
            "findings": attrs.asdict(self.findings),
        }
