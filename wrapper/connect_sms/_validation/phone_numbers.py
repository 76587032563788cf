"""Checks of phone numbers."""

from __future__ import annotations

import re

from connect_sms._validation.wording import character_at, plural, type_of
from connect_sms.errors.base import InvalidDestination

# [0-9] and never \d, fullmatch and never $: the alternatives let Arabic digits and a newline through.
_is_destination = re.compile(r"\+?[1-9][0-9]{6,14}").fullmatch
_is_float = re.compile(r"[0-9]+\.[0-9]+[eE]\+?[0-9]+|[0-9]+\.0").fullmatch


def check_destination(value: object, *, country: str | None = None, argument: str = "destination") -> str:
    """Checks a phone number to send to, and returns it as it is.

    Args:
        value: An international number of 7 to 15 digits with or without ``+``; with `country` also a
            national one without its trunk 0, which 8x8 completes.
        country: The country of a national number. It changes the advice, not the rule.
        argument: Its name in messages.

    Raises:
        InvalidDestination: 8x8 would refuse it.
    """
    if isinstance(value, str) and _is_destination(value):
        return value
    raise InvalidDestination(f"{argument} {_explain_destination(value, country)}", argument=argument)


def _explain_destination(value: object, country: str | None) -> str:
    if not isinstance(value, str):
        return f'must be a str such as "+447700900123", not {type_of(value)}'
    if not value:
        return 'is empty; write it like "+447700900123"'
    if value.rstrip("\r\n") != value:
        return "ends with a line break, as lines of a file do: call .strip() on it first"
    if _is_float(value):
        return "went through a float or a spreadsheet (an exponent or .0): read it as text"
    if odd := re.search(r"[^0-9+]|(?<!^)\+", value):
        at = odd.start()
        fix = "a + may only stand first" if odd[0] == "+" else f"remove the character at position {at}"
        if odd[0].isdecimal():
            fix = "write it with the digits 0 to 9"
        elif odd[0].isalpha():
            fix = "a phone number has none"
        return f'has {character_at(value, at)}: {fix}; write it like "+447700900123"'
    return _explain_digits(value.removeprefix("+"), country)


def _explain_digits(digits: str, country: str | None) -> str:
    if digits.startswith("00"):
        return "starts with 00: write the international form with + in its place"
    if digits.startswith("0"):
        if country is None:
            return (
                "starts with 0: write the international form (+, country code, no 0), "
                "or drop the 0 and give country="
            )
        return "starts with 0: drop that trunk 0, or write the international form (+, country code)"
    side = "few" if len(digits) < 7 else "many"  # noqa: PLR2004  E.164 as 8x8 reads it
    return f"has {plural(len(digits), 'digit')}, too {side}: 8x8 takes 7 to 15"
