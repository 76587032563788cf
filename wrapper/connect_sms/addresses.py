"""Checks of what goes into a request, and masking of what comes into a message.

Each check takes whatever the caller gave and returns the ``str`` that goes on the wire, or raises an
`InvalidArgument` that says how to put it right. The good path is one precompiled expression, because
destination and sender are checked on every send; explaining is left to the failure. No message here shows
the value itself: a position, a length or a character's code point is enough to find the fault.

Limits are those of 8x8's public description of its SMS API. Positions count from 0, as Python does.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from .errors import InvalidArgument, InvalidDestination, InvalidSchedule, InvalidSender

__all__ = [
    "check_client_batch_id",
    "check_client_ip",
    "check_client_message_id",
    "check_country",
    "check_destination",
    "check_expiry",
    "check_path_segment",
    "check_scheduled",
    "check_sender",
    "check_sub_account_id",
    "check_time",
    "check_url",
    "mask",
    "scrub",
]

MAX_SCHEDULE_AHEAD: Final = timedelta(days=7)
MAX_PATH_SEGMENT: Final = 256
"""Characters; a UMID is a UUID today, and percent-encoded this still fits any server's request line."""

_QUOTE: Final = 12
"""Characters in a row from which on a server's words repeat ours by no coincidence."""

# [0-9] and never \d, fullmatch and never $: the alternatives let Arabic digits and a newline through.
_is_destination = re.compile(r"\+?[1-9][0-9]{6,14}").fullmatch
_is_sender = re.compile(
    r"\+[0-9]{1,15}|[0-9]{1,16}|(?=[0-9 ]*[A-Za-z])[A-Za-z0-9](?:[A-Za-z0-9 ]{0,9}[A-Za-z0-9])?"
).fullmatch
_is_country = re.compile(r"[A-Za-z]{2}").fullmatch
_is_sub_account_id = re.compile(r"(?!\.+\Z)[A-Za-z0-9\-._&]{3,50}").fullmatch
_is_host = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*").fullmatch
_not_opaque = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]").search
_not_in_url = re.compile(r"[^!-~]|[\"<>\\^`{|}]").search
_is_written_number = re.compile(r"\+?[0-9 ().\-/]+").fullmatch
_is_float = re.compile(r"[0-9]+\.[0-9]+[eE]\+?[0-9]+|[0-9]+\.0").fullmatch
_number_in_words = re.compile(r"\+?\(?\d(?:[\s().\-/+\u2010-\u2015]{0,3}\d){6,}")

_COMMON_SIGNS: Final = {
    " ": "a space", "-": "a dash", "(": "a bracket", ")": "a bracket", ".": "a full stop", "/": "a slash",
    "+": "a +", "\n": "a line break", "\r": "a line break", "\t": "a tab",
}  # fmt: skip
_KINDS: Final = {
    "Nd": "a digit of another script,",
    "L": "a letter outside ASCII,",
    "C": "the invisible character",
    "Z": "the invisible character",
}


def check_destination(value: object, *, country: str | None = None) -> str:
    """Checks a phone number to send to, and returns it as it is.

    Args:
        value: An international number of 7 to 15 digits with or without ``+``; with `country` also a
            national one without its trunk 0, which 8x8 completes.
        country: The country that 8x8 is to read a national number in. It changes the advice, not the rule.

    Raises:
        InvalidDestination: 8x8 would not take it.
    """
    if isinstance(value, str) and _is_destination(value):
        return value
    raise InvalidDestination(_explain_destination(value, country), argument="destination")


def check_sender(value: object) -> str:
    """Checks a sender ID and returns it as it is.

    A sender ID is numeric (a short or long code: digits with or without ``+``, at most 16 characters) or
    alphanumeric (ASCII letters, digits and inner spaces, at most 11 characters, at least one letter).
    8x8's text speaks of 17 characters for a number and its schema of 16; only 16 is safe under both.
    A space at either end is refused, because a phone shows the result as another sender.

    Raises:
        InvalidSender: 8x8 would not take it, or not show it as written.
    """
    if isinstance(value, str) and _is_sender(value):
        return value
    raise InvalidSender(_explain_sender(value), argument="sender")


def check_country(value: object) -> str:
    """Checks an ISO 3166-1 alpha-2 country code and returns it in upper case.

    Only the form is checked: which codes are assigned changes with the world, and 8x8 knows.

    Raises:
        InvalidArgument: It is not two ASCII letters.
    """
    if isinstance(value, str) and _is_country(value):
        return value.upper()
    wrong = _length_of(value)
    raise InvalidArgument(
        f'country must be two ASCII letters (ISO 3166-1 alpha-2, such as "GB"), not {wrong}',
        argument="country",
    )


