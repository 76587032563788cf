"""The sandbox's time: faster, frozen, stepped."""

from __future__ import annotations

import pytest

from connect_sms.sandbox import SandboxClock
from connect_sms.sandbox.timestamps import format_timestamp, parse_timestamp


class Real:
    """Real time, by hand."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.mark.parametrize("factor", [1, 60])
def test_it_runs_with_real_time_or_faster_also_after_a_freeze(factor: float) -> None:
    real = Real()
    clock = SandboxClock(start=1000, factor=factor, real=real)
    real.seconds += 2
    clock.freeze()
    clock.resume()
    real.seconds += 1
    assert (clock.now(), clock.factor) == (1000 + 3 * factor, factor)


def test_frozen_it_moves_only_by_steps() -> None:
    real = Real()
    clock = SandboxClock(start=1000, real=real)
    clock.freeze()
    real.seconds += 50
    assert clock.frozen
    assert clock.now() == 1000
    clock.advance(7)
    assert clock.now() == 1007


def test_changing_the_speed_does_not_jump() -> None:
    real = Real()
    clock = SandboxClock(start=1000, factor=10, real=real)
    real.seconds += 1
    clock.run(2)
    assert clock.now() == 1010
    real.seconds += 1
    assert clock.now() == 1012


def test_time_does_not_run_backwards() -> None:
    clock = SandboxClock(factor=0)
    with pytest.raises(ValueError, match="backwards"):
        clock.advance(-1)
    with pytest.raises(ValueError, match="backwards"):
        clock.run(-1)
    with pytest.raises(ValueError, match="backwards"):
        SandboxClock(factor=-1)


@pytest.mark.parametrize(
    ("digits", "text"),
    [(0, "2026-01-02T03:04:05Z"), (2, "2026-01-02T03:04:05.25Z"), (7, "2026-01-02T03:04:05.2500000+00:00")],
)
def test_a_timestamp_has_0_2_or_7_digits(digits: int, text: str) -> None:
    moment = parse_timestamp("2026-01-02T03:04:05.25Z")
    assert format_timestamp(moment, digits) == text
    assert parse_timestamp(text) == pytest.approx(moment, abs=1)


def test_the_reading_is_also_an_aware_datetime() -> None:
    assert SandboxClock(start=0, factor=0).when().isoformat() == "1970-01-01T00:00:00+00:00"
