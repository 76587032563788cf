"""Checks of the fields of a request; each raises `Refusal` for a value that is not allowed."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from connect_sms.models.calling_codes import COUNTRIES
from connect_sms.sandbox.timestamps import parse_timestamp

from .refusals import Refusal

if TYPE_CHECKING:
    from connect_sms.sandbox.settings import SandboxSettings

_MAX_CLIENT_BATCH_ID: Final = 20
_MAX_CLIENT_MESSAGE_ID: Final = 350
_MAX_NUMERIC: Final = 16
_MAX_NAME: Final = 11
_ENCODINGS: Final = frozenset({"AUTO", "GSM7", "UCS2"})
_is_name = re.compile(r"[!-~][ -~]*").fullmatch
_is_numeric = re.compile(r"\+?[0-9]+").fullmatch
_is_uri = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+").fullmatch


def check_client_batch_id(value: object) -> None:
    """The caller's id of a batch, at most 20 characters."""
    if not isinstance(value, str):
        raise Refusal(1000, "clientBatchId is not a string")
    if len(value) > _MAX_CLIENT_BATCH_ID:
        raise Refusal(3014, f"clientBatchId has more than {_MAX_CLIENT_BATCH_ID} characters")


def check_client_message_id(value: object) -> None:
    """The caller's id of a message, at most 350 characters."""
    if not isinstance(value, str):
        raise Refusal(1000, "clientMessageId is not a string")
    if len(value) > _MAX_CLIENT_MESSAGE_ID:
        raise Refusal(3009, f"clientMessageId has more than {_MAX_CLIENT_MESSAGE_ID} characters")


def check_encoding(value: object) -> str:
    """An encoding."""
    if not isinstance(value, str) or value not in _ENCODINGS:
        raise Refusal(1003, "encoding is AUTO, GSM7 or UCS2")
    return value


def check_source(source: object) -> tuple[str | None, str | None]:
    """A sender ID, and ``source-too-long`` when its messages are to be rejected."""
    if source is None:
        return None, None
    if not isinstance(source, str):
        raise Refusal(1000, "source is not a string")
    numeric = _is_numeric(source)
    if len(source) > (_MAX_NUMERIC if numeric else _MAX_NAME):
        return source, "source-too-long"
    if not numeric and not _is_name(source):
        raise Refusal(1005, "source is a name in ASCII, or a number")
    return source, None


def check_moment(value: object, code: int, name: str) -> float:
    """Seconds since the epoch."""
    if not isinstance(value, str):
        raise Refusal(1000, f"{name} is not a string")
    try:
        return parse_timestamp(value)
    except ValueError:
        raise Refusal(code, f"{name} is not an ISO 8601 date and time with an offset") from None


def check_country(value: object) -> str:
    """A country of the numbering plan, in upper case."""
    if not isinstance(value, str) or value.upper() not in COUNTRIES:
        raise Refusal(1009, "country is not a two-letter ISO 3166-1 code")
    return value.upper()


def check_ip(value: object) -> None:
    """An IPv4 or IPv6 address."""
    try:
        ipaddress.ip_address(value if isinstance(value, str) else "")
    except ValueError:
        raise Refusal(1012, "clientIp is not an IP address") from None


def check_url(value: object) -> str:
    """A URL to which receipts can be posted."""
    try:
        if isinstance(value, str) and _is_uri(value):
            parts = urlsplit(value)
            if parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0:
                return value
    except ValueError:  # from urlsplit, or for an invalid port
        pass
    raise Refusal(3020, "dlrCallbackUrl is not an http or https URL")


def check_fields(
    fields: dict[str, Any], allowed: frozenset[str], settings: SandboxSettings, where: str
) -> None:
    """Refuse null and unknown fields; a lenient sandbox ignores both and removes the nulls.

    No request field is documented as nullable. A misspelt field is refused to expose the mistake.
    """
    if None in fields.values():
        nulls = [name for name, value in fields.items() if value is None]
        if not settings.allow_unknown_fields:
            raise Refusal(1000, f"The field {nulls[0][:40]!r} of {where} is null")
        for name in nulls:
            del fields[name]
    if not fields.keys() <= allowed and not settings.allow_unknown_fields:
        unknown = min(fields.keys() - allowed)
        raise Refusal(
            1000, f"Unknown field {unknown[:40]!r} in {where}; the sandbox accepts documented fields only"
        )