def check_sub_account_id(value: object) -> str:
    """Checks a sub-account id: 3 to 50 of ASCII letters, digits and ``- . _ &``, and not dots alone.

    Raises:
        InvalidArgument: It does not fit; dots alone would make the request go to another path.
    """
    if isinstance(value, str) and _is_sub_account_id(value):
        return value
    if isinstance(value, str) and value and not value.strip("."):
        wrong = "dots alone"
    elif isinstance(value, str) and (odd := re.search(r"[^A-Za-z0-9\-._&]", value)):
        wrong = _character_at(value, odd.start())
    else:
        wrong = _length_of(value)
    raise InvalidArgument(
        f"sub_account_id must be 3 to 50 ASCII letters, digits or one of - . _ &, not {wrong}; "
        "copy it from the 8x8 Connect dashboard",
        argument="sub_account_id",
    )


def check_path_segment(value: object, *, argument: str) -> str:
    """Checks an opaque id, such as a UMID, that becomes one segment of a path.

    Its form is 8x8's own affair, and percent-encoding makes every other string harmless; only what no
    encoding protects is refused.

    Raises:
        InvalidArgument: Not a str, empty, dots alone (``..`` means the parent path), longer than 256
            characters, or with a control character or half a surrogate pair.
    """
    text = _check_opaque(value, argument=argument, limit=MAX_PATH_SEGMENT)
    if not text.strip("."):
        raise InvalidArgument(
            f"{argument} must not be dots alone: that means another path", argument=argument
        )
    return text


def check_client_message_id(value: object) -> str:
    """Checks the caller's own id of a message: 1 to 350 characters, without control characters.

    Raises:
        InvalidArgument: It does not fit. Control characters would not survive a log export.
    """
    return _check_opaque(value, argument="client_message_id", limit=350)


def check_client_batch_id(value: object) -> str:
    """Checks the caller's own id of a batch: 1 to 20 characters, without control characters.

    Raises:
        InvalidArgument: It does not fit; a UUID, with its 32 to 36 characters, does not.
    """
    return _check_opaque(
        value, argument="client_batch_id", limit=20, hint=" (a UUID does not fit; shorten it)"
    )


def check_client_ip(value: object) -> str:
    """Checks the IP address of the person who caused a message, and returns it as it is.

    Raises:
        InvalidArgument: It is not a str with one IPv4 or IPv6 address, without port, network or zone.
    """
    import ipaddress  # noqa: PLC0415  few sends carry an address

    if isinstance(value, str) and "%" not in value:
        try:
            ipaddress.ip_address(value)
        except ValueError:
            pass
        else:
            return value
    what = "" if isinstance(value, str) else f", not {_type_of(value)}"
    raise InvalidArgument(
        f"client_ip must be one IPv4 or IPv6 address as a str, without port, network or zone{what}",
        argument="client_ip",
    )


def check_url(value: object, *, argument: str) -> str:
    """Checks an absolute http or https URL and returns it as it is.

    A user name or password in it is refused: it would stand in every request and every log on the way.

    Raises:
        InvalidArgument: Not such a URL. The message does not show it, as its query may hold a secret.
    """
    wrong = _wrong_with_url(value)
    if wrong or not isinstance(value, str):
        raise InvalidArgument(f"{argument} must be an http or https URL: {wrong}", argument=argument)
    return value


def check_time(value: object, *, argument: str, now: datetime | None = None) -> str:
    """Checks a time to come and returns it as 8x8 reads it: UTC, milliseconds, ``Z``.

    Args:
        value: A datetime that knows its offset from UTC.
        argument: Its name in messages.
        now: The present; the system's clock when None.

    Raises:
        InvalidSchedule: Not a datetime, without an offset, or not in the future.
    """
    return _wire_time(_future(value, argument, now))


def check_scheduled(value: object, *, argument: str = "scheduled", now: datetime | None = None) -> str:
    """Like `check_time`, for the time to send at, which 8x8 takes up to 7 days ahead.

    Raises:
        InvalidSchedule: As for `check_time`, or more than 7 days ahead.
    """
    present = datetime.now(UTC) if now is None else now
    at = _future(value, argument, present)
    if at - present > MAX_SCHEDULE_AHEAD:
        raise InvalidSchedule(
            f"{argument} is {(at - present) / timedelta(days=1):.2f} days ahead; 8x8 takes at most 7. "
            "Keep the message and hand it over later",
            argument=argument,
        )
    return _wire_time(at)


