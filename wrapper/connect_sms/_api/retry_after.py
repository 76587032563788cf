"""Reads ``Retry-After``."""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connect_sms.config import Settings
    from connect_sms.models.responses import RawResponse


def retry_after(settings: Settings, reply: RawResponse) -> float | None:
    """Seconds the server asks to wait, capped; None when not given.

    RFC 9110 allows a number of seconds or a date in three forms. Two proxies may each have added one: of
    several numbers the largest counts.
    """
    value = reply.headers.get("retry-after", "").strip()
    numbers = [number.strip() for number in value.split(",")]
    if all(number.isascii() and number.isdigit() for number in numbers):
        seconds = max(map(float, numbers))
    else:
        try:
            moment = parsedate_to_datetime(value)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
        seconds = max((moment - settings.clock.now()).total_seconds(), 0.0)
    return min(seconds, settings.retries.max_retry_after)
