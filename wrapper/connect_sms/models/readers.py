"""Lenient readers of single values in answers, receipts and log exports.

A value of another kind becomes None, never an error: one invalid field must not cost the rest.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

MAX_ID_LENGTH: Final = 350
"""The longest id that 8x8 accepts. A longer value is not an id, and would not fit a database index."""

MAX_COUNT: Final = 2**31 - 1
"""The largest number accepted as an error code or a number of parts."""

_MAX_AMOUNT_LENGTH: Final = 40

_NO_TIME: Final = 1
"""The year of the time that .NET writes for none: ``0001-01-01T00:00:00``."""

_NOT_STORABLE: Final = re.compile("[\0\ud800-\udfff]")
_is_whole = re.compile(r"\s*([0-9]{1,10})(?:\.0+)?\s*", re.ASCII).fullmatch
_is_currency = re.compile(r"[A-Za-z]{3}").fullmatch
_has_decimal_comma = re.compile(r"\s*[+-]?[0-9]+,[0-9]+\s*", re.ASCII).fullmatch
_is_phone_number = re.compile(r"\+?[1-9][0-9]{6,14}").fullmatch


def as_str(value: object) -> str | None:
    """A string as it was written; for a number its digits, since an id may arrive as one."""
    word = getattr(value, "value", value)  # a known value of an open list arrives as an enum member
    if isinstance(word, str):
        return word
    return str(word) if isinstance(word, int | float) and not isinstance(word, bool) else None


def storable(text: str) -> str:
    """A text that every database accepts: NUL and lone surrogates are replaced."""
    # Printable text has neither, and this check is faster than searching.
    return text if text.isprintable() else _NOT_STORABLE.sub("\ufffd", text)


def as_text(value: object) -> str | None:
    """A text of any length, storable."""
    text = as_str(value)
    return storable(text) if text else None


def as_word(value: object) -> str | None:
    """An id, state or other short value, storable and stripped; None when empty or over 350 characters."""
    if value is None:
        return None
    text = value if type(value) is str else as_str(value)
    word = storable(text).strip() if text else None
    return word if word and len(word) <= MAX_ID_LENGTH else None


def as_int(value: object) -> int | None:
    """An integer of at most 64 bits, also when written as ``2.0`` or as a string of up to 10 digits."""
    if value is None:
        return None
    if isinstance(value, str):
        found = _is_whole(value)
        return int(found[1]) if found else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not -(2**63) <= value < 2**64:
        return None
    return int(value) if value == int(value) else None


def as_count(value: object) -> int | None:
    """An integer from 0 to `MAX_COUNT`."""
    number = value if type(value) is int else as_int(value)
    return number if number is not None and 0 <= number <= MAX_COUNT else None


def as_amount(value: object) -> Decimal | None:
    """A finite decimal number that fits on a line when written out.

    A spreadsheet of another country writes a decimal comma, and none writes a comma between thousands by
    itself: so one comma alone is the decimal sign.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        # Through its shortest decimal form: Decimal(0.0012) would be 0.00119999...
        text = str(value)
        if len(text) > _MAX_AMOUNT_LENGTH:
            return None
        amount = Decimal(text.replace(",", ".") if _has_decimal_comma(text) else text)
    except (InvalidOperation, ValueError):
        return None
    return amount if amount.is_finite() and abs(amount.adjusted()) < _MAX_AMOUNT_LENGTH else None


def as_currency(value: object) -> str | None:
    """Three letters in upper case, as in ISO 4217."""
    word = as_word(value) if isinstance(value, str) else None
    return word.upper() if word and _is_currency(word) else None


def as_time(value: object) -> datetime | None:
    """A timestamp in UTC.

    8x8 writes 0, 2 or 7 digits of a second, and ``Z`` or an offset. Without an offset it is UTC. The first
    day of the calendar stands for no time.
    """
    if not isinstance(value, str):
        return None
    try:
        time = as_utc(datetime.fromisoformat(value.strip().upper()))
    except (ValueError, OverflowError):
        return None
    return time if time.year > _NO_TIME else None


def as_utc(time: datetime) -> datetime:
    """The same time in UTC; without an offset it is UTC."""
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def as_phone_number(value: object) -> str | None:
    """A phone number as ``+`` and digits; None for one that is masked, national or invalid."""
    word = as_word(value)
    return f"+{word.removeprefix('+')}" if word and _is_phone_number(word) else None
