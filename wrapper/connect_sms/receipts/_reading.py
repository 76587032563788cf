"""Reads table rows as statuses."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import attrs

from connect_sms._validation.schedule import check_moment
from connect_sms.errors.base import InvalidArgument
from connect_sms.models.outcomes import Outcome, classify
from connect_sms.store.owner import is_gone
from connect_sms.store.schema import time_text

from ._schema import MESSAGES
from ._statements import COUNT_AMBIGUOUS, IS_OPEN, SELECT_MESSAGES, SENT_AT, UNNAMED_COLUMNS
from .columns import status_from_stored
from .merging import merge

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connect_sms.models.delivery_errors import DeliveryErrors
    from connect_sms.models.status import MessageStatus
    from connect_sms.store import DurableStore

    from ._rows import WriteBatch

NO_ANSWER: Final = "no answer was recorded"
"""The reason of a message whose sender is gone, or has taken too long, without a word."""

# The lowest outcome that missing receipts do not turn into NO_RECEIPT.
_WITH_OPERATOR: Final = Outcome.DELIVERED_TO_OPERATOR.rank

_UNNAMED: Final = {"client_message_id": None, "owner": None, "deadline": None}


_PAGE = 1_000
_KEY: Final = ", ".join(f"m.{name}" for name in MESSAGES.key)
_ANY_TIME: Final = ("", "9999")


class Statuses:
    """The statuses in a store.

    Args:
        durable: Its database.
        table: What each delivery error code means.
    """

    def __init__(self, durable: DurableStore[WriteBatch], table: DeliveryErrors) -> None:
        self._durable = durable
        self._table = table

    def read(
        self, conditions: str, values: Sequence[object], timeout: float | None = None
    ) -> list[MessageStatus]:
        """The messages that fulfil conditions, which begin with AND; waits so many seconds for a lock."""
        rows = self._durable.fetch(SELECT_MESSAGES + conditions, values, timeout=timeout)
        reader = _Reader(self._table)
        return [reader.status(row) for row in rows]

    def read_all(
        self, sent_after: datetime | None, sent_before: datetime | None, *, open_only: bool
    ) -> Iterator[MessageStatus]:
        """Every message, page after page; see `ReceiptStore.statuses`."""
        conditions: list[str] = []
        values: list[object] = []
        if sent_after is not None:
            conditions.append(f" AND {SENT_AT} >= ?")
            values.append(_limit(sent_after, "sent_after"))
        if sent_before is not None:
            conditions.append(f" AND {SENT_AT} < ?")
            values.append(_limit(sent_before, "sent_before"))
        if open_only:
            conditions.append(f" AND {IS_OPEN}")
        # By the key, page after page: no transaction stays open for a slow reader.
        conditions.append(f" AND ({_KEY}) > (?, ?, ?, ?) ORDER BY {_KEY} LIMIT {_PAGE}")
        return self._pages(SELECT_MESSAGES + "".join(conditions), values)

    def _pages(self, query: str, values: Sequence[object]) -> Iterator[MessageStatus]:
        last: Sequence[object] = ("", "", "", "")
        while rows := self._durable.fetch(query, (*values, *last)):
            reader = _Reader(self._table)
            for row in rows:
                yield reader.status(row)
            last = rows[-1][: len(last)]

    def count_ambiguous(self, sent_after: datetime | None, sent_before: datetime | None) -> int:
        """The number of receipts that may be of several messages; see `ReceiptStore.ambiguous_receipts`."""
        first, end = _ANY_TIME
        values = [
            first if sent_after is None else _limit(sent_after, "sent_after"),
            end if sent_before is None else _limit(sent_before, "sent_before"),
        ]
        count: int = self._durable.fetch(COUNT_AMBIGUOUS, values)[0][0]
        return count


def _limit(time: datetime, argument: str) -> str:
    return time_text(check_moment(time, argument=argument, error=InvalidArgument))


class _Reader:
    """Reads rows of `SELECT_MESSAGES`, as the world is when it is made.

    Args:
        table: What each delivery error code means.
    """

    def __init__(self, table: DeliveryErrors) -> None:
        self._table = table
        self._now = time_text(datetime.now(UTC))
        self._is_gone = cache(is_gone)

    def status(self, row: Sequence[Any]) -> MessageStatus:
        """The status in a row."""
        stored = dict(zip(MESSAGES.names, row, strict=False))
        status = self._status(stored)
        unnamed = row[len(MESSAGES.names) :]
        if unnamed[0] is not None:
            other = dict(zip(UNNAMED_COLUMNS, unnamed, strict=True))
            key = {name: stored[name] for name in ("provider", "umid")}
            status = merge((status, self._status(other | key | _UNNAMED)))
        if stored["given_up_at"] is not None and status.outcome.rank < _WITH_OPERATOR:
            status = attrs.evolve(status, outcome=Outcome.NO_RECEIPT)
        return status

    def _status(self, stored: dict[str, Any]) -> MessageStatus:
        outcome = Outcome(stored["outcome"])
        if outcome is Outcome.HANDING_OVER and self._is_over(stored["owner"], stored["deadline"]):
            outcome = Outcome.UNKNOWN
            stored["reason"] = NO_ANSWER
        error = None
        if stored["source"] != "sent":
            error = classify(stored["state"], stored["detail"], stored["error_code"], self._table)[1]
        return status_from_stored(stored["provider"], stored["umid"], outcome, error, stored)

    def _is_over(self, owner: str | None, deadline: str | None) -> bool:
        if owner is None or deadline is None:  # recorded as a status, not handed over
            return True
        return deadline <= self._now or self._is_gone(owner)
