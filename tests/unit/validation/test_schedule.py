"""Times: in the future, with an offset, and no further ahead than 8x8 takes."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import partial
from typing import TYPE_CHECKING, Any, Self

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_sms._validation.schedule import check_expiry, check_scheduled, check_time
from connect_sms.errors.base import InvalidSchedule
from tests.unit.validation.refusals import refusal

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 7, 14, 12, 0, tzinfo=UTC)


class NoOffset(tzinfo):
    """A zone that does not know its offset, which makes a datetime naive all the same."""

    def utcoffset(self, _: datetime | None, /) -> None:
        return None

    dst = utcoffset

    def tzname(self, _: datetime | None, /) -> None:
        return None


class Raising(datetime):
    """As pandas.NaT, which is a datetime."""

    def utcoffset(self) -> timedelta:
        raise ValueError("NaTType does not support utcoffset")


class OfItsOwn(datetime):
    """As pendulum's, whose arithmetic yields differences that no timedelta compares with."""

    def __sub__(self, _: object) -> Any:
        raise AttributeError("_to_microseconds")

    __rsub__ = __add__ = __radd__ = __sub__

    def astimezone(self, tz: tzinfo | None = None) -> Self:
        raise AttributeError("in_timezone")


class TestTimes:
    def test_a_time_goes_out_in_utc_with_milliseconds(self) -> None:
        tokyo = timezone(timedelta(hours=9))
        at = datetime(2026, 7, 15, 9, 30, 0, 123999, tzinfo=tokyo)
        assert check_time(at, argument="at", now=NOW) == datetime(2026, 7, 15, 0, 30, 0, 123_000, UTC)

    @given(st.datetimes(min_value=NOW.replace(day=16, tzinfo=None), timezones=st.timezones()))
    def test_what_goes_out_is_the_time_given_cut_to_milliseconds(self, at: datetime) -> None:
        try:
            sent = check_time(at, argument="at", now=NOW)
        except InvalidSchedule as error:
            assert "outside the years 1 to 9999" in str(error)  # noqa: PT017  the last hours of the calendar
        else:
            assert timedelta(0) <= at - sent < timedelta(milliseconds=1)
            assert sent.tzinfo is UTC
            assert sent.microsecond % 1000 == 0

    @pytest.mark.parametrize("zone", [None, NoOffset()])
    def test_a_naive_time_is_refused_with_the_line_that_puts_it_right(self, zone: tzinfo | None) -> None:
        naive = datetime(2026, 7, 15, tzinfo=zone)
        said = refusal(lambda: check_scheduled(naive, now=NOW))
        assert 'scheduled.replace(tzinfo=ZoneInfo("Europe/London"))' in said
        assert "scheduled.astimezone()" in said

    @pytest.mark.parametrize("value", [None, "2026-07-15T00:00:00Z", 1_784_000_000, NOW.date()])
    def test_what_is_no_datetime_is_refused_by_its_type(self, value: object) -> None:
        name = "None" if value is None else type(value).__name__
        with pytest.raises(InvalidSchedule, match=f"expiry must be a datetime .*, not {name}$") as caught:
            check_expiry(value, now=NOW)
        assert caught.value.argument == "expiry"

    @pytest.mark.parametrize("early", [timedelta(0), timedelta(microseconds=1), timedelta(days=1)])
    def test_a_time_that_is_not_in_the_future_is_refused(self, early: timedelta) -> None:
        assert refusal(lambda: check_time(NOW - early, argument="at", now=NOW)) == "at is not in the future"

    def test_a_time_beyond_the_calendar_in_utc_is_refused(self) -> None:
        last = datetime.max.replace(tzinfo=timezone(timedelta(hours=-5)))
        said = refusal(lambda: check_time(last, argument="at", now=NOW))
        assert said == "at is outside the years 1 to 9999 in UTC"

    @pytest.mark.parametrize("kind", [Raising, OfItsOwn], ids=lambda kind: kind.__name__)
    @pytest.mark.parametrize("check", [check_time, check_scheduled, check_expiry], ids=lambda c: c.__name__)
    def test_no_class_of_times_brings_an_error_of_its_own(
        self, kind: type[datetime], check: Callable[..., datetime]
    ) -> None:
        for days in (-1, 1, 30):
            given = NOW + timedelta(days=days)
            with suppress(InvalidSchedule):
                sent = check(
                    kind.fromtimestamp(given.timestamp(), UTC), argument="at", now=NOW
                )  # or pendulum's, pandas' and numpy's would come through
                assert (type(sent), sent) == (datetime, given)

    def test_a_time_that_is_none_is_refused_by_its_type(self) -> None:
        said = refusal(lambda: check_expiry(Raising.fromtimestamp(NOW.timestamp(), UTC), now=NOW))
        assert said == "expiry is no time: its Raising raises ValueError when asked for one"

    def test_a_schedule_may_be_seven_days_ahead_and_no_more(self) -> None:
        week = NOW + timedelta(days=7)
        assert check_scheduled(week, now=NOW) == week
        said = refusal(lambda: check_scheduled(week + timedelta(hours=12), argument="schedule", now=NOW))
        assert said.startswith("schedule is 7.50 days ahead; 8x8 takes at most 7.")

    def test_an_expiry_may_be_further_ahead(self) -> None:
        week = NOW + timedelta(days=8)
        assert check_expiry(week, now=NOW) == week

    def test_an_expiry_must_come_after_the_schedule(self) -> None:
        at = NOW + timedelta(hours=1)
        later = at + timedelta(milliseconds=1)
        assert check_expiry(later, scheduled=at, now=NOW) == later
        for wrong in (at, at - timedelta(minutes=1), at + timedelta(microseconds=999)):
            said = refusal(partial(check_expiry, wrong, scheduled=at, now=NOW))
            assert said.startswith("expiry is not after the time the message is scheduled for")

    def test_without_a_clock_given_the_systems_counts(self) -> None:
        hour = datetime.now(UTC) + timedelta(hours=1)
        assert check_time(hour, argument="at") == check_scheduled(hour)
        assert check_expiry(hour) == check_scheduled(hour)
        assert "not in the future" in refusal(lambda: check_scheduled(hour - timedelta(hours=2)))
