"""Checks of times: scheduled, expiry."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from connect_sms._validation.wording import type_of
from connect_sms.errors.base import InvalidArgument, InvalidSchedule

MAX_SCHEDULE_AHEAD: Final = timedelta(days=7)


def check_moment(value: object, *, argument: str, error: type[InvalidArgument] = InvalidSchedule) -> datetime:
    """Checks a time and returns it in UTC, as a plain `datetime` whatever class it came as.

    Args:
        value: An aware datetime.
        argument: Its name in messages.
        error: What to raise.

    Raises:
        InvalidArgument: Not a datetime, without an offset, or outside the calendar.
    """
    if not isinstance(value, datetime):
        raise error(
            f"{argument} must be a datetime that knows its offset, such as datetime.now(UTC) + "
            f"timedelta(hours=1), not {type_of(value)}",
            argument=argument,
        )
    try:
        utc = _plain_utc(value)
    except OverflowError:
        raise error(f"{argument} is outside the years 1 to 9999 in UTC", argument=argument) from None
    except Exception as wrong:  # noqa: BLE001  pandas.NaT, for one, is a datetime that raises when asked
        msg = f"{argument} is no time: its {type_of(value)} raises {type_of(wrong)} when asked for one"
        raise error(msg, argument=argument) from None
    if utc is None:
        raise error(
            f"{argument} has no offset from UTC. Give it a time zone: "
            f'{argument}.replace(tzinfo=ZoneInfo("Europe/London")), or {argument}.astimezone() for here',
            argument=argument,
        )
    return utc


def _plain_utc(value: datetime) -> datetime | None:
    """The time in UTC, by the fields of a `datetime` alone; None without an offset.

    A class of its own may calculate in its own way: pendulum's differences, for example, cannot be compared
    with a `timedelta`.
    """
    offset = value.utcoffset()
    if offset is None:
        return None
    day, clock = (value.year, value.month, value.day), (value.hour, value.minute, value.second)
    return datetime(*day, *clock, value.microsecond, tzinfo=timezone(offset)).astimezone(UTC)


def check_time(value: object, *, argument: str, now: datetime | None = None) -> datetime:
    """Checks a future time and returns it in UTC and whole milliseconds.

    Args:
        value: An aware datetime.
        argument: Its name in messages.
        now: The current time; the system's clock when None.

    Raises:
        InvalidSchedule: Not a datetime, without an offset, or not in the future.
    """
    utc = check_moment(value, argument=argument)
    # What is encoded is compared, or two times could differ here and be equal there.
    at = utc.replace(microsecond=utc.microsecond // 1000 * 1000)
    if at <= (datetime.now(UTC) if now is None else now):
        raise InvalidSchedule(f"{argument} is not in the future", argument=argument)
    return at


def check_scheduled(value: object, *, argument: str = "scheduled", now: datetime | None = None) -> datetime:
    """Like `check_time`, for the time to send at, which 8x8 accepts up to 7 days ahead.

    Raises:
        InvalidSchedule: As for `check_time`, or more than 7 days ahead.
    """
    present = datetime.now(UTC) if now is None else now
    at = check_time(value, argument=argument, now=present)
    if at - present > MAX_SCHEDULE_AHEAD:
        raise InvalidSchedule(
            f"{argument} is {(at - present) / timedelta(days=1):.2f} days ahead; 8x8 takes at most 7. "
            "Keep the message and hand it over later",
            argument=argument,
        )
    return at


def check_expiry(
    value: object, *, scheduled: datetime | None = None, argument: str = "expiry", now: datetime | None = None
) -> datetime:
    """Like `check_time`, for the time after which a message is no longer worth delivering.

    Args:
        value: An aware datetime.
        scheduled: When the message is sent, already checked; None for at once.
        argument: Its name in messages.
        now: The current time; the system's clock when None.

    Raises:
        InvalidSchedule: As for `check_time`, or not after `scheduled`.
    """
    at = check_time(value, argument=argument, now=now)
    if scheduled is not None and at <= scheduled:
        raise InvalidSchedule(
            f"{argument} is not after the time the message is scheduled for, so it could never be sent",
            argument=argument,
        )
    return at
