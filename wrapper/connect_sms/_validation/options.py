"""Checks of a message's options, for single messages and rows of a batch."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from connect_sms._lazy import LazyModule
from connect_sms.errors.base import InvalidArgument
from connect_sms.models.private import PrivateDict, revealed
from connect_sms.text.counting import normalise_encoding

from .fields import check_client_ip, check_client_message_id, check_country, check_sender, check_track
from .schedule import check_expiry, check_scheduled
from .urls import check_url

if TYPE_CHECKING:
    import difflib
    from collections.abc import Callable, Collection, Iterable
    from datetime import datetime
else:
    difflib = LazyModule("difflib")

_CHECKS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "sender": check_sender,
    "receipt_url": partial(check_url, argument="receipt_url"),
    "encoding": normalise_encoding,
    "country": check_country,
    "client_ip": check_client_ip,
    "track": check_track,
}

OPTION_NAMES: Final = (*_CHECKS, "scheduled", "expiry")
"""The names of `connect_sms.options.MessageOptions`."""

SEND_NAMES: Final = (
    "destination",
    "text",
    *OPTION_NAMES,
    "client_message_id",
    "max_parts",
    "extra",
    "timeout",
)
"""The arguments of `SmsClient.send`."""


def check_names(
    call: str, given: Iterable[str], known: Collection[str], *, elsewhere: Mapping[str, str] | None = None
) -> None:
    """Refuse a keyword that a call does not take.

    Args:
        call: The name of what was called.
        given: The keywords it was given.
        known: Those it takes.
        elsewhere: What to do instead, for keywords that belong somewhere else.

    Raises:
        TypeError: There is no such argument; the message says what was meant, or which there are.
    """
    unknown = set(given).difference(known)
    if not unknown:
        return
    name = min(unknown)
    advice = (elsewhere or {}).get(name)
    if advice is None:
        close = difflib.get_close_matches(name, known, n=1)
        advice = f"did you mean {close[0]!r}?" if close else f"it takes {', '.join(sorted(known))}"
    raise TypeError(f"{call}() got an unexpected keyword argument {name!r}; {advice}")


def check_options(
    options: Mapping[str, Any], *, defaults: Mapping[str, Any], now: Callable[[], datetime]
) -> dict[str, Any]:
    """Check the options of a message.

    Args:
        options: What the caller gave, all of it in `OPTION_NAMES`; None counts as left out.
        defaults: Values already checked, for what is left out.
        now: The present.

    Returns:
        The options that have a value, by the same names.

    Raises:
        InvalidArgument: A value is wrong.
    """
    given = {name: value for name, value in options.items() if value is not None}
    checked = {name: value for name, value in defaults.items() if value is not None}
    checked.update((name, check(given[name])) for name, check in _CHECKS.items() if name in given)
    if "scheduled" in given:
        checked["scheduled"] = check_scheduled(given["scheduled"], now=now())
    if "expiry" in given:
        checked["expiry"] = check_expiry(given["expiry"], scheduled=checked.get("scheduled"), now=now())
    return checked


def check_extra(extra: Mapping[str, Any] | None, known: frozenset[str]) -> Mapping[str, Any] | None:
    """Check further fields: they may add to the request, but not bypass the checks of known fields.

    Returns:
        A copy whose repr does not show it.

    Raises:
        InvalidArgument: Not a mapping with str keys, or a key that has its own argument.
    """
    extra = revealed(extra)
    if extra is None:
        return None
    if not isinstance(extra, Mapping) or not all(isinstance(name, str) for name in extra):
        raise InvalidArgument("extra must map names of API fields to values", argument="extra")
    taken = known.intersection(extra)
    if taken:
        msg = f"extra must not hold {min(taken)!r}, which this call sets itself"
        raise InvalidArgument(msg, argument="extra")
    if not _is_json(dict(extra)):
        raise InvalidArgument("extra holds something JSON cannot say", argument="extra")
    return PrivateDict(extra)


def _is_json(document: dict[str, Any]) -> bool:
    # Strict with any encoder: orjson alone would send a NaN as null.
    try:
        json.dumps(document, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return False
    return True


def new_id() -> str:
    """A random clientMessageId: 32 hexadecimal digits."""
    return secrets.token_hex(16)


def check_id(client_message_id: str | None) -> str:
    """The caller's own id, checked, or a new one."""
    return new_id() if client_message_id is None else check_client_message_id(client_message_id)
