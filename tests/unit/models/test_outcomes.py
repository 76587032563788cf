"""One truth per message: states in one order, and what a state with its code means."""

from __future__ import annotations

import itertools
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_sms.models.delivery_errors import DeliveryError, DeliveryErrors, ErrorCategory
from connect_sms.models.outcomes import Outcome, classify, combine

TABLE = DeliveryErrors.default()

outcomes = st.sampled_from(Outcome)


class TestOrder:
    def test_ranks_are_those_documented(self) -> None:
        assert {outcome.name: outcome.rank for outcome in Outcome} == {
            "HANDING_OVER": 0, "UNKNOWN": 1, "QUEUED": 2, "SENT": 3, "DEFERRED": 4,
            "DELIVERED_TO_OPERATOR": 5, "NO_RECEIPT": 6,
            "REJECTED": 7, "FAILED": 7, "EXPIRED": 7, "DELIVERED": 7, "READ": 8,
        }  # fmt: skip

    def test_final_are_exactly_the_states_that_nothing_but_reading_follows(self) -> None:
        final = {Outcome.REJECTED, Outcome.FAILED, Outcome.EXPIRED, Outcome.DELIVERED, Outcome.READ}
        assert {outcome for outcome in Outcome if outcome.is_final} == final

    def test_an_outcome_is_its_lower_case_name(self) -> None:
        assert [str(outcome) for outcome in Outcome] == [outcome.name.lower() for outcome in Outcome]


class TestCombine:
    def test_nothing_seen_is_unknown(self) -> None:
        assert combine() is Outcome.UNKNOWN

    @given(outcomes)
    def test_repeating_changes_nothing(self, outcome: Outcome) -> None:
        assert combine(outcome, outcome) is outcome
        assert combine(outcome, Outcome.HANDING_OVER) is outcome

    @given(outcomes, outcomes, outcomes)
    def test_grouping_does_not_matter(self, a: Outcome, b: Outcome, c: Outcome) -> None:
        assert combine(combine(a, b), c) is combine(a, combine(b, c)) is combine(a, b, c)

    @given(st.lists(outcomes, min_size=1, max_size=5))
    def test_every_permutation_with_duplicates_folds_to_one_state(self, seen: list[Outcome]) -> None:
        folded = {reduce(combine, order) for order in itertools.permutations(seen + seen[:1])}
        assert folded == {combine(*seen)}

    @given(outcomes, outcomes)
    def test_more_known_beats_less_known(self, one: Outcome, other: Outcome) -> None:
        assert combine(one, other).rank == max(one.rank, other.rank)

    def test_of_final_states_that_contradict_each_other_the_one_that_came_furthest_wins(self) -> None:
        further = [Outcome.REJECTED, Outcome.FAILED, Outcome.EXPIRED, Outcome.DELIVERED, Outcome.READ]
        for near, far in itertools.combinations(further, 2):
            assert combine(far, near) is far


