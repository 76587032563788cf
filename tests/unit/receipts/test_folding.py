"""One truth for each message: in Python, in SQLite and in PostgreSQL, whatever the order of events."""

from __future__ import annotations

import itertools
import uuid
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import strategies as st

from connect_sms.models.delivery_errors import DeliveryErrors
from connect_sms.models.outcomes import Outcome
from connect_sms.models.responses import RawResponse
from connect_sms.models.status import MessageStatus, Price
from connect_sms.receipts import SentRow, Standing, fold, order_key
from connect_sms.receipts._columns import GATHERED, ORDER
from connect_sms.receipts.store._rows import rows_of_standings, seen
from connect_sms.receipts.store._statements import fold_standing
from tests.support.examples import examples
from tests.support.receipt_samples import NOON, receipt, standings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from connect_sms.receipts import Store

AT = "2026-07-01T12:00:00.000000+00:00"
PRIVATE = Price(Decimal("0.04"), None, "EUR")
FEW = examples(0.6, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
FEWER = examples(0.2, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)


def standing(outcome: Outcome, **known: Any) -> Standing:
    return Standing(umid="u-1", outcome=outcome, **known)


def some(most: int = 5) -> st.SearchStrategy[list[Standing]]:
    return st.lists(standings(), min_size=1, max_size=most)


# Python


@given(some(), st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_changes_the_fold(known: list[Standing], chance: Any) -> None:
    truth = fold(known)
    again = [*known, *chance.choices(known, k=3)]
    chance.shuffle(again)
    assert fold(again) == truth


@given(some(4))
def test_every_permutation_folds_to_the_same(known: list[Standing]) -> None:
    assert len({fold(order) for order in itertools.permutations(known)}) == 1


@given(some(), some())
def test_it_does_not_matter_what_was_folded_before(first: list[Standing], second: list[Standing]) -> None:
    assert fold([fold(first), fold(second)]) == fold([*first, *second])


@given(standings(), standings())
def test_the_order_is_total(one: Standing, other: Standing) -> None:
    said = [
        (entry.outcome, entry.state, entry.detail, entry.error_code, entry.observed_at, entry.source)
        for entry in (one, other)
    ]
    assert (order_key(one) == order_key(other)) == (said[0] == said[1])


@pytest.mark.parametrize(("greater", "lesser"), list(itertools.pairwise(reversed(Outcome))))
def test_what_is_known_more_of_wins_whenever_it_was_seen(greater: Outcome, lesser: Outcome) -> None:
    early, late = standing(greater, observed_at=NOON), standing(lesser, observed_at=NOON + timedelta(days=1))
    assert fold([early, late]).outcome == greater


def test_of_two_events_with_the_same_outcome_the_later_one_is_kept() -> None:
    first = standing(Outcome.FAILED, observed_at=NOON, error_code=1)
    later = standing(Outcome.FAILED, observed_at=NOON + timedelta(microseconds=1), error_code=0)
    assert fold([later, first]).error_code == 0


def test_a_time_is_compared_as_a_time_wherever_its_clock_hangs() -> None:
    here = standing(Outcome.SENT, observed_at=NOON, state="a")
    there = NOON.astimezone(timezone(timedelta(hours=9))) + timedelta(seconds=1)
    assert fold([here, standing(Outcome.SENT, observed_at=there, state="b")]).state == "b"


def test_ids_and_price_are_gathered_from_all_events() -> None:
    sent = Standing.from_sent(
        SentRow(client_message_id="c-1", umid="u-1", destination="447700900123", sent_at=NOON, parts=2)
    )
    told = standing(Outcome.DELIVERED, price=PRIVATE, sender="ACME", batch_id="b-1")
    truth = fold([told, sent])
    assert (truth.client_message_id, truth.batch_id, truth.sent_at) == ("c-1", "b-1", NOON)
    assert (truth.destination, truth.price, truth.parts) == ("+447700900123", PRIVATE, 2)
    assert truth.outcome is Outcome.DELIVERED


def test_the_parts_of_a_price_are_never_mixed() -> None:
    prices = [Price(Decimal("0.04"), None, "EUR"), Price(Decimal("0.03"), Decimal("0.03"), "GBP")]
    assert fold([standing(Outcome.SENT, price=price) for price in prices]).price in prices


def test_an_empty_word_is_the_same_as_none() -> None:
    assert standing(Outcome.SENT, state="", client_message_id="") == standing(Outcome.SENT)


@pytest.mark.parametrize("number", [-1, 2**31, 2**70])
def test_a_number_that_no_database_takes_is_none(number: int) -> None:
    assert standing(Outcome.SENT, error_code=number, parts=number) == standing(Outcome.SENT)


def test_a_character_that_no_database_takes_is_replaced() -> None:
    assert Standing(umid="a\0\ud800", outcome=Outcome.SENT, state="\0").umid == "a\ufffd\ufffd"


def test_a_fold_of_nothing_or_of_two_messages_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        fold([])
    with pytest.raises(ValueError, match="one message"):
        fold([standing(Outcome.SENT), Standing(umid="u-2", outcome=Outcome.SENT)])


def test_every_field_of_a_standing_is_compared_or_gathered() -> None:
    covered = {column.name for column in (*ORDER, *GATHERED)}
    known = {field.name for field in attrs.fields(Standing)}
    # rank and place are of the outcome; the error follows from state, detail and code.
    assert known - covered == {"umid", "outcome", "error"}
    assert covered - known == {"rank", "place"}


# Sources


def test_a_receipt_becomes_a_standing() -> None:
    told = Standing.from_receipt(receipt(errorCode=0))
    assert (told.umid, told.outcome, told.source) == ("u-1", Outcome.DELIVERED, "receipt")
    assert (told.error_code, told.price) == (0, Price(Decimal("0.04"), Decimal("0.04"), "EUR"))
    assert told.delivered
    assert told.is_final


def test_a_status_becomes_a_standing_without_its_masked_number() -> None:
    status = MessageStatus(
        umid="u-1",
        outcome=Outcome.FAILED,
        error=DeliveryErrors.default()[14],
        state="undelivered",
        detail=None,
        observed_at=NOON,
        created_at=NOON,
        sub_account_id="acme_hq",
        direction="outbound",
        country="GB",
        destination="4477*****123",
        body=None,
        sender="ACME",
        encoding="GSM7",
        parts=1,
        price=PRIVATE,
        client_message_id="c-1",
        client_batch_id=None,
        batch_id=None,
        response=RawResponse(200, {}, b""),
    )
    told = Standing.from_status(status)
    assert (told.source, told.error_code, told.destination, told.price) == ("status", 14, None, PRIVATE)
    assert not told.delivered


def test_a_time_of_sending_without_offset_is_taken_as_utc() -> None:
    row = SentRow(client_message_id="c-1", destination="+447700900123", sent_at=datetime(2026, 7, 1, 12))
    assert row.sent_at == datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert Standing.from_sent(row).umid == ""


def test_no_number_shows_when_printed() -> None:
    row = SentRow(client_message_id="c-1", destination="+447700900123", sent_at=NOON)
    assert "900123" not in f"{row!r} {Standing.from_sent(row)!r}"
    assert "900123" not in repr(standing(Outcome.SENT, sender="447700900123"))


# SQL


def kept(store: Store, umid: str) -> Standing:
    found = store.standing(umid)
    assert found is not None
    return found


def fold_in_sql(store: Store, umid: str, known: Iterable[Standing]) -> None:
    """One statement for each standing, so that it is SQL that folds; one transaction, for speed."""
    database = store._database
    statement = fold_standing(database.collation, database.greatest)
    rows = [rows_of_standings([seen(attrs.evolve(entry, umid=umid), AT)])[0] for entry in known]
    store._writer.call(lambda session: session.run_each(statement, rows))


@FEW
@given(st.lists(standings(), min_size=1, max_size=6))
def test_sql_folds_as_python_does(store: Store, known: list[Standing]) -> None:
    umid = uuid.uuid4().hex
    fold_in_sql(store, umid, known)
    assert attrs.evolve(kept(store, umid), umid="u-1") == fold(known)


@FEWER
@given(st.lists(standings(), min_size=2, max_size=4))
@example([standing(Outcome.SENT, state=state, observed_at=NOON) for state in ("B", "a", "_")])
def test_all_permutations_give_one_row_in_sql(store: Store, known: list[Standing]) -> None:
    found: set[Standing] = set()
    for order in itertools.permutations(known):
        umid = uuid.uuid4().hex
        fold_in_sql(store, umid, [*order, order[0]])
        found.add(attrs.evolve(kept(store, umid), umid="u-1"))
    assert found == {fold(known)}


def test_records_of_their_own_fold_as_one_record_of_all_does(store: Store) -> None:
    known = [receipt(state=state) for state in ("sent", "delivered", "queued", "read", "delivered")]
    for event in known:
        store.record([event])
    store.record([attrs.evolve(event, umid="u-2") for event in reversed(known)])
    assert kept(store, "u-1") == attrs.evolve(kept(store, "u-2"), umid="u-1")
    assert kept(store, "u-1").outcome is Outcome.READ
