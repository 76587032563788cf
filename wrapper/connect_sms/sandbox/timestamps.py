"""ISO 8601 timestamps, written in the styles of the live service."""

from __future__ import annotations

from datetime import UTC, datetime


def format_timestamp(moment: float, digits: int) -> str:
    """An ISO 8601 timestamp with 0, 2 or 7 fraction digits.

    The live service mixes these, and writes the offset as ``+00:00`` beside 7 digits and as ``Z`` otherwise.
    """
    seconds, ticks = divmod(round(moment * 10**7), 10**7)
    whole = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    if digits == 0:
        return f"{whole}Z"
    if digits == 2:  # noqa: PLR2004 - the three styles of the live service
        return f"{whole}.{ticks // 10**5:02d}Z"
    return f"{whole}.{ticks:07d}+00:00"


def parse_timestamp(text: str) -> float:
    """Seconds since the epoch of an ISO 8601 date and time with an offset.

    Raises:
        ValueError: It is not such a text, has no offset, or is outside the calendar.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("no offset from UTC")
    try:
        return moment.timestamp()
    except OverflowError as error:
        raise ValueError(str(error)) from error