class TestClassify:
    @pytest.mark.parametrize(
        ("state", "detail", "outcome"),
        [
            ("QUEUED", None, Outcome.QUEUED), ("queued", None, Outcome.QUEUED),
            ("ok", None, Outcome.QUEUED), ("sent", None, Outcome.SENT),
            ("REJECTED", None, Outcome.REJECTED), ("rejected", "rejected_by_operator", Outcome.REJECTED),
            ("failed", None, Outcome.REJECTED), ("Failed", "", Outcome.REJECTED),
            ("read", None, Outcome.READ), ("delivered", None, Outcome.DELIVERED),
            ("DELIVERED", "", Outcome.DELIVERED),
            (" Delivered ", "Delivered_To_Recipient", Outcome.DELIVERED),
            ("delivered", "delivered_to_operator", Outcome.DELIVERED_TO_OPERATOR),
            ("delivered", "delivered_to_carrier", Outcome.DELIVERED_TO_OPERATOR),
            ("delivered", "delivered_to_the_moon", Outcome.DELIVERED_TO_OPERATOR),
            ("unknown", None, Outcome.UNKNOWN), ("teleported", "beamed", Outcome.UNKNOWN),
            ("", None, Outcome.UNKNOWN), (None, None, Outcome.UNKNOWN),
        ],
    )  # fmt: skip
    def test_a_state_without_a_code_has_no_error(
        self, state: str | None, detail: str | None, outcome: Outcome
    ) -> None:
        assert classify(state, detail, None, TABLE) == (outcome, None)
        assert classify(state, detail, 0, TABLE) == (outcome, None)

    @pytest.mark.parametrize("state", ["delivered", "read", "queued", "sent", "ok"])
    def test_what_has_not_failed_has_no_error_even_with_a_code(self, state: str) -> None:
        outcome, error = classify(state, None, 14, TABLE)
        assert outcome in {Outcome.DELIVERED, Outcome.READ, Outcome.QUEUED, Outcome.SENT}
        assert error is None

    @pytest.mark.parametrize("state", ["undelivered", "UNDELIVERED", "error"])
    @pytest.mark.parametrize("entry", TABLE.values(), ids=lambda entry: str(entry.code))
    def test_a_failure_goes_by_the_treatment_of_its_code(self, state: str, entry: DeliveryError) -> None:
        expected = {"interim": Outcome.DEFERRED, "expired": Outcome.EXPIRED}.get(
            entry.category, Outcome.FAILED
        )
        assert classify(state, "undelivered_to_recipient", entry.code, TABLE) == (expected, entry)

    @pytest.mark.parametrize("state", ["undelivered", "error"])
    @pytest.mark.parametrize("code", [None, 0])
    def test_a_failure_without_a_code_is_ambiguous(self, state: str, code: int | None) -> None:
        outcome, error = classify(state, None, code, TABLE)
        assert outcome is Outcome.FAILED
        assert error is not None
        assert error.category is ErrorCategory.AMBIGUOUS

    @pytest.mark.parametrize(("code", "told"), [(None, 36), (0, 36), (36, 36), (46, 46)])
    def test_the_word_expired_is_believed_whatever_the_code(self, code: int | None, told: int) -> None:
        assert classify("EXPIRED", None, code, TABLE) == (Outcome.EXPIRED, TABLE[told])

    @pytest.mark.parametrize("state", ["rejected", "failed"])
    @pytest.mark.parametrize("code", [4, 36, 60])
    def test_a_rejection_stays_one_and_tells_its_code(self, state: str, code: int) -> None:
        assert classify(state, None, code, TABLE) == (Outcome.REJECTED, TABLE[code])

    def test_an_unknown_word_does_not_hide_a_code(self) -> None:
        assert classify("blocked", None, 60, TABLE) == (Outcome.UNKNOWN, TABLE[60])

    def test_the_table_given_is_the_one_that_counts(self) -> None:
        table = TABLE.with_overrides({14: "interim", 36: "permanent_number"})
        assert classify("undelivered", None, 14, table)[0] is Outcome.DEFERRED
        assert classify("undelivered", None, 36, table)[0] is Outcome.FAILED

    @given(st.none() | st.text(), st.none() | st.text(), st.none() | st.integers())
    def test_no_word_and_no_code_is_refused(
        self, state: str | None, detail: str | None, code: int | None
    ) -> None:
        outcome, error = classify(state, detail, code, TABLE)
        assert outcome is not Outcome.NO_RECEIPT
        assert error is None or error.advice

    words = st.sampled_from(["delivered", "undelivered", "failed", "rejected", "sent", "expired", "eaten"])

    @given(
        words,
        st.none() | st.sampled_from(["delivered_to_operator", "delivered_to_recipient"]),
        st.integers(0, 99),
    )
    def test_case_is_of_no_account(self, state: str, detail: str | None, code: int) -> None:
        loud = classify(state.upper(), detail and detail.title(), code, TABLE)
        assert loud == classify(state, detail, code, TABLE)
