"""What a store keeps and tells, the same on SQLite and PostgreSQL."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from connect_sms.errors.base import InvalidArgument
from connect_sms.models.delivery_errors import DeliveryErrors
from connect_sms.models.outcomes import Outcome
from connect_sms.models.sent import SentMessage
from connect_sms.models.status import MessageStatus
from connect_sms.receipts import InboundMessage, UnknownEvent, open_store, parse
from connect_sms.receipts import _maintenance as maintenance
from connect_sms.receipts import store as module
from connect_sms.store import writer
from connect_sms.store.database import Database, Session
from tests.support.receipt_samples import NOON, WORDS, as_json, inbound_document, receipt, receipt_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from connect_sms.receipts import ReceiptStore

HOUR = timedelta(hours=1)


def sent(client_message_id: str, umid: str | None = None, at: datetime = NOON, **more: Any) -> SentMessage:
    return SentMessage(
        client_message_id=client_message_id,
        umid=umid,
        destination="+447700900123",
        sub_account_id="acme_hq",
        sent_at=at,
        **more,
    )


def inbound(umid: str = "in-1", **changes: Any) -> InboundMessage:
    event = parse(as_json(inbound_document(umid, **changes)))
    assert isinstance(event, InboundMessage)
    return event


def outcomes(store: ReceiptStore, **choice: Any) -> dict[str, Outcome]:
    """By umid, or by the client's id of a message whose umid was lost."""
    return {
        status.umid or f"lost {status.client_message_id}": status.outcome
        for status in store.statuses(**choice)
    }


# Recording


def test_an_event_is_new_once(store: ReceiptStore) -> None:
    event = receipt()
    assert store.record([event, event, receipt("u-2")]) == 2
    assert store.record([event]) == 0
    assert store.record([]) == 0


def test_an_event_is_known_by_what_it_says_not_by_its_bytes(store: ReceiptStore) -> None:
    assert store.record([receipt(state="delivered", batchId="b-1")]) == 1
    assert store.record([receipt(state="DELIVERED", batchId="b-2")]) == 0
    others = [
        receipt("u-2"),
        receipt(state="read"),
        receipt(detail="delivered_to_operator"),
        receipt(errorCode=0),
        receipt(timestamp="2026-07-01T12:00:01Z"),
        receipt(timestamp=None),
    ]
    assert store.record(others) == len(others)


def test_even_a_repeated_event_adds_what_was_not_known(store: ReceiptStore) -> None:
    store.record([receipt(batchId=None)])
    assert store.record([receipt(batchId="b-1")]) == 0
    status = store.status("u-1")
    assert status is not None
    assert status.batch_id == "b-1"


def test_what_was_recorded_is_what_is_told(store: ReceiptStore) -> None:
    event = receipt("u-1", "undelivered", errorCode=14, timestamp="2026-07-01T12:00:00.1234567Z")
    store.record([event])
    assert store.status("u-1") == event.status
    assert store.status("u-2") is None


def test_your_own_table_says_what_an_error_means(tmp_path: Path) -> None:
    own = DeliveryErrors.default().with_overrides({14: "transient"})
    with open_store(tmp_path / "receipts.db", delivery_errors=own) as store:
        store.record([receipt(state="undelivered", errorCode=14)])
        status = store.status("u-1")
    assert status is not None
    assert status.error == own[14]


def test_what_a_status_call_or_the_export_says_is_recorded(store: ReceiptStore) -> None:
    told = MessageStatus(umid="u-1", outcome=Outcome.SENT, state="sent", observed_at=NOON, source="status")
    assert store.record([told]) == 1
    assert store.status("u-1") == told


def test_the_status_of_a_lost_send_is_kept_by_the_client_s_id(store: ReceiptStore) -> None:
    told = MessageStatus(umid="", client_message_id="c-1", outcome=Outcome.SENT, source="export")
    assert store.record([told]) == 0
    assert store.status_by_client_id("c-1") == told


