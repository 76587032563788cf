"""Messages whose answers repeat one UMID are kept apart, and a receipt counts for the one it names."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from connect_sms.models.outcomes import Outcome
from tests.support.receipt_samples import NOON, outcomes_of, receipt, sent_message

if TYPE_CHECKING:
    from collections.abc import Callable

    from connect_sms.receipts import ReceiptStore

HOUR = timedelta(hours=1)


def by_client_id(store: ReceiptStore, *, open_only: bool = False) -> dict[str | None, Outcome]:
    found = list(store.statuses(open_only=open_only))
    assert len(found) == len({status.client_message_id for status in found})
    return {status.client_message_id: status.outcome for status in found}


def share(store: ReceiptStore, messages: int) -> None:
    store.record_sent(sent_message(f"c-{number}", "u-1") for number in range(messages))


def test_every_message_is_kept_and_found_by_its_own_id(store: ReceiptStore) -> None:
    share(store, 10)
    assert by_client_id(store) == {f"c-{number}": Outcome.QUEUED for number in range(10)}
    for number in range(10):
        status = store.status("u-1", client_message_id=f"c-{number}")
        assert status is not None
        assert status == store.status_by_client_id(f"c-{number}")
    assert store.status("u-1") is None
    assert store.status("u-1", client_message_id="c-99") is None


@pytest.mark.parametrize("receipt_first", [True, False])
def test_a_receipt_goes_to_the_message_it_names_and_to_no_other(
    store: ReceiptStore, *, receipt_first: bool
) -> None:
    steps: list[Callable[[], object]] = [
        lambda: share(store, 3),
        lambda: store.record([receipt("u-1", clientMessageId="c-1")]),
    ]
    for step in reversed(steps) if receipt_first else steps:
        step()
    assert by_client_id(store) == {"c-0": Outcome.QUEUED, "c-1": Outcome.DELIVERED, "c-2": Outcome.QUEUED}
    assert store.ambiguous_receipts() == 0


@pytest.mark.parametrize("receipt_first", [True, False])
def test_a_receipt_that_names_none_goes_to_none_and_is_counted(
    store: ReceiptStore, *, receipt_first: bool
) -> None:
    unnamed = [receipt("u-1", "sent", clientMessageId=None), receipt("u-1", clientMessageId=None)]
    if receipt_first:
        store.record(unnamed)
    share(store, 2)
    store.record(unnamed)
    assert by_client_id(store) == {"c-0": Outcome.QUEUED, "c-1": Outcome.QUEUED}
    assert store.ambiguous_receipts() == 2
    assert store.ambiguous_receipts(sent_after=NOON, sent_before=NOON + HOUR) == 2
    assert store.ambiguous_receipts(sent_after=NOON + HOUR) == 0
    assert store.ambiguous_receipts(sent_before=NOON) == 0


def test_the_same_receipt_of_two_messages_is_two_events(store: ReceiptStore) -> None:
    share(store, 2)
    assert store.record([receipt("u-1", clientMessageId=f"c-{number}") for number in range(2)]) == 2
    assert by_client_id(store) == {"c-0": Outcome.DELIVERED, "c-1": Outcome.DELIVERED}


def test_the_only_message_with_a_umid_gets_what_is_said_without_its_id(store: ReceiptStore) -> None:
    store.record([receipt("u-1", "sent", clientMessageId=None, batchId="b-1")])
    share(store, 1)
    (status,) = store.statuses()
    assert (status.client_message_id, status.outcome, status.sent_at) == ("c-0", Outcome.SENT, NOON)
    assert (status.batch_id, status.sender) == ("b-1", "ACME")
    assert by_client_id(store, open_only=True) == {"c-0": Outcome.SENT}
    store.record([receipt("u-1", clientMessageId=None)])
    assert store.status("u-1") == store.status_by_client_id("c-0")
    assert by_client_id(store, open_only=True) == {}
    assert store.ambiguous_receipts() == 0


def test_only_messages_are_given_up_and_counted(store: ReceiptStore) -> None:
    share(store, 2)
    store.record_sent([sent_message("c-9", "u-9")])
    store.record([receipt(umid, clientMessageId=None) for umid in ("u-1", "u-9")], received_at=NOON)
    store.record([receipt("u-7", "sent", clientMessageId=None)], received_at=NOON)
    assert store.mark_no_receipt(now=NOON + 49 * HOUR) == 3
    assert by_client_id(store) == {
        "c-0": Outcome.NO_RECEIPT,
        "c-1": Outcome.NO_RECEIPT,
        "c-9": Outcome.DELIVERED,
        None: Outcome.NO_RECEIPT,
    }
    assert outcomes_of(store, open_only=True) == {}
