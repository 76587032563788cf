"""What a store does beside recording: giving up, callbacks, purging, outages, status slots."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from connect_sms.models.outcomes import Outcome
from connect_sms.receipts import LinkClick, UnknownEvent, parse
from connect_sms.receipts import _maintenance as maintenance
from tests.support.receipt_samples import (
    NOON,
    as_json,
    click_document,
    inbound_message,
    outcomes_of,
    receipt,
    receipt_document,
    sent_message,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from connect_sms.receipts import ReceiptStore

HOUR = timedelta(hours=1)


# No receipt


def test_after_48_hours_of_silence_there_will_be_no_receipt(store: ReceiptStore) -> None:
    lost, late = sent_message("c-2", outcome=Outcome.UNKNOWN), sent_message("c-3", "u-3", NOON + HOUR)
    store.record_sent([sent_message("c-1", "u-1"), lost, late])
    store.record([receipt("u-4", "sent"), receipt("u-5")], received_at=NOON)
    later = NOON + 48 * HOUR
    assert store.mark_no_receipt(now=later) == 0
    assert store.mark_no_receipt(now=later + timedelta(seconds=1)) == 3
    assert store.mark_no_receipt(now=later + timedelta(seconds=1)) == 0
    assert outcomes_of(store) == {
        "u-1": Outcome.NO_RECEIPT,
        "lost c-2": Outcome.NO_RECEIPT,
        "u-3": Outcome.QUEUED,
        "u-4": Outcome.NO_RECEIPT,
        "u-5": Outcome.DELIVERED,
    }
    assert set(outcomes_of(store, open_only=True)) == {"u-3"}


def test_what_the_operator_has_stays_with_the_operator(store: ReceiptStore) -> None:
    store.record([receipt(detail="delivered_to_operator")], received_at=NOON)
    assert store.mark_no_receipt(now=NOON + 100 * HOUR) == 0
    assert outcomes_of(store) == {"u-1": Outcome.DELIVERED_TO_OPERATOR}
    assert outcomes_of(store, open_only=True) == {}


@pytest.mark.parametrize(
    ("state", "detail", "outcome"),
    [
        ("sent", None, Outcome.NO_RECEIPT),
        ("delivered", "delivered_to_operator", Outcome.DELIVERED_TO_OPERATOR),
        ("delivered", None, Outcome.DELIVERED),
    ],
)
@pytest.mark.parametrize("own_id", ["c-1", None])
def test_what_comes_after_all_still_counts(
    store: ReceiptStore, state: str, detail: str | None, outcome: Outcome, own_id: str | None
) -> None:
    store.record_sent([sent_message("c-1", "u-1")])
    store.mark_no_receipt(now=NOON + 100 * HOUR)
    store.record([receipt("u-1", state, detail=detail, clientMessageId=own_id)])
    assert outcomes_of(store) == {"u-1": outcome}


def test_a_lost_send_that_was_found_is_not_counted_as_silent(store: ReceiptStore) -> None:
    store.record_sent([sent_message("c-1", outcome=Outcome.UNKNOWN)])
    store.record([receipt("u-1", clientMessageId="c-1")])
    assert store.mark_no_receipt(now=NOON + 10_000 * HOUR) == 0


def test_giving_up_goes_page_after_page(store: ReceiptStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maintenance, "PAGE", 2)
    store.record_sent([sent_message(f"c-{number}", f"u-{number}") for number in range(5)])
    assert store.mark_no_receipt(older_than=HOUR, now=NOON + 2 * HOUR) == 5


# Callbacks


def test_a_callback_is_due_until_it_is_confirmed(store: ReceiptStore) -> None:
    store.record([receipt(), inbound_message(), parse(b"junk")], received_at=NOON, callback=True)
    due = store.pending_callbacks(now=NOON)
    assert {entry.event.umid for entry in due if not isinstance(entry.event, UnknownEvent)} == {"u-1", "in-1"}
    assert {type(entry.event).__name__ for entry in due} == {"DeliveryReceipt", "InboundMessage"}
    store.callback_done(entry.id for entry in due)
    assert store.pending_callbacks(now=NOON + 999 * HOUR) == []


def test_a_click_is_kept_once_and_changes_no_status(store: ReceiptStore) -> None:
    def click(umid: str = "u-1", **changes: Any) -> LinkClick:
        event = parse(as_json(click_document(umid, **changes)))
        assert isinstance(event, LinkClick)
        return event

    store.record([receipt()], received_at=NOON)
    later = "2026-07-01T13:00:00Z"
    assert store.record([click(), click(), click(eventId="e-2", occurredAt=later)], callback=True) == 2
    # Without an id a click is known by its time and its links.
    assert store.record([click(eventId=None), click(eventId=None), click(eventId=None, shortUrl="x")]) == 2
    assert [(status.umid, status.outcome) for status in store.statuses()] == [("u-1", Outcome.DELIVERED)]
    due = [entry.event for entry in store.pending_callbacks()]
    assert {event.event_id for event in due if isinstance(event, LinkClick)} == {"e-1", "e-2"}


def test_a_callback_that_was_not_confirmed_is_due_again(opened: Callable[[], ReceiptStore]) -> None:
    with opened() as crashed:
        crashed.record([receipt()], received_at=NOON, callback=True)
        first = crashed.pending_callbacks(now=NOON)
    after = opened()
    assert after.pending_callbacks(now=NOON + timedelta(seconds=59)) == []
    assert after.pending_callbacks(now=NOON + timedelta(seconds=60)) == first


def test_two_processes_do_not_take_the_same_callback(opened: Callable[[], ReceiptStore]) -> None:
    one, other = opened(), opened()
    one.record([receipt(f"u-{number}") for number in range(10)], received_at=NOON, callback=True)
    with ThreadPoolExecutor(2) as pool:
        taken = pool.map(lambda store: store.pending_callbacks(6, now=NOON), (one, other))
    ids = [entry.id for page in taken for entry in page]
    ids += [entry.id for entry in one.pending_callbacks(now=NOON)]
    assert len(ids) == len(set(ids)) == 10


def test_the_oldest_callback_comes_first_and_no_more_than_asked_for(store: ReceiptStore) -> None:
    for number in (2, 0, 1):
        store.record([receipt(f"u-{number}/x")], received_at=NOON + number * HOUR, callback=True)
    due = store.pending_callbacks(2, now=NOON + 9 * HOUR)
    assert [entry.event.umid for entry in due] == ["u-0/x", "u-1/x"]  # type: ignore[union-attr]
    store.callback_done([due[0].id])
    assert len(store.pending_callbacks(now=NOON + 10 * HOUR)) == 2


def test_without_the_word_nothing_waits_for_a_callback(store: ReceiptStore) -> None:
    store.record([receipt()])
    store.record([receipt()], callback=True)
    assert store.pending_callbacks() == []


def test_the_event_of_a_callback_is_the_event_that_came_in(store: ReceiptStore) -> None:
    event = parse(as_json(receipt_document()), {"content-type": "application/json"})
    store.record([event], callback=True)
    assert [entry.event for entry in store.pending_callbacks()] == [event]


# Purging


def test_raw_bodies_are_forgotten_after_a_number_of_days(
    store: ReceiptStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maintenance, "PAGE", 2)
    day = 24 * HOUR
    store.record([receipt(f"u-{number}") for number in range(5)], received_at=NOON)
    store.record([receipt("young"), parse(b"young")], received_at=NOON + 2 * day)
    store.record([receipt("called")], received_at=NOON, callback=True)
    store.record([parse(b"%d" % number) for number in range(3)], received_at=NOON)
    assert store.purge(raw_older_than=day, now=NOON + day) == 0
    assert store.purge(raw_older_than=day, now=NOON + day + HOUR) == 8
    assert store.purge(raw_older_than=day, now=NOON + day + HOUR) == 0
    assert [entry.event.raw for entry in store.quarantined()] == [b"young"]
    kept = store._durable.fetch("SELECT umid FROM events WHERE raw IS NOT NULL ORDER BY umid")
    assert kept == [("called",), ("young",)]
    assert len(outcomes_of(store)) == 7


# Heartbeat


def test_a_silence_of_the_heartbeat_is_an_outage(opened: Callable[[], ReceiptStore]) -> None:
    one, other = opened(), opened()
    for second in (0, 30, 60, 300, 330, 325, 1_000):
        (one if second % 60 else other).heartbeat(NOON + timedelta(seconds=second))
    assert one.outages() == [
        (NOON + timedelta(seconds=60), NOON + timedelta(seconds=300)),
        (NOON + timedelta(seconds=330), NOON + timedelta(seconds=1_000)),
    ]


def test_a_clock_that_was_once_a_year_ahead_hides_no_outage(opened: Callable[[], ReceiptStore]) -> None:
    one, ahead = opened(), opened()
    for second in (0, 30, 60, 600, 630, 3_000):
        one.heartbeat(NOON + timedelta(seconds=second))
        ahead.heartbeat(NOON + timedelta(days=365, seconds=second))
    assert one.outages(NOON + HOUR) == [
        (NOON + timedelta(seconds=60), NOON + timedelta(seconds=600)),
        (NOON + timedelta(seconds=630), NOON + timedelta(seconds=3_000)),
    ]


def test_a_store_that_began_with_a_wrong_clock_has_outages_all_the_same(store: ReceiptStore) -> None:
    store.heartbeat(NOON + timedelta(days=365))
    for second in (0, 30, 600):
        store.heartbeat(NOON + timedelta(seconds=second))
    assert store.outages(NOON + HOUR) == [(NOON + timedelta(seconds=30), NOON + timedelta(seconds=600))]


def test_how_long_a_silence_may_be_is_yours_to_say(store: ReceiptStore) -> None:
    for hour in (0, 1, 3):
        store.heartbeat(NOON + hour * HOUR, tolerance=HOUR)
    assert store.outages() == [(NOON + HOUR, NOON + 3 * HOUR)]


def test_a_time_may_lack_its_offset_or_be_left_out(store: ReceiptStore) -> None:
    store.heartbeat(datetime(2026, 7, 1, 12))
    store.heartbeat()
    ((begin, end),) = store.outages()
    assert begin == NOON
    assert end.tzinfo is UTC


# Status slots


def test_status_slots_of_all_processes_are_an_interval_apart(opened: Callable[[], ReceiptStore]) -> None:
    stores = [opened(), opened()]
    with ThreadPoolExecutor(8) as pool:
        waits = pool.map(
            lambda number: stores[number % 2].reserve_status_slot("acme_hq", 0.5, NOON), range(8)
        )
        assert sorted(waits) == [number * 0.5 for number in range(8)]


def test_slots_are_counted_by_sub_account_and_freed_by_time(store: ReceiptStore) -> None:
    assert [store.reserve_status_slot("one", 1, NOON) for _ in range(3)] == [0, 1, 2]
    assert store.reserve_status_slot("two", 1, NOON) == 0
    assert store.reserve_status_slot("one", 1, NOON + timedelta(seconds=2.5)) == 0.5
    assert store.reserve_status_slot("one", 1, NOON + HOUR) == 0


def test_a_clock_that_was_set_back_does_not_stop_the_requests(store: ReceiptStore) -> None:
    store.reserve_status_slot("one", 1, NOON)
    assert store.reserve_status_slot("one", 1, NOON - HOUR) == 1
