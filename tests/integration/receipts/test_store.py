"""What a store keeps and tells, the same on SQLite and PostgreSQL."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from connect_sms.errors.base import InvalidArgument
from connect_sms.models.delivery_errors import DeliveryErrors
from connect_sms.models.outcomes import Outcome
from connect_sms.models.status import MessageStatus
from connect_sms.receipts import UnknownEvent, _reading, open_store, parse
from connect_sms.receipts import store as module
from tests.support.receipt_samples import NOON, WORDS, inbound_message, outcomes_of, receipt, sent_message

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from connect_sms.receipts import ReceiptStore

HOUR = timedelta(hours=1)


def is_known(status: MessageStatus | None) -> MessageStatus:
    assert status is not None
    return status


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
        receipt(errorCode=14),
        receipt(timestamp="2026-07-01T12:00:01Z"),
        receipt(timestamp=None),
    ]
    assert store.record(others) == len(others)


def test_even_a_repeated_event_adds_what_was_not_known(store: ReceiptStore) -> None:
    store.record([receipt(batchId=None)])
    assert store.record([receipt(batchId="b-1")]) == 0
    status = is_known(store.status("u-1"))
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
        status = is_known(store.status("u-1"))
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
    assert store.record([inbound_message()]) == 1
    assert store.record([inbound_message(body="another text of the same event")]) == 0
    assert list(store.statuses()) == []


def test_a_status_must_name_its_message(store: ReceiptStore) -> None:
    with pytest.raises(InvalidArgument, match="umid or a client_message_id"):
        store.record([MessageStatus(umid="", outcome=Outcome.SENT)])


def test_any_text_8x8_may_send_is_kept(store: ReceiptStore) -> None:
    event = receipt("\0\ud800\U0001f600", source="\0" + "é" * 349, subAccountId="x" * 350)
    store.record([event])
    assert store.status(event.umid) == event.status


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
    assert set(outcomes_of(stores[0]).values()) == {Outcome.DELIVERED}


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
    assert store.record_sent([sent_message("c-1", "u-1", parts=2, client_batch_id="cb-1")]) == 1
    assert outcomes_of(store) == {"u-1": Outcome.QUEUED}
    store.record([receipt(clientMessageId=None, smsCount=None)])
    status = is_known(store.status_by_client_id("c-1"))
    assert (status.outcome, status.sent_at, status.parts) == (Outcome.DELIVERED, NOON, 2)
    assert (status.client_batch_id, status.sender) == ("cb-1", "ACME")


@pytest.mark.parametrize("receipt_first", [True, False])
def test_a_send_whose_answer_was_lost_is_found_by_its_receipt(
    store: ReceiptStore, *, receipt_first: bool
) -> None:
    steps: list[Callable[[], int]] = [
        lambda: store.record_sent([sent_message("c-1", outcome=Outcome.UNKNOWN, reason="ReadTimeout")]),
        lambda: store.record([receipt("u-1", clientMessageId="c-1", subAccountId=None)]),
    ]
    for step in reversed(steps) if receipt_first else steps:
        step()
    (status,) = store.statuses()
    assert (status.umid, status.outcome, status.sent_at) == ("u-1", Outcome.DELIVERED, NOON)
    assert (status.sub_account_id, status.reason) == ("acme_hq", None)
    assert store.status_by_client_id("c-1") == store.status("u-1") == status


def test_a_send_whose_answer_was_lost_stays_unknown_until_then(store: ReceiptStore) -> None:
    store.record_sent([sent_message("c-1", outcome=Outcome.UNKNOWN, reason="ReadTimeout")])
    status = is_known(store.status_by_client_id("c-1"))
    assert (status.umid, status.outcome, status.reason) == ("", Outcome.UNKNOWN, "ReadTimeout")
    assert outcomes_of(store, open_only=True) == {"lost c-1": Outcome.UNKNOWN}


def test_a_rejected_send_is_final_without_a_umid(store: ReceiptStore) -> None:
    store.record_sent([sent_message("c-1", outcome=Outcome.REJECTED, reason="no")])
    assert outcomes_of(store) == {"lost c-1": Outcome.REJECTED}
    assert outcomes_of(store, open_only=True) == {}


def test_of_two_messages_with_one_id_the_one_that_came_furthest_is_told(store: ReceiptStore) -> None:
    store.record_sent([sent_message("c-1", "u-1"), sent_message("c-1", "u-2")])
    store.record([receipt("u-2", "read", clientMessageId="c-1")])
    status = is_known(store.status_by_client_id("c-1"))
    assert status.umid == "u-2"
    assert {status.umid for status in store.statuses_by_client_id("c-1")} == {"u-1", "u-2"}
    assert len(list(store.statuses())) == 2


def test_sent_rows_may_come_from_an_iterator_of_any_length(store: ReceiptStore) -> None:
    assert store.record_sent(sent_message(f"c-{number}", f"u-{number}") for number in range(2_500)) == 2_500
    assert len(outcomes_of(store)) == 2_500


# Statuses


def test_every_message_is_told_once_whatever_its_id(
    store: ReceiptStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_reading, "_PAGE", 3)
    umids = [f"{one}{other}" for one in WORDS for other in WORDS]
    store.record([receipt(umid) for umid in umids])
    store.record_sent([sent_message(f"lost {umid}") for umid in umids])
    told = [status.umid for status in store.statuses()]
    assert sorted(told) == sorted([*umids, *([""] * len(umids))])


def test_statuses_are_chosen_by_the_time_of_sending(store: ReceiptStore) -> None:
    store.record_sent([sent_message(f"c-{hour}", f"u-{hour}", NOON + hour * HOUR) for hour in range(4)])
    store.record([receipt("told")], received_at=NOON + 2 * HOUR)
    store.record_sent([sent_message("c-lost", at=NOON)])
    store.record([receipt("found", clientMessageId="c-lost")], received_at=NOON + 9 * HOUR)
    chosen = outcomes_of(store, sent_after=NOON + HOUR, sent_before=NOON + 3 * HOUR)
    assert set(chosen) == {"u-1", "u-2", "told"}
    assert "found" in outcomes_of(store, sent_before=NOON + HOUR)


class NoTime(datetime):
    """As `pandas.NaT`: a datetime that raises when asked for a time."""

    def utcoffset(self) -> timedelta | None:
        raise ValueError("NaTType does not support utcoffset")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (NoTime(2020, 1, 1), "is no time"),
        (datetime(2026, 3, 1), "has no offset from UTC"),
        ("2026-03-01", "must be a datetime"),
        (datetime.max.replace(tzinfo=timezone(-HOUR)), "is outside the years 1 to 9999"),
    ],
)
@pytest.mark.parametrize("argument", ["sent_after", "sent_before"])
def test_statuses_between_no_times_are_refused_and_not_empty(
    store: ReceiptStore, argument: str, given: Any, said: str
) -> None:
    for read in (store.statuses, store.ambiguous_receipts):
        with pytest.raises(InvalidArgument, match=f"^{argument} {said}"):
            read(**{argument: given})


def test_a_page_is_read_by_its_key_and_never_by_sorting_the_table(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_store(postgres_url) as store:
        store.record_sent(sent_message(f"c-{number}", f"u-{number}") for number in range(3_000))
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
            assert not re.search("Sort|Hash|hash|Seq Scan", plan)


def test_a_reader_may_stop_half_way(store: ReceiptStore) -> None:
    store.record([receipt("u-1"), receipt("u-2")])
    assert next(iter(store.statuses())).umid == "u-1"
    store.record([receipt("u-3")])
    assert len(outcomes_of(store)) == 3


def test_only_open_messages_on_request(store: ReceiptStore) -> None:
    store.record([receipt(state, state) for state in ("sent", "delivered", "read", "rejected", "queued")])
    assert set(outcomes_of(store, open_only=True)) == {"sent", "queued"}


def test_a_message_is_identified_by_its_provider_too(store: ReceiptStore) -> None:
    for provider, outcome in (("8x8", Outcome.SENT), ("other", Outcome.READ)):
        told = MessageStatus(provider=provider, umid="u-1", outcome=outcome, observed_at=NOON)
        assert store.record([told]) == 1
    store.record_sent([sent_message("c-1", provider="other", outcome=Outcome.UNKNOWN)])
    store.record([receipt("u-2", "sent", clientMessageId="c-1")])
    by_key = {(status.provider, status.umid): status.outcome for status in store.statuses()}
    assert by_key == {
        ("8x8", "u-1"): Outcome.SENT,
        ("other", "u-1"): Outcome.READ,
        ("other", ""): Outcome.UNKNOWN,
        ("8x8", "u-2"): Outcome.SENT,
    }
    assert is_known(store.status("u-1", provider="other")).provider == "other"
    assert [status.sent_at for status in store.statuses() if status.umid == "u-2"] == [None]
