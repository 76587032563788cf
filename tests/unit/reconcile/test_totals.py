"""Sums over rows: complete, and of a size that does not grow with them."""

from __future__ import annotations

import math
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_sms import DeliveryErrors, Outcome, Price
from connect_sms.models.status import MessageStatus
from connect_sms.reconcile import Totals
from connect_sms.reconcile.totals import EDGES, FAILURES, Failure

NOW = datetime(2026, 7, 1, tzinfo=UTC)
TABLE = DeliveryErrors.default()


def message(
    outcome: Outcome = Outcome.DELIVERED, seconds: float | None = None, **fields: Any
) -> MessageStatus:
    observed_at = None if seconds is None else NOW + timedelta(seconds=seconds)
    return MessageStatus(umid="u", outcome=outcome, sent_at=NOW, observed_at=observed_at, **fields)


OUTCOMES = st.sampled_from(list(Outcome))
TIMES = st.floats(0, 1e6, allow_nan=False)


@given(st.lists(OUTCOMES))
def test_everybody_is_counted_once(outcomes: list[Outcome]) -> None:
    totals = Totals.of(map(message, outcomes))
    assert totals.outcomes == Counter(outcomes)
    parts = (totals.delivered, totals.with_operator, totals.failed, totals.open)
    assert sum(parts) == totals.total == len(outcomes)
    assert min(parts) >= 0
    assert sum(totals.failures.values()) == sum(totals.failed_countries.values()) == totals.failed
    assert sum(times for _, times in totals.by_outcome()) == len(outcomes)


@given(st.lists(TIMES, min_size=1, max_size=60), st.sampled_from([0.01, 0.5, 0.9, 0.99, 1.0]))
def test_a_percentile_is_within_2_per_cent_of_the_exact_one(times: list[float], share: float) -> None:
    totals = Totals.of(message(seconds=seconds) for seconds in times)
    exact = sorted(times)[max(math.ceil(share * len(times)) - 1, 0)]
    found = totals.delivered_within(share)
    assert found is not None
    assert found == pytest.approx(max(exact, 0.01), rel=0.02)
    assert totals.timed == len(times)


@given(st.lists(TIMES, max_size=40))
def test_each_time_falls_into_the_first_class_it_fits(times: list[float]) -> None:
    totals = Totals.of(message(seconds=seconds) for seconds in times)
    # As the clock keeps them, to the microsecond.
    kept = [timedelta(seconds=seconds).total_seconds() for seconds in times]
    lows = (-1.0, *map(float, EDGES))
    highs = (*map(float, EDGES), math.inf)
    assert totals.delivery_times == [
        sum(low < seconds <= high for seconds in kept) for low, high in zip(lows, highs, strict=True)
    ]


def test_only_delivery_to_the_handset_is_timed() -> None:
    totals = Totals.of(message(outcome, 5.0) for outcome in Outcome)
    assert totals.timed == 1
    assert Totals().delivered_within(0.5) is None


def test_a_delivery_before_the_send_took_no_time() -> None:
    assert message(seconds=-3.0).seconds_to_delivery == 0.0


@pytest.mark.parametrize("outcome", Outcome)
def test_an_outcome_is_a_failure_or_not(outcome: Outcome) -> None:
    totals = Totals.of([message(outcome)])
    assert totals.failed == (outcome in FAILURES)
    assert totals.delivered_share == (1.0 if outcome in {Outcome.DELIVERED, Outcome.READ} else 0.0)


def test_failures_are_told_apart_by_outcome_code_and_reason() -> None:
    rows = [
        message(Outcome.FAILED, error=TABLE[1], error_code=1),
        message(Outcome.FAILED, error=TABLE[1], error_code=1),
        message(Outcome.REJECTED, reason="The text is missing"),
        message(Outcome.NO_RECEIPT),
        message(Outcome.FAILED),
    ]
    assert Totals.of(rows).failures == {
        Failure(Outcome.FAILED, 1, "Absent subscriber", "transient"): 2,
        Failure(Outcome.REJECTED, None, "The text is missing"): 1,
        Failure(Outcome.NO_RECEIPT, None, "no receipt within 48 h"): 1,
        Failure(Outcome.FAILED, None, "no reason given"): 1,
    }


def test_the_reason_of_a_lost_answer_has_passed_once_the_message_was_found() -> None:
    assert message(Outcome.UNKNOWN, reason="ReadTimeout").failure_reason == "ReadTimeout"
    assert message(Outcome.DELIVERED, reason="ReadTimeout").failure_reason is None


def test_countries_go_by_calling_code() -> None:
    numbers = ["+447700900123", "+12025550123", None]
    totals = Totals.of(message(Outcome.FAILED, destination=number) for number in numbers)
    assert totals.countries == totals.failed_countries == {"GB": 1, "US": 1, None: 1}


def test_cost_is_exact_and_never_adds_up_currencies() -> None:
    prices = [
        Price(Decimal("0.1"), None, "EUR"),
        Price(Decimal("0.2"), None, "EUR"),
        Price(Decimal("0.3"), None, "USD"),
        Price(Decimal("0.4"), None, None),
        Price(Decimal(0), None, "GBP"),
        Price(None, Decimal("0.1"), "GBP"),
        None,
    ]
    totals = Totals.of(message(price=price, parts=2) for price in prices)
    assert {currency: (cost.total, cost.messages) for currency, cost in totals.cost.items()} == {
        "EUR": (Decimal("0.3"), 2),
        "USD": (Decimal("0.3"), 1),
        "?": (Decimal("0.4"), 1),
    }
    assert totals.parts == 14


def test_whatever_words_come_the_sums_stay_small() -> None:
    totals = Totals()
    for place in range(2_000):
        price = Price(Decimal(1), None, f"C{place}")
        totals.add(message(Outcome.REJECTED, reason=f"reason {place}", price=price))
    assert len(totals.failures) <= 501
    assert len(totals.cost) <= 501
    assert sum(totals.failures.values()) == sum(cost.messages for cost in totals.cost.values()) == 2_000
    assert totals.failures[Failure(Outcome.REJECTED, None, "(other)")] == 1_500


def test_a_repr_of_a_row_names_nobody() -> None:
    assert "7700900123" not in repr(message(destination="+447700900123"))