def test_an_inbound_message_is_no_status(store: ReceiptStore) -> None:
    assert store.record([inbound()]) == 1
    assert store.record([inbound(body="another text of the same event")]) == 0
    assert list(store.statuses()) == []


def test_a_status_must_name_its_message(store: ReceiptStore) -> None:
    with pytest.raises(InvalidArgument, match="umid or a client_message_id"):
        store.record([MessageStatus(umid="", outcome=Outcome.SENT)])


def test_any_text_8x8_may_send_is_kept(store: ReceiptStore) -> None:
    event = receipt("\0\ud800\U0001f600", source="\0" + "é" * 349, subAccountId="x" * 350)
    store.record([event])
    assert store.status(event.umid) == event.status


def test_many_threads_record_and_nothing_is_lost_or_counted_twice(store: ReceiptStore) -> None:
    events = [receipt(f"u-{number % 100}", ["sent", "delivered"][number % 2]) for number in range(400)]
    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(lambda event: store.record([event]), events)) == 100
    assert outcomes(store) == {
        f"u-{number}": [Outcome.SENT, Outcome.DELIVERED][number % 2] for number in range(100)
    }


def test_two_processes_write_the_same_rows_without_losing_or_counting_twice(
    opened: Callable[[], ReceiptStore],
) -> None:
    stores = [opened(), opened()]
    events = [receipt(f"u-{number}", state) for number in range(20) for state in ("sent", "delivered")]

    def run(index: int) -> int:
        order = events if index % 2 else events[::-1]
        return sum(stores[index % 2].record(order[at : at + 7]) for at in range(0, len(order), 7))

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(run, range(4))) == len(events)
    assert set(outcomes(stores[0]).values()) == {Outcome.DELIVERED}


def test_what_was_recorded_is_there_for_the_next_who_opens(opened: Callable[[], ReceiptStore]) -> None:
    with opened() as first:
        first.record([receipt()])
    assert opened().status("u-1") is not None


# Quarantine


def test_what_cannot_be_read_goes_into_quarantine_once(store: ReceiptStore) -> None:
    torn = parse(b'{"umid": \xff\0', {"content-type": "text/odd"})
    assert isinstance(torn, UnknownEvent)
    assert store.record([torn, torn], received_at=NOON) == 1
    assert store.record([torn], received_at=NOON + HOUR) == 0
    assert [(entry.event, entry.received_at) for entry in store.quarantined()] == [(torn, NOON)]


