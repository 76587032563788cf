"""Checks of times: scheduled, expiry."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from connect_sms._validation.wording import type_of
from connect_sms.errors.base import InvalidSchedule

MAX_SCHEDULE_AHEAD: Final = timedelta(days=7)


def check_time(value: object, *, argument: str, now: datetime | None = None) -> datetime:
    """Checks a future time and returns it in UTC and whole milliseconds.

    Args:
        value: An aware datetime.
        argument: Its name in messages.
        now: The current time; the system's clock when None.

    Raises:
        InvalidSchedule: Not a datetime, without an offset, or not in the future.
    """
    if not isinstance(value, datetime):
        raise InvalidSchedule(
            f"{argument} must be a datetime that knows its offset, such as "
            f"datetime.now(UTC) + timedelta(hours=1), not {type_of(value)}",
            argument=argument,
        )
    if value.utcoffset() is None:
        raise InvalidSchedule(
            f"{argument} has no offset from UTC. Give it a time zone: "
            f'{argument}.replace(tzinfo=ZoneInfo("Europe/London")), or {argument}.astimezone() for here',
            argument=argument,
        )
    try:
        at = _to_milliseconds(value)
    except OverflowError:
        raise InvalidSchedule(
            f"{argument} is outside the years 1 to 9999 in UTC", argument=argument
        ) from None
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


def _to_milliseconds(value: datetime) -> datetime:
    # The encoded times are compared, or two times could differ here and be equal there.
    utc = value.astimezone(UTC)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)
