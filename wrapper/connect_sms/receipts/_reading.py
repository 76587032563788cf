"""Reads table rows as statuses."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import attrs

from connect_sms.models.outcomes import Outcome, classify
from connect_sms.store.owner import is_gone
from connect_sms.store.schema import time_text

from ._schema import MESSAGES
from ._statements import UNNAMED_COLUMNS
from .columns import status_from_stored
from .merging import merge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connect_sms.models.delivery_errors import DeliveryErrors
    from connect_sms.models.status import MessageStatus

NO_ANSWER: Final = "no answer was recorded"
"""The reason of a message whose sender is gone, or has taken too long, without a word."""

# The lowest outcome that missing receipts do not turn into NO_RECEIPT.
_WITH_OPERATOR: Final = Outcome.DELIVERED_TO_OPERATOR.rank

_UNNAMED: Final = {"client_message_id": None, "owner": None, "deadline": None}


class Reader:
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

    def _is_over(self, owner: str, deadline: str) -> bool:
        return deadline <= self._now or self._is_gone(owner)