def test_quarantine_is_told_page_after_page(store: ReceiptStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PAGE", 2)
    bodies = {b"%d" % number for number in range(5)}
    store.record([UnknownEvent(reason="odd", raw=body) for body in bodies])
    assert {entry.event.raw for entry in store.quarantined()} == bodies


# Sent, joined with what became of it


def test_what_was_sent_is_joined_with_its_receipt_by_umid(store: ReceiptStore) -> None:
    assert store.record_sent([sent("c-1", "u-1", parts=2, client_batch_id="cb-1")]) == 1
    assert outcomes(store) == {"u-1": Outcome.QUEUED}
    store.record([receipt(clientMessageId=None, smsCount=None)])
    status = store.status_by_client_id("c-1")
    assert status is not None
    assert (status.outcome, status.sent_at, status.parts) == (Outcome.DELIVERED, NOON, 2)
    assert (status.client_batch_id, status.sender) == ("cb-1", "ACME")


@pytest.mark.parametrize("receipt_first", [True, False])
def test_a_send_whose_answer_was_lost_is_found_by_its_receipt(
    store: ReceiptStore, *, receipt_first: bool
) -> None:
    steps: list[Callable[[], int]] = [
        lambda: store.record_sent([sent("c-1", outcome=Outcome.UNKNOWN, reason="ReadTimeout")]),
        lambda: store.record([receipt("u-1", clientMessageId="c-1", subAccountId=None)]),
    ]
    for step in reversed(steps) if receipt_first else steps:
        step()
    (status,) = store.statuses()
    assert (status.umid, status.outcome, status.sent_at) == ("u-1", Outcome.DELIVERED, NOON)
    assert (status.sub_account_id, status.reason) == ("acme_hq", None)
    assert store.status_by_client_id("c-1") == store.status("u-1") == status


def test_a_send_whose_answer_was_lost_stays_unknown_until_then(store: ReceiptStore) -> None:
    store.record_sent([sent("c-1", outcome=Outcome.UNKNOWN, reason="ReadTimeout")])
    status = store.status_by_client_id("c-1")
    assert status is not None
    assert (status.umid, status.outcome, status.reason) == ("", Outcome.UNKNOWN, "ReadTimeout")
    assert outcomes(store, open_only=True) == {"lost c-1": Outcome.UNKNOWN}


def test_a_rejected_send_is_final_without_a_umid(store: ReceiptStore) -> None:
    store.record_sent([sent("c-1", outcome=Outcome.REJECTED, reason="no")])
    assert outcomes(store) == {"lost c-1": Outcome.REJECTED}
    assert outcomes(store, open_only=True) == {}


def test_of_two_messages_with_one_id_the_one_that_came_furthest_is_told(store: ReceiptStore) -> None:
    store.record_sent([sent("c-1", "u-1"), sent("c-1", "u-2")])
    store.record([receipt("u-2", "read", clientMessageId="c-1")])
    status = store.status_by_client_id("c-1")
    assert status is not None
    assert status.umid == "u-2"
    assert len(list(store.statuses())) == 2


def test_sent_rows_may_come_from_an_iterator_of_any_length(store: ReceiptStore) -> None:
    assert store.record_sent(sent(f"c-{number}", f"u-{number}") for number in range(2_500)) == 2_500
    assert len(outcomes(store)) == 2_500


# Statuses


def test_every_message_is_told_once_whatever_its_id(
    store: ReceiptStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PAGE", 3)
    umids = [f"{one}{other}" for one in WORDS for other in WORDS]
    store.record([receipt(umid) for umid in umids])
    store.record_sent([sent(f"lost {umid}") for umid in umids])
    told = [status.umid for status in store.statuses()]
    assert sorted(told) == sorted([*umids, *([""] * len(umids))])


def test_statuses_are_chosen_by_the_time_of_sending(store: ReceiptStore) -> None:
    store.record_sent([sent(f"c-{hour}", f"u-{hour}", NOON + hour * HOUR) for hour in range(4)])
    store.record([receipt("told")], received_at=NOON + 2 * HOUR)
    store.record_sent([sent("c-lost", at=NOON)])
    store.record([receipt("found", clientMessageId="c-lost")], received_at=NOON + 9 * HOUR)
    chosen = outcomes(store, sent_after=NOON + HOUR, sent_before=NOON + 3 * HOUR)
    assert set(chosen) == {"u-1", "u-2", "told"}
    assert "found" in outcomes(store, sent_before=NOON + HOUR)


def test_a_page_is_read_by_its_key_and_never_by_sorting_the_table(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_store(postgres_url) as store:
        store.record_sent(sent(f"c-{number}", f"u-{number}") for number in range(3_000))
        asked: list[tuple[str, Sequence[object]]] = []
        real = store._durable.fetch

        def fetch(query: str, values: Sequence[object] = ()) -> list[Any]:
            asked.append((query, values))
            return real(query, values)

        monkeypatch.setattr(store._durable, "fetch", fetch)
        assert len(list(store.statuses(open_only=True, sent_after=NOON))) == 3_000
        for query, values in asked:
            plan = "\n".join(line for (line,) in real(f"EXPLAIN {query}", values))
            assert "messages_pkey" in plan
            assert "Sort" not in plan


def test_a_reader_may_stop_half_way(store: ReceiptStore) -> None:
    store.record([receipt("u-1"), receipt("u-2")])
    assert next(iter(store.statuses())).umid == "u-1"
    store.record([receipt("u-3")])
    assert len(outcomes(store)) == 3


def test_only_open_messages_on_request(store: ReceiptStore) -> None:
    store.record([receipt(state, state) for state in ("sent", "delivered", "read", "rejected", "queued")])
    assert set(outcomes(store, open_only=True)) == {"sent", "queued"}


# No receipt


def test_after_48_hours_of_silence_there_will_be_no_receipt(store: ReceiptStore) -> None:
    store.record_sent(
        [sent("c-1", "u-1"), sent("c-2", outcome=Outcome.UNKNOWN), sent("c-3", "u-3", NOON + HOUR)]
    )
    store.record([receipt("u-4", "sent"), receipt("u-5")], received_at=NOON)
    later = NOON + 48 * HOUR
    assert store.mark_no_receipt(now=later) == 0
    assert store.mark_no_receipt(now=later + timedelta(seconds=1)) == 3
    assert store.mark_no_receipt(now=later + timedelta(seconds=1)) == 0
    assert outcomes(store) == {
        "u-1": Outcome.NO_RECEIPT,
        "lost c-2": Outcome.NO_RECEIPT,
        "u-3": Outcome.QUEUED,
        "u-4": Outcome.NO_RECEIPT,
        "u-5": Outcome.DELIVERED,
    }
    assert set(outcomes(store, open_only=True)) == {"u-3"}


def test_what_the_operator_has_stays_with_the_operator(store: ReceiptStore) -> None:
    store.record([receipt(detail="delivered_to_operator")], received_at=NOON)
    assert store.mark_no_receipt(now=NOON + 100 * HOUR) == 0
    assert outcomes(store) == {"u-1": Outcome.DELIVERED_TO_OPERATOR}
    assert outcomes(store, open_only=True) == {}


@pytest.mark.parametrize(
    ("state", "detail", "outcome"),
    [
        ("sent", None, Outcome.NO_RECEIPT),
        ("delivered", "delivered_to_operator", Outcome.DELIVERED_TO_OPERATOR),
        ("delivered", None, Outcome.DELIVERED),
    ],
)
def test_what_comes_after_all_still_counts(
    store: ReceiptStore, state: str, detail: str | None, outcome: Outcome
) -> None:
    store.record_sent([sent("c-1", "u-1")])
    store.mark_no_receipt(now=NOON + 100 * HOUR)
    store.record([receipt("u-1", state, detail=detail)])
    assert outcomes(store) == {"u-1": outcome}


def test_a_lost_send_that_was_found_is_not_counted_as_silent(store: ReceiptStore) -> None:
    store.record_sent([sent("c-1", outcome=Outcome.UNKNOWN)])
    store.record([receipt("u-1", clientMessageId="c-1")])
    assert store.mark_no_receipt(now=NOON + 10_000 * HOUR) == 0


def test_giving_up_goes_page_after_page(store: ReceiptStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maintenance, "PAGE", 2)
    store.record_sent([sent(f"c-{number}", f"u-{number}") for number in range(5)])
    assert store.mark_no_receipt(older_than=HOUR, now=NOON + 2 * HOUR) == 5


# Callbacks


def test_a_callback_is_due_until_it_is_confirmed(store: ReceiptStore) -> None:
    store.record([receipt(), inbound(), parse(b"junk")], received_at=NOON, callback=True)
    due = store.pending_callbacks(now=NOON)
    assert {entry.event.umid for entry in due if not isinstance(entry.event, UnknownEvent)} == {"u-1", "in-1"}
    assert {type(entry.event).__name__ for entry in due} == {"DeliveryReceipt", "InboundMessage"}
    store.callback_done(entry.id for entry in due)
    assert store.pending_callbacks(now=NOON + 999 * HOUR) == []


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
    assert len(outcomes(store)) == 7


# Heartbeat


def test_a_silence_of_the_heartbeat_is_an_outage(opened: Callable[[], ReceiptStore]) -> None:
    one, other = opened(), opened()
    for second in (0, 30, 60, 300, 330, 325, 1_000):
        (one if second % 60 else other).heartbeat(NOON + timedelta(seconds=second))
    assert one.outages() == [
        (NOON + timedelta(seconds=60), NOON + timedelta(seconds=300)),
        (NOON + timedelta(seconds=330), NOON + timedelta(seconds=1_000)),
    ]


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


# Group commit


@pytest.fixture
def held(store: ReceiptStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[int]]]:
    """A writer that is busy until let go; what it then took together, as numbers of callers."""
    gate, entered = threading.Event(), threading.Event()
    groups: list[int] = []
    real = store._durable.writer._commit

    def commit(group: list[Any]) -> Sequence[Any]:
        groups.append(len(group))
        return real(group)

    def hold(_: Any) -> None:
        entered.set()
        assert gate.wait(60)

    monkeypatch.setattr(store._durable.writer, "_commit", commit)
    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(store._durable.writer.call, hold)
        assert entered.wait(60)

        def let_go() -> list[int]:
            gate.set()
            holding.result()
            store.heartbeat()  # comes after all that waits
            return groups[1:-1]

        yield let_go
        gate.set()


def test_callers_who_wait_share_one_transaction(store: ReceiptStore, held: Callable[[], list[int]]) -> None:
    waiting = [store.submit([receipt(f"u-{number // 2}")]) for number in range(20)]
    assert held() == [20]
    assert sum(future.result() for future in waiting) == 10


def test_what_changes_other_things_has_a_transaction_of_its_own(
    store: ReceiptStore, held: Callable[[], list[int]]
) -> None:
    with ThreadPoolExecutor(1) as pool:
        before = store.submit([receipt("u-1")])
        beat = pool.submit(store.heartbeat)
        wait_until(lambda: len(store._durable.writer._jobs) == 2)
        after = store.submit([receipt("u-2")])
        assert held() == [1, 1, 1]
        beat.result()
    assert (before.result(), after.result()) == (1, 1)


def test_what_nobody_waits_for_any_more_is_not_written(
    store: ReceiptStore, held: Callable[[], list[int]]
) -> None:
    assert store.submit([receipt()]).cancel()
    assert held() == []
    assert store.status("u-1") is None


def test_a_group_has_an_end(
    store: ReceiptStore, held: Callable[[], list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "_MAX_GROUP", 5)
    # Each receipt is two rows, an event and a status.
    waiting = [store.submit([receipt(f"u-{number}")]) for number in range(5)]
    large = store.submit([receipt(f"v-{number}") for number in range(10)])
    assert held() == [2, 2, 1, 1]
    assert [future.result() for future in (*waiting, large)] == [1, 1, 1, 1, 1, 10]


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline


def test_each_database_offers_all_that_a_store_asks_of_one(store: ReceiptStore) -> None:
    def asked(protocol: type) -> set[str]:
        return {name for name in vars(protocol) if not name.startswith("_")}

    session = store._durable.database.connect(writer=False)
    assert asked(Database) <= set(dir(store._durable.database))
    assert asked(Session) <= set(dir(session))
    session.close()


def test_a_message_is_identified_by_its_provider_too(store: ReceiptStore) -> None:
    for provider, outcome in (("8x8", Outcome.SENT), ("other", Outcome.READ)):
        told = MessageStatus(provider=provider, umid="u-1", outcome=outcome, observed_at=NOON)
        assert store.record([told]) == 1
    store.record_sent([sent("c-1", provider="other", outcome=Outcome.UNKNOWN)])
    store.record([receipt("u-2", "sent", clientMessageId="c-1")])
    by_key = {(status.provider, status.umid): status.outcome for status in store.statuses()}
    assert by_key == {
        ("8x8", "u-1"): Outcome.SENT,
        ("other", "u-1"): Outcome.READ,
        ("other", ""): Outcome.UNKNOWN,
        ("8x8", "u-2"): Outcome.SENT,
    }
    found = store.status("u-1", provider="other")
    assert found is not None
    assert found.provider == "other"
    assert [status.sent_at for status in store.statuses() if status.umid == "u-2"] == [None]
