"""Who may be sent to again: exactly those whose failure is transient."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_sms import DeliveryErrors, ErrorCategory, Outcome
from connect_sms.models.outcomes import classify
from connect_sms.models.sent import SentMessage
from connect_sms.models.status import MessageStatus
from connect_sms.receipts import open_store
from connect_sms.reconcile import reconcile, retryable
from connect_sms.reconcile.retries import attempt_of

if TYPE_CHECKING:
    from pathlib import Path

    from connect_sms.receipts import ReceiptStore
    from tests.unit.reconcile.conftest import World

NUMBER = "+447700900123"
NOW = datetime(2026, 7, 1, tzinfo=UTC)
TABLE = DeliveryErrors.default()


def note(
    store: ReceiptStore,
    own_id: str,
    code: int | None,
    *,
    state: str = "undelivered",
    detail: str | None = None,
) -> None:
    """A message that ended like this."""
    umid = f"umid-of-{own_id}"
    store.record_sent([SentMessage(client_message_id=own_id, umid=umid, destination=NUMBER, sent_at=NOW)])
    outcome, error = classify(state, detail, code, TABLE)
    store.record(
        [MessageStatus(umid=umid, outcome=outcome, error=error, state=state, detail=detail, error_code=code)]
    )


def ids(store: ReceiptStore, **options: Any) -> list[str]:
    return sorted(
        str(entry.message and entry.message.client_message_id) for entry in retryable(store, **options)
    )


def test_it_is_each_code_whose_treatment_is_transient_and_no_other(store: ReceiptStore) -> None:
    for code in range(70):
        note(store, f"m{code}", code)
    wanted = {
        error.code
        for error in TABLE.values()
        if error.category in {ErrorCategory.TRANSIENT, ErrorCategory.TRANSIENT_ONCE}
    }
    assert len(wanted) > 20
    assert ids(store) == sorted(f"m{code}~retry-1" for code in wanted)


@pytest.mark.parametrize(
    ("state", "detail", "code"),
    [
        ("delivered", "delivered_to_recipient", 1),
        ("delivered", "delivered_to_operator", 1),
        ("read", None, 1),
        ("sent", None, 1),
        ("queued", None, 1),
        ("unknown", None, 1),
        ("teleported", None, 1),
        ("undelivered", None, None),
        ("undelivered", None, 0),
        ("undelivered", None, 4),
        ("expired", None, 1),
        ("rejected", None, None),
    ],
)
def test_never_what_may_have_arrived_or_may_yet(
    store: ReceiptStore, state: str, detail: str | None, code: int | None
) -> None:
    note(store, "m", code, state=state, detail=detail)
    assert ids(store) == []


def test_a_rejection_with_a_transient_reason_is_one_too(store: ReceiptStore) -> None:
    note(store, "m", 50, state="rejected")
    assert ids(store) == ["m~retry-1"]


def test_neither_no_receipt_nor_a_lost_answer(store: ReceiptStore) -> None:
    store.record_sent(
        [
            SentMessage(client_message_id="quiet", umid="u", destination=NUMBER, sent_at=NOW),
            SentMessage(client_message_id="lost", destination=NUMBER, sent_at=NOW, outcome=Outcome.UNKNOWN),
        ]
    )
    store.mark_no_receipt(now=NOW + timedelta(days=3))
    assert ids(store) == []


def test_what_was_sent_again_is_not_given_again_but_its_retry_may_be(store: ReceiptStore) -> None:
    note(store, "m", 46)
    note(store, "m~retry-1", 46)
    assert ids(store) == ["m~retry-2"]
    note(store, "m~retry-2", None, state="delivered")
    assert ids(store) == []


def test_what_is_to_be_tried_once_is_not_tried_twice(store: ReceiptStore) -> None:
    note(store, "m", 7)
    assert ids(store) == ["m~retry-1"]
    note(store, "m~retry-1", 7)
    assert ids(store) == []


def test_there_is_an_end_to_trying(store: ReceiptStore) -> None:
    note(store, "m~retry-3", 46)
    assert ids(store) == []
    assert ids(store, max_attempts=4) == ["m~retry-4"]


def test_each_comes_with_the_message_to_send_and_which_attempt_it_is(store: ReceiptStore) -> None:
    note(store, "m~retry-1", 46)
    [entry] = retryable(store)
    assert entry.attempt == 2
    assert entry.message is not None
    assert (entry.message.destination, entry.message.text) == (NUMBER, None)
    assert entry.status.umid == "umid-of-m~retry-1"
    assert NUMBER not in repr(entry)


def test_without_a_number_there_is_no_message_but_the_failure_is_told(store: ReceiptStore) -> None:
    outcome, error = classify("undelivered", None, 46, TABLE)
    store.record([MessageStatus(umid="u", outcome=outcome, error=error, state="undelivered", error_code=46)])
    [entry] = retryable(store)
    assert (entry.message, entry.attempt, entry.status.umid) == (None, 1, "u")


def test_an_id_with_no_room_for_the_attempt_is_left_alone(store: ReceiptStore) -> None:
    note(store, "x" * 342, 46)
    assert ids(store) == ["x" * 342 + "~retry-1"]
    note(store, "y" * 343, 46)
    assert ids(store) == ["x" * 342 + "~retry-1"]


def test_the_span_can_be_limited(store: ReceiptStore) -> None:
    note(store, "m", 46)
    day = timedelta(days=1)
    assert len(list(retryable(store, sent_since=NOW, sent_until=NOW + day))) == 1
    assert list(retryable(store, sent_since=NOW + day)) == []
    assert list(retryable(store, sent_until=NOW)) == []


def test_a_table_of_ones_own_decides(tmp_path: Path, store: ReceiptStore) -> None:
    note(store, "m", 15)
    assert ids(store) == []
    own = TABLE.with_overrides({15: "transient"})
    with open_store(tmp_path / "receipts.db", delivery_errors=own) as overridden:
        assert ids(overridden) == ["m~retry-1"]


def test_from_a_report_they_can_be_sent_at_once(world: World) -> None:
    numbers = ["+447700900951", "+447700900960", "+447700900975", "+447700900955", "+447700900123"]
    world.client.send_batch(
        [{"destination": number, "client_message_id": f"m{place}"} for place, number in enumerate(numbers)],
        "Hello",
    )
    world.clock.advance(60)
    since = world.clock.now() - timedelta(days=1)

    def again() -> list[str]:
        report = reconcile(world.client, world.store, sent_since=since)
        messages = [entry.message for entry in retryable(report) if entry.message is not None]
        if messages:
            world.client.send_batch(messages, "Hello")
            world.clock.advance(60)
        return sorted(str(message.client_message_id) for message in messages)

    assert again() == ["m0~retry-1", "m3~retry-1"]
    assert again() == ["m0~retry-2"]
    assert again() == ["m0~retry-3"]
    assert again() == []
    assert world.sandbox.accepted.twice() == {}


IDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=30)


@given(IDS, st.integers(1, 9_999))
def test_the_attempt_is_read_back_from_the_id_it_was_written_into(own_id: str, attempt_number: int) -> None:
    def attempt(name: str) -> tuple[str, int]:
        return attempt_of(MessageStatus(umid="u", outcome=Outcome.FAILED, client_message_id=name))

    original, before = attempt(own_id)
    assert attempt(f"{original}~retry-{before + 1}") == (original, before + 1)
    assert attempt(f"{own_id}~retry-{attempt_number}") == (own_id, attempt_number)
