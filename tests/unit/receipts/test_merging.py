"""One status for each message, whatever the order of events."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_sms.models.outcomes import Outcome
from connect_sms.models.sent import SentMessage
from connect_sms.models.status import MessageStatus, Price
from connect_sms.receipts import merge, order_key
from connect_sms.receipts.columns import CLIENT_MESSAGE_ID, MERGED, ORDER
from tests.support.receipt_samples import NOON, statuses

PRIVATE = Price(Decimal("0.04"), None, "EUR")


def status(outcome: Outcome, **known: Any) -> MessageStatus:
    return MessageStatus(umid="u-1", outcome=outcome, **known)


def some(most: int = 5) -> st.SearchStrategy[list[MessageStatus]]:
    return st.lists(statuses(), min_size=1, max_size=most)


# Python


@given(some(), st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_changes_the_result(known: list[MessageStatus], chance: Any) -> None:
    truth = merge(known)
    again = [*known, *chance.choices(known, k=3)]
    chance.shuffle(again)
    assert merge(again) == truth


@given(some(), some())
def test_it_does_not_matter_what_was_merged_before(
    first: list[MessageStatus], second: list[MessageStatus]
) -> None:
    assert merge([merge(first), merge(second)]) == merge([*first, *second])


@given(statuses(), statuses())
def test_the_order_is_total(one: MessageStatus, other: MessageStatus) -> None:
    said = [
        (entry.outcome, entry.state, entry.detail, entry.error_code, entry.observed_at, entry.source)
        for entry in (one, other)
    ]
    assert (order_key(one) == order_key(other)) == (said[0] == said[1])


@pytest.mark.parametrize(("greater", "lesser"), list(itertools.pairwise(reversed(Outcome))))
def test_what_is_known_more_of_wins_whenever_it_was_seen(greater: Outcome, lesser: Outcome) -> None:
    early, late = status(greater, observed_at=NOON), status(lesser, observed_at=NOON + timedelta(days=1))
    assert merge([early, late]).outcome == greater


def test_of_two_events_with_the_same_outcome_the_later_one_is_kept() -> None:
    first = status(Outcome.FAILED, observed_at=NOON, error_code=1)
    later = status(Outcome.FAILED, observed_at=NOON + timedelta(microseconds=1), error_code=0)
    assert merge([later, first]).error_code == 0


def test_a_time_is_compared_as_a_time_wherever_its_clock_hangs() -> None:
    here = status(Outcome.SENT, observed_at=NOON, state="a")
    there = NOON.astimezone(timezone(timedelta(hours=9))) + timedelta(seconds=1)
    assert merge([here, status(Outcome.SENT, observed_at=there, state="b")]).state == "b"


def test_ids_and_price_are_merged_from_all_events() -> None:
    sent = SentMessage(
        client_message_id="c-1", umid="u-1", destination="447700900123", sent_at=NOON, parts=2
    ).to_status()
    told = status(Outcome.DELIVERED, price=PRIVATE, sender="ACME", batch_id="b-1")
    truth = merge([told, sent])
    assert (truth.client_message_id, truth.batch_id, truth.sent_at) == ("c-1", "b-1", NOON)
    assert (truth.destination, truth.price, truth.parts) == ("+447700900123", PRIVATE, 2)
    assert truth.outcome is Outcome.DELIVERED


def test_the_parts_of_a_price_are_never_mixed() -> None:
    prices = [Price(Decimal("0.04"), None, "EUR"), Price(Decimal("0.03"), Decimal("0.03"), "GBP")]
    assert merge([status(Outcome.SENT, price=price) for price in prices]).price in prices


def test_an_empty_word_is_the_same_as_none() -> None:
    assert merge([status(Outcome.SENT, state="", client_message_id="")]) == status(Outcome.SENT)


@pytest.mark.parametrize("number", [-1, 2**31, 2**70])
def test_a_number_that_no_database_takes_is_none(number: int) -> None:
    assert merge([status(Outcome.SENT, error_code=number, parts=number)]) == status(Outcome.SENT)


def test_a_character_that_no_database_takes_is_replaced() -> None:
    odd = merge([MessageStatus(umid="a\0\ud800", outcome=Outcome.SENT, state="\0")])
    assert (odd.umid, odd.state) == ("a\ufffd\ufffd", "\ufffd")


def test_merging_nothing_or_two_messages_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        merge([])
    with pytest.raises(ValueError, match="one message"):
        merge([status(Outcome.SENT), MessageStatus(umid="u-2", outcome=Outcome.SENT)])
    with pytest.raises(ValueError, match="one message"):
        merge([status(Outcome.SENT), status(Outcome.SENT, provider="other")])


def test_every_field_of_a_status_is_compared_merged_or_left_out() -> None:
    covered = {column.name for column in (*ORDER, CLIENT_MESSAGE_ID, *MERGED)}
    known = {field.name for field in attrs.fields(MessageStatus)}
    left_out = {"error_message", "created_at", "direction", "country", "body", "encoding", "extra"}
    # rank and place are of the outcome; the error follows from state, detail and code.
    assert known - covered == {"provider", "umid", "outcome", "error", "response", *left_out}
    assert covered - known == {"rank", "place"}
    assert "error_message, created_at, direction, country" in " ".join(str(merge.__doc__).split())


def test_what_only_one_source_tells_is_left_out() -> None:
    told = status(Outcome.SENT, country="GB", body="words", extra={"lane": 7}, direction="outbound")
    assert merge([told]) == merge([told, told]) == status(Outcome.SENT)


def test_a_masked_number_never_replaces_the_number() -> None:
    masked = status(Outcome.READ, destination="4477*****123", source="status")
    assert merge([masked]).destination is None
    whole = status(Outcome.SENT, destination="+447700900123", source="receipt")
    assert merge([masked, whole]).destination == "+447700900123"


# Sources


def test_a_time_of_sending_without_offset_is_taken_as_utc() -> None:
    row = SentMessage(client_message_id="c-1", destination="+447700900123", sent_at=datetime(2026, 7, 1, 12))
    assert row.sent_at == datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert row.to_status().umid == ""


def test_no_number_shows_when_printed() -> None:
    row = SentMessage(client_message_id="c-1", destination="+447700900123", sent_at=NOON)
    assert "900123" not in f"{row!r} {row.to_status()!r}"
    assert "900123" not in repr(status(Outcome.SENT, sender="447700900123"))
