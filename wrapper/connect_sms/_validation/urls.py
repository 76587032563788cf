"""Checks of URLs."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from connect_sms._validation.wording import character_at, type_of
from connect_sms.errors.base import InvalidArgument

_is_host = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*").fullmatch
_not_in_url = re.compile(r"[^!-~]|[\"<>\\^`{|}]").search


def check_url(value: object, *, argument: str) -> str:
    """Checks an absolute http or https URL and returns it as it is.

    A user name or password in it is refused: it would appear in every request and in logs.

    Raises:
        InvalidArgument: Not a valid URL. The message does not show it, as its query may hold a secret.
    """
    wrong = _wrong_with_url(value)
    if wrong or not isinstance(value, str):
        raise InvalidArgument(f"{argument} must be an http or https URL: {wrong}", argument=argument)
    return value


def _wrong_with_url(value: object) -> str | None:
    if not isinstance(value, str):
        return f"it must be a str, not {type_of(value)}"
    if odd := _not_in_url(value):
        return f"it has {character_at(value, odd.start())}; percent-encode it"
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
        _ = parts.port
        if ":" in host:
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
