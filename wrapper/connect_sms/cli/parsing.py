"""Parses arguments: times in ISO 8601 or relative to now, and a text from standard input."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

from connect_sms.errors.base import InvalidArgument, InvalidSchedule, InvalidSender, InvalidText
from connect_sms.models.messages import UncheckedSender

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_from_now = re.compile(r"\+([0-9]{1,7})([smhd])").fullmatch
_ago = re.compile(r"([0-9]{1,6})([mhd])").fullmatch


def parse_time(text: str, argument: str) -> datetime:
    """A point in time.

    Args:
        text: Like ``2030-01-31T09:00:00+01:00``, ``2030-01-31 08:00Z``, or ``+90m``, ``+2h``, ``+3d``.
        argument: Its name in messages.

    Raises:
        InvalidSchedule: It is none of these, or has no offset.
    """
    if found := _from_now(text):
        return datetime.now(UTC) + timedelta(**{_UNITS[found[2]]: int(found[1])})
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidSchedule(
            f"{argument} is not a time: write 2030-01-31T09:00:00+01:00, or +90m, +2h, +3d from now",
            argument=argument,
        ) from None
    if moment.utcoffset() is None:
        raise InvalidSchedule(
            f"{argument} does not say which clock it is read from: add the offset from UTC, "
            "like 2030-01-31T09:00:00+01:00, or Z for UTC",
            argument=argument,
        )
    return moment


def parse_past_time(text: str, argument: str) -> datetime:
    """A point in time: ISO 8601 with an offset, or relative to now, in the past.

    Args:
        text: Like ``2026-07-01T06:00:00Z``, or ``90m``, ``12h``, ``3d`` before now.
        argument: Its name in messages.

    Raises:
        InvalidArgument: It is none of these.
    """
    try:
        if found := _ago(text):
            return datetime.now(UTC) - timedelta(**{_UNITS[found[2]]: int(found[1])})
        when = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        when = None
    if when is None or when.utcoffset() is None:
        raise InvalidArgument(
            f"{argument} is not a time: write 2026-07-01T06:00:00Z, with its offset from UTC, "
            "or 90m, 12h, 3d ago",
            argument=argument,
        )
    return when


def text_or_stdin(text: str | None) -> str:
    """The text as given, or standard input for ``-``, without its last line break.

    Raises:
        InvalidText: Standard input is closed or not UTF-8.
    """
    if text != "-":
        return text or ""
    if sys.stdin is None:  # pyright: ignore[reportUnnecessaryComparison]  it is, where it was closed
        raise InvalidText("standard input is closed: it has no text", argument="text")
    try:
        found = sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        found = None
    if found is None:
        raise InvalidText("the text on standard input is not UTF-8", argument="text")
    return found.removesuffix("\n").removesuffix("\r")


def parse_options(**options: Any) -> dict[str, Any]:
    """Command-line options of a send, as arguments of `SmsClient.send` and `iter_batch`.

    Raises:
        InvalidSchedule: A time cannot be read.
        InvalidSender: There are two senders.
    """
    unchecked = options.pop("unchecked_sender")
    if unchecked is not None:
        if options["sender"] is not None:
            raise InvalidSender(
                "give --sender or --unchecked-sender, not both", argument="--unchecked-sender"
            )
        options["sender"] = UncheckedSender(unchecked)
    for name in ("scheduled", "expiry"):
        if options[name] is not None:
            options[name] = parse_time(options[name], f"--{name}")
    return options
