"""Times as people type them: ISO 8601 with an offset, or so long from now."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from connect_sms.errors.base import InvalidSchedule

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_from_now = re.compile(r"\+([0-9]{1,7})([smhd])").fullmatch


def parse_time(text: str, argument: str) -> datetime:
    """A point in time.

    Args:
        text: Like ``2030-01-31T09:00:00+01:00``, ``2030-01-31 08:00Z``, or ``+90m``, ``+2h``, ``+3d``.
        argument: What it is called in messages.

    Raises:
        InvalidSchedule: It is none of these, or does not say its offset.
    """
    if found := _from_now(text):
        return datetime.now(UTC) + timedelta(**{_UNITS[found[2]]: int(found[1])})
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidSchedule(
            f"{argument} is not a time: write 2030-01-31T09:00:00+01:00, "
            "or +90m, +2h, +3d for so long from now",
            argument=argument,
        ) from None
    if moment.utcoffset() is None:
        raise InvalidSchedule(
            f"{argument} does not say which clock it is read from: add the offset from UTC, "
            "like 2030-01-31T09:00:00+01:00, or Z for UTC",
            argument=argument,
        )
    return moment
