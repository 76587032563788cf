"""Going on with a batch: a client message id that another campaign uses too settles nobody wrongly."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from connect_sms import MessageStatus, Outcome
from connect_sms.models.sent import SentMessage
from tests.unit.cli.test_resuming import MADE, NUMBERS, SENT_AT, Case, case, row, store

if TYPE_CHECKING:
    from connect_sms.receipts import ReceiptStore

__all__ = ["case", "store"]

HOUR = timedelta(hours=1)


def sent(at: datetime, outcome: Outcome = Outcome.DELIVERED, umid: str | None = "u-9") -> SentMessage:
    return SentMessage(
        client_message_id=MADE.format(1), umid=umid, destination=NUMBERS[0], sent_at=at, outcome=outcome
    )


EARLIER, LATER = sent(SENT_AT - HOUR), sent(SENT_AT + HOUR, umid="u-8")


def receipt(at: datetime) -> MessageStatus:
    """What a receipt tells of a message that no send recorded."""
    return MessageStatus(
        umid="u-7",
        outcome=Outcome.DELIVERED,
        observed_at=at,
        source="receipt",
        client_message_id=MADE.format(1),
    )


@pytest.mark.parametrize(
    ("known", "result", "umid"),
    [
        ([EARLIER], "unknown", None),
        ([LATER], "unknown", None),
        ([sent(SENT_AT - HOUR, Outcome.REJECTED, None)], "unknown", None),
        ([EARLIER, sent(SENT_AT, Outcome.UNKNOWN, None)], "unknown", None),
        ([EARLIER, sent(SENT_AT, Outcome.REJECTED, None), LATER], "rejected", None),
        ([EARLIER, sent(SENT_AT, umid="u-1"), LATER], "accepted", "u-1"),
        ([EARLIER, LATER], "unknown", None),
        ([receipt(SENT_AT + HOUR)], "accepted", "u-7"),
        ([receipt(SENT_AT - HOUR)], "unknown", None),
        ([receipt(SENT_AT + HOUR), EARLIER], "accepted", "u-7"),
        ([receipt(SENT_AT + HOUR), sent(SENT_AT, Outcome.REJECTED, "u-1")], "rejected", "u-1"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("before", ["unknown", "handing_over"])
def test_an_id_that_others_have_too_settles_nobody_wrongly(  # noqa: PLR0917  a table and its fixtures
    before: str, known: list[Any], result: str, umid: str | None, case: Case, store: ReceiptStore
) -> None:
    for one in known:
        if isinstance(one, SentMessage):
            store.record_sent([one])
        else:
            store.record([one])
    case.give(NUMBERS[0])
    case.write(row(1, before))
    with case.resumed(store) as opened:
        opened.resumed.compare()
        ((found, _),) = opened.resumed.others()
    assert (found.result, found.umid) == (result, umid)


def test_who_has_no_time_is_settled_by_nobody(case: Case, store: ReceiptStore) -> None:
    store.record_sent([sent(SENT_AT)])
    case.give(NUMBERS[0])
    case.write(row(1, "unknown", sent_at=None))
    with case.resumed(store) as opened:
        opened.resumed.compare()
        ((found, _),) = opened.resumed.others()
    assert found.result == "unknown"