def check_expiry(
    value: object, *, scheduled: datetime | None = None, argument: str = "expiry", now: datetime | None = None
) -> str:
    """Like `check_time`, for the time after which a message is no longer worth delivering.

    Args:
        value: A datetime that knows its offset from UTC.
        scheduled: When the message is to be sent, already checked; None for at once.
        argument: Its name in messages.
        now: The present; the system's clock when None.

    Raises:
        InvalidSchedule: As for `check_time`, or not after `scheduled`.
    """
    at = _future(value, argument, now)
    if scheduled is not None and at <= scheduled:
        raise InvalidSchedule(
            f"{argument} is not after the time the message is scheduled for, so it could never be sent",
            argument=argument,
        )
    return _wire_time(at)


def mask(number: str) -> str:
    """A phone number fit for a log line: ``+447700900123`` becomes ``+4477*****123``.

    Numbers of fewer than 11 digits would give too much away, and anything else may be a text or a key:
    both become ``***``.
    """
    if _is_written_number(number):
        digits = re.sub(r"[^0-9]", "", number)
        if len(digits) >= 11:  # noqa: PLR2004  4 in front and 3 behind leave 4 to guess
            plus = "+" if number.startswith("+") else ""
            return f"{plus}{digits[:4]}{'*' * (len(digits) - 7)}{digits[-3:]}"
    return "***"


def scrub(text: str, *known: str | None) -> str:
    """A server's words, fit for an error message.

    Replaces each known string (key, text, number), also when 12 characters or more of it are quoted from
    anywhere in it, and then masks every run of 7 digits or more, however it is spaced. It rather hides a
    date than shows a number.

    Args:
        text: What the server wrote.
        known: What was sent to it and must not come back; None and empty strings are passed over.
            Strings of under 4 characters are replaced only where they stand alone as a word.
    """
    pieces = _pieces(text)
    for secret in sorted({entry for entry in known if entry}, key=lambda entry: (-len(entry), entry)):
        if len(secret) < _QUOTE:
            text = _without_word(text, secret)
        elif not pieces.isdisjoint(_pieces(secret)):
            text = _without_quotes(text, secret)
    return _number_in_words.sub(lambda match: mask(match[0]), text)


def _pieces(text: str) -> set[str]:
    return {text[at : at + _QUOTE] for at in range(len(text) - _QUOTE + 1)}


def _without_word(text: str, secret: str) -> str:
    if len(secret) >= 4:  # noqa: PLR2004  a text of "a" must not shred every sentence
        return text.replace(secret, mask(secret))
    return re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", "***", text)


def _without_quotes(text: str, secret: str) -> str:
    pieces, kept, start, at = _pieces(secret), list[str](), 0, 0
    while at + _QUOTE <= len(text):
        if text[at : at + _QUOTE] not in pieces:
            at += 1
            continue
        end = at + _QUOTE
        while end < len(text) and text[end + 1 - _QUOTE : end + 1] in pieces:
            end += 1
        kept += [text[start:at], mask(secret)]
        start = at = end
    return "".join([*kept, text[start:]])


def _explain_destination(value: object, country: str | None) -> str:
    if not isinstance(value, str):
        return f'destination must be a str such as "+447700900123", not {_type_of(value)}'
    if not value:
        return 'destination is empty; write it like "+447700900123"'
    if value.rstrip("\r\n") != value:
        return "destination ends with a line break, as lines of a file do: call .strip() on it first"
    if _is_float(value):
        return "destination went through a float or a spreadsheet (an exponent or .0): read it as text"
    if odd := re.search(r"[^0-9+]|(?<!^)\+", value):
        at = odd.start()
        fix = "a + may only stand first" if odd[0] == "+" else f"remove the character at position {at}"
        if odd[0].isdecimal():
            fix = "write it with the digits 0 to 9"
        elif odd[0].isalpha():
            fix = "a phone number has none"
        return f'destination has {_character_at(value, at)}: {fix}; write it like "+447700900123"'
    return _explain_digits(value.removeprefix("+"), country)


