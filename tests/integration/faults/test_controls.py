"""The matrix would find a client that sends twice, and one that mixes up its recipients."""

from __future__ import annotations

from connect_sms._api import eight_by_eight
from connect_sms._api.response_policy import classify_response
from tests.integration.faults.faults import TROUBLES, Rule, Trouble
from tests.integration.faults.matrix import Matrix, Sums
from tests.integration.faults.runner import PORTION


def accepts(trouble: Trouble) -> bool:
    """Whether the sandbox accepts what it then answers badly."""
    return trouble.rule is Rule.UNREADABLE or not (trouble.fault or "").partition(";")[0].endswith(
        ("before", "refused")
    )


def test_a_client_that_tries_again_whatever_went_wrong_sends_twice(naive: Matrix) -> None:
    for run, seen in naive.items():
        # Of a request of a batch all but the rejected one, or those of its first half.
        accepted = (
            1 if run.operation == "send" else 2 if "halfway" in (run.trouble.fault or "") else PORTION - 1
        )
        answered_badly = run.trouble.rule in {Rule.UNKNOWN, Rule.UNREADABLE} and accepts(run.trouble)
        assert len(seen.twice) == (accepted if answered_badly else 0), run
    assert Sums.of(naive).twice > 0


def test_it_sends_twice_in_each_of_these_rows_and_in_no_other(naive: Matrix) -> None:
    doubled = {run.trouble.title for run, seen in naive.items() if seen.twice}
    expected = {
        trouble.title
        for trouble in TROUBLES
        if trouble.rule in {Rule.UNKNOWN, Rule.UNREADABLE} and accepts(trouble)
    }
    assert doubled == expected


def test_a_client_that_matches_results_by_position_mixes_people_up(by_position: Matrix) -> None:
    for run, seen in by_position.items():
        assert seen.lost, run
    sums = Sums.of(by_position)
    assert (sums.lost > 0, sums.denied > 0, sums.twice) == (True, True, 0)


def test_the_client_is_its_own_again_afterwards(naive: Matrix) -> None:
    assert naive
    assert vars(eight_by_eight)["classify_response"] is classify_response
