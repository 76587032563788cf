"""Checks of single fields, and the refusal they end in."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from .clock import parse_when
from .places import COUNTRIES

if TYPE_CHECKING:
    from .settings import Settings

__all__ = [
    "Refusal",
    "check_country",
    "check_ip",
    "check_source",
    "check_url",
    "client_batch_id",
    "moment",
    "no_nulls",
]

MAX_CLIENT_BATCH_ID: Final = 20
MAX_SOURCE: Final = 16
_is_alphanumeric = re.compile(r"(?=.*[A-Za-z0-9])[A-Za-z0-9 ]+").fullmatch
_is_numeric = re.compile(r"\+?[0-9]+").fullmatch
_is_uri = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+").fullmatch
_MAX_ALPHANUMERIC: Final = 11


class Refusal(Exception):
    """The whole request is refused.

    Attributes:
        status: the HTTP status.
        code: the API code.
        message: what is wrong, without the value.
    """

    def __init__(self, code: int, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def client_batch_id(value: object) -> str | None:
    """The caller's id of a batch, at most 20 characters, or None.

    Raises:
        Refusal: it is not.
    """
    if value is None:
        return None
    if not isinstance(value, str):
        raise Refusal(1000, "clientBatchId is not a string")
    if len(value) > MAX_CLIENT_BATCH_ID:
        raise Refusal(3014, f"clientBatchId has more than {MAX_CLIENT_BATCH_ID} characters")
    return value


def check_source(source: object) -> tuple[str | None, str | None]:
    """A sender ID, and ``source-too-long`` when its messages are to be rejected.

    Raises:
        Refusal: it is not.
    """
    if source is None:
        return None, None
    if not isinstance(source, str):
        raise Refusal(1000, "source is not a string")
    numeric = _is_numeric(source)
    if len(source) > (MAX_SOURCE if numeric else _MAX_ALPHANUMERIC):
        return source, "source-too-long"
    if not numeric and not _is_alphanumeric(source):
        raise Refusal(1005, "source is letters, digits and spaces, or a number")
    return source, None


def moment(value: object, code: int, name: str) -> float:
    """Seconds since the epoch.

    Raises:
        Refusal: it is not.
    """
    if not isinstance(value, str):
        raise Refusal(1000, f"{name} is not a string")
    try:
        return parse_when(value)
    except ValueError:
        raise Refusal(code, f"{name} is not an ISO 8601 date and time with an offset") from None


def check_country(value: object) -> str:
    """A country the numbering plan knows, in capitals.

    Raises:
        Refusal: it is not.
    """
    if not isinstance(value, str) or value.upper() not in COUNTRIES:
        raise Refusal(1009, "country is not a two-letter ISO 3166-1 code")
    return value.upper()


def check_ip(value: object) -> None:
    """An IPv4 or IPv6 address.

    Raises:
        Refusal: it is not.
    """
    try:
        ipaddress.ip_address(value if isinstance(value, str) else "")
    except ValueError:
        raise Refusal(1012, "clientIp is not an IP address") from None


def check_url(value: object) -> str:
    """Where receipts can be posted.

    Raises:
        Refusal: it is not.
    """
    url = value if isinstance(value, str) else ""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        sound = usable and _is_uri(url) is not None
    except ValueError:
        sound = False
    if not sound:
        raise Refusal(3020, "dlrCallbackUrl is not an http or https URL")
    return url


def no_nulls(fields: dict[str, Any], settings: Settings, where: str) -> None:
    """Refuse null, or take it out: no request field is documented as nullable.

    Raises:
        Refusal: there is one, and the sandbox is not lenient.
    """
    if None in fields.values():
        if not settings.allow_unknown_fields:
            name = next(name for name, value in fields.items() if value is None)
            raise Refusal(1000, f"The field {name[:40]!r} of {where} is null")
        for name in [name for name, value in fields.items() if value is None]:
            del fields[name]