def _explain_digits(digits: str, country: str | None) -> str:
    if digits.startswith("00"):
        return "destination starts with 00: write the international form with + in its place"
    if digits.startswith("0"):
        if country is None:
            return (
                "destination starts with 0: write the international form (+, country code, no 0), "
                "or drop the 0 and give country="
            )
        return (
            "destination starts with 0: drop that trunk 0, or write the international form (+, country code)"
        )
    side = "few" if len(digits) < 7 else "many"  # noqa: PLR2004  E.164 as 8x8 reads it
    return f"destination has {len(digits)} digits, too {side}: 8x8 takes 7 to 15"


def _explain_sender(value: object) -> str:
    kinds = (
        "a sender ID is a number (at most 16 characters) or a name (at most 11 ASCII letters, digits, spaces)"
    )
    if not isinstance(value, str):
        return f"sender must be a str, not {_type_of(value)}: {kinds}"
    if not value.strip(" "):
        return f"sender is {'only spaces' if value else 'empty'}: leave it out to use the sub-account's own"
    if value.strip() != value:
        return "sender has a space or line break at its beginning or end: call .strip() on it first"
    if odd := re.search(r"[^A-Za-z0-9 +]|(?<!^)\+", value):
        return f"sender has {_character_at(value, odd.start())}: {kinds}"
    if not re.search("[A-Za-z]", value):
        if " " in value or value == "+":
            return (
                "sender has no letter, so it is a number, and a number is digits with at most a + before them"
            )
        return (
            f"sender has {len(value)} characters: a number may have 16, the + included "
            "(8x8's text says 17, its schema 16)"
        )
    if value.startswith("+"):
        return f"sender has a + and a letter: {kinds}"
    return f"sender has {len(value)} characters: with a letter in it, it may have 11"


def _check_opaque(value: object, *, argument: str, limit: int, hint: str = "") -> str:
    if not isinstance(value, str):
        raise InvalidArgument(f"{argument} must be a str, not {_type_of(value)}", argument=argument)
    if not 1 <= len(value) <= limit:
        raise InvalidArgument(
            f"{argument} must have 1 to {limit} characters, not {len(value)}{hint if value else ''}",
            argument=argument,
        )
    if odd := _not_opaque(value):
        raise InvalidArgument(
            f"{argument} has {_character_at(value, odd.start())}: remove it", argument=argument
        )
    return value


def _wrong_with_url(value: object) -> str | None:
    if not isinstance(value, str):
        return f"it must be a str, not {_type_of(value)}"
    if odd := _not_in_url(value):
        return f"it has {_character_at(value, odd.start())}; percent-encode it"
    from urllib.parse import urlsplit  # noqa: PLC0415  most sends carry no URL

    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
        _ = parts.port
        if ":" in host:
            import ipaddress  # noqa: PLC0415

            ipaddress.IPv6Address(host)
    except ValueError:
        return "its host or port cannot be read"
    if parts.scheme not in {"http", "https"}:
        return "it must begin with https:// or http://"
    if "@" in parts.netloc:
        return "it must hold no user name or password"
    if not (":" in host or _is_host(host)):
        return "its host is missing or malformed"
    if "#" in value:
        return "the part after # is never sent to a server; remove it"
    return None


def _future(value: object, argument: str, now: datetime | None) -> datetime:
    if not isinstance(value, datetime):
        raise InvalidSchedule(
            f"{argument} must be a datetime that knows its offset, such as "
            f"datetime.now(UTC) + timedelta(hours=1), not {_type_of(value)}",
            argument=argument,
        )
    if value.utcoffset() is None:
        raise InvalidSchedule(
            f"{argument} does not know its offset from UTC. Say where its clock hangs: "
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


def _to_milliseconds(value: datetime) -> datetime:
    # What is compared is what goes on the wire, or two times could differ here and be equal there.
    utc = value.astimezone(UTC)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


def _wire_time(utc: datetime) -> str:
    return utc.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def _character_at(text: str, position: int) -> str:
    character = text[position]
    if character in _COMMON_SIGNS:
        what = _COMMON_SIGNS[character]
    elif character.isascii() and character.isprintable():
        what = "a letter" if character.isalpha() else f"the sign {character}"
    else:
        import unicodedata  # noqa: PLC0415  only a failure pays for the names

        kind = unicodedata.category(character)
        what = _KINDS.get(kind) or _KINDS.get(kind[0], "the character")
        what = f"{what} U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()
    return f"{what} at position {position} (counted from 0)"


def _length_of(value: object) -> str:
    return f"a str of length {len(value)}" if isinstance(value, str) else _type_of(value)


def _type_of(value: object) -> str:
    return "None" if value is None else type(value).__name__
