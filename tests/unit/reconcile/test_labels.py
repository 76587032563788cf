"""How figures and times are written."""

from __future__ import annotations

import pytest

from connect_sms import Outcome
from connect_sms.reconcile.output import labels


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.04, "0.0 s"),
        (4.06, "4.1 s"),
        (10, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (80, "1 min 20 s"),
        (3_600, "1 h"),
        (5_430, "1 h 30 min"),
        (90_000, "1 d 1 h"),
        (172_800, "2 d"),
    ],
)
def test_times_are_said_as_people_say_them(seconds: float, said: str) -> None:
    assert labels.duration(seconds) == said


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 0, "\u2013"),
        (0, 5, "0.0 %"),
        (1, 100_000, "< 0.1 %"),
        (1, 3, "33.3 %"),
        (99_999, 100_000, "> 99.9 %"),
        (5, 5, "100.0 %"),
    ],
)
def test_a_share_never_says_nothing_or_all_when_it_is_not(part: int, whole: int, said: str) -> None:
    assert labels.share(part, whole) == said


def test_every_outcome_has_words() -> None:
    assert set(labels.OUTCOMES) == set(Outcome)
    assert len(set(labels.OUTCOMES.values())) == len(Outcome)
