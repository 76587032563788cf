"""Checks of single fields of a request.

Each check takes whatever the caller gave and returns the ``str`` that goes on the wire, or raises an
`InvalidArgument` that says how to correct it. The success path is one precompiled expression, because
destination and sender are checked on every send; only a failure is explained. No message shows the value
itself: a position, a length or a character's code point is enough to find the fault.

Limits are those of 8x8's public description of its SMS API. Positions count from 0.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Final, get_args

from connect_sms._validation.wording import character_at, length_of, type_of
from connect_sms.errors.base import InvalidArgument, InvalidSender
from connect_sms.models.messages import Track, UncheckedSender
from connect_sms.models.private import plain

MAX_PATH_SEGMENT: Final = 256
"""Characters; a UMID is a UUID today, and percent-encoded this still fits any server's request line."""
_MAX_SENDER: Final = 16
_TRACKS: Final = get_args(Track)

_is_sender = re.compile(
    r"\+[0-9]{1,15}|[0-9]{1,16}|(?=[0-9 ]*[A-Za-z])[A-Za-z0-9](?:[A-Za-z0-9 ]{0,9}[A-Za-z0-9])?"
).fullmatch
_is_country = re.compile(r"[A-Za-z]{2}").fullmatch
_is_sub_account_id = re.compile(r"(?!\.+\Z)[A-Za-z0-9\-._&]{3,50}").fullmatch
_not_opaque = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]").search


def check_sender(value: object) -> str:
    """Checks a sender ID and returns it as it is.

    A sender ID is numeric (a short or long code: digits with or without ``+``, at most 16 characters) or
    alphanumeric (ASCII letters, digits and inner spaces, at most 11 characters, at least one letter).
    8x8's text allows 17 characters for a number and its schema 16; only 16 is safe under both.
    A space at either end is refused, because a phone shows the result as another sender.

    An `UncheckedSender` may have 1 to 16 characters of any kind but control characters, as in 8x8's schema.

    Raises:
        InvalidSender: 8x8 would refuse it, or not show it as written.
    """
    if isinstance(value, UncheckedSender):
        try:
            return _check_opaque(value, argument="sender", limit=_MAX_SENDER)
        except InvalidArgument as wrong:
            raise InvalidSender(str(wrong), argument="sender") from None
    if isinstance(value, str) and _is_sender(value):
        return value
    raise InvalidSender(_explain_sender(value), argument="sender")


def check_country(value: object) -> str:
    """Checks an ISO 3166-1 alpha-2 country code and returns it in upper case.

    Only the form is checked: assigned codes change over time, and 8x8 checks them.

    Raises:
        InvalidArgument: It is not two ASCII letters.
    """
    if isinstance(value, str) and _is_country(value):
        return value.upper()
    wrong = length_of(value)
    raise InvalidArgument(
        f'country must be two ASCII letters (ISO 3166-1 alpha-2, such as "GB"), not {wrong}',
        argument="country",
    )


def check_sub_account_id(value: object) -> str:
    """Checks a sub-account id: 3 to 50 of ASCII letters, digits and ``- . _ &``, and not dots alone.

    Raises:
        InvalidArgument: It does not match; dots alone would change the request's path.
    """
    if isinstance(value, str) and _is_sub_account_id(value):
        return value
    if isinstance(value, str) and value and not value.strip("."):
        wrong = "dots alone"
    elif isinstance(value, str) and (odd := re.search(r"[^A-Za-z0-9\-._&]", value)):
        wrong = character_at(value, odd.start())
    else:
        wrong = length_of(value)
    raise InvalidArgument(
        f"sub_account_id must be 3 to 50 ASCII letters, digits or one of - . _ &, not {wrong}; "
        "copy it from the 8x8 Connect dashboard",
        argument="sub_account_id",
    )


def check_path_segment(value: object, *, argument: str) -> str:
    """Checks an opaque id, such as a UMID, that becomes one segment of a path.

    Its form is defined by 8x8. Percent-encoding makes other strings safe; only what it cannot protect
    is refused.

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
        InvalidArgument: The id is too long or has control characters, which a log export would not keep.
    """
    return _check_opaque(value, argument="client_message_id", limit=350)


def check_client_batch_id(value: object) -> str:
    """Checks the caller's own id of a batch: 1 to 20 characters, without control characters.

    Raises:
        InvalidArgument: The id is too long, as a UUID is, or has control characters.
    """
    return _check_opaque(
        value, argument="client_batch_id", limit=20, hint=" (a UUID does not fit; shorten it)"
    )


def check_client_ip(value: object) -> str:
    """Checks the IP address of the person who caused a message, and returns it as it is.

    Raises:
        InvalidArgument: It is not a str with one IPv4 or IPv6 address, without port, network or zone.
    """
    if isinstance(value, str) and "%" not in value:
        try:
            ipaddress.ip_address(value)
        except ValueError:
            pass
        else:
            return value
    what = "" if isinstance(value, str) else f", not {type_of(value)}"
    raise InvalidArgument(
        f"client_ip must be one IPv4 or IPv6 address as a str, without port, network or zone{what}",
        argument="client_ip",
    )


def check_track(value: object) -> str:
    """Checks the value for tracking conversions, and returns it as it is.

    Raises:
        InvalidArgument: It is neither ``"Outcome"`` nor ``"None"``.
    """
    if isinstance(value, str) and value in _TRACKS:
        return value
    raise InvalidArgument('track must be "Outcome" or "None"', argument="track")


def _explain_sender(value: object) -> str:
    kinds = (
        "a sender ID is a number (at most 16 characters) or a name (at most 11 ASCII letters, digits, spaces)"
    )
    if not isinstance(value, str):
        return f"sender must be a str, not {type_of(value)}: {kinds}"
    if not value.strip(" "):
        return f"sender is {'only spaces' if value else 'empty'}: leave it out to use the sub-account's own"
    if value.strip() != value:
        return "sender has a space or line break at its beginning or end: call .strip() on it first"
    if odd := re.search(r"[^A-Za-z0-9 +]|(?<!^)\+", value):
        known = (
            "; one that 8x8 has confirmed goes out all the same as UncheckedSender(...), --unchecked-sender"
        )
        return f"sender has {character_at(value, odd.start())}: {kinds}{known}"
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
        raise InvalidArgument(f"{argument} must be a str, not {type_of(value)}", argument=argument)
    if not 1 <= len(value) <= limit:
        raise InvalidArgument(
            f"{argument} must have 1 to {limit} characters, not {len(value)}{hint if value else ''}",
            argument=argument,
        )
    if odd := _not_opaque(value):
        raise InvalidArgument(
            f"{argument} has {character_at(value, odd.start())}: remove it", argument=argument
        )
    return plain(value)
