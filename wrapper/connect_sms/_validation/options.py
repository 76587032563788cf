"""From what a caller gives to what goes on the wire: every check, once, for one message or a million."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypedDict

from connect_sms.errors.base import InvalidArgument
from connect_sms.text.counting import Segments, check_text, normalise_encoding
from connect_sms_api.models import RequestEncoding, Tracking

from .fields import check_client_ip, check_client_message_id, check_country, check_sender
from .phone_numbers import check_destination
from .schedule import check_expiry, check_scheduled
from .urls import check_url

if TYPE_CHECKING:
    from connect_sms.config import Settings


_TRACKING: Final[Mapping[object, Tracking]] = {word.value: word for word in Tracking}


#: Fields of a message that have an argument of their own.
MESSAGE_FIELDS: Final = frozenset(
    {
        "clientIp",
        "clientMessageId",
        "country",
        "destination",
        "dlrCallbackUrl",
        "encoding",
        "expiry",
        "scheduled",
        "source",
        "text",
        "track",
    }
)

#: Fields of a batch that `send_batch` sets. 8x8 would drop `messages` or `destinations` if it were sent both.
BATCH_FIELDS: Final = frozenset({"clientBatchId", "destinations", "includeMessagesInResponse", "messages"})


class Fields(TypedDict, total=False):
    """Arguments that the generated classes for a single message and for one of a batch have in common."""

    country: str
    source: str
    encoding: RequestEncoding
    scheduled: datetime
    expiry: datetime
    dlr_callback_url: str
    client_ip: str
    track: Tracking


def new_id() -> str:
    """A clientMessageId nobody else has: 32 hexadecimal digits."""
    return secrets.token_hex(16)


def check_options(  # noqa: C901  one line for each option
    settings: Settings,
    *,
    sender: str | None = None,
    encoding: str | None = None,
    scheduled: datetime | None = None,
    expiry: datetime | None = None,
    receipt_url: str | None = None,
    country: str | None = None,
    client_ip: str | None = None,
    track: str | None = None,
) -> Fields:
    """Check all that is not destination, text or id; what is not given and has no default is left out.

    Raises:
        InvalidArgument: Something is wrong.
    """
    fields: Fields = {}
    if sender is not None:
        fields["source"] = check_sender(sender)
    elif settings.sender is not None:
        fields["source"] = settings.sender
    if receipt_url is not None:
        fields["dlr_callback_url"] = check_url(receipt_url, argument="receipt_url")
    elif settings.receipt_url is not None:
        fields["dlr_callback_url"] = settings.receipt_url
    if encoding is not None:
        fields["encoding"] = RequestEncoding(normalise_encoding(encoding))
    if country is not None:
        fields["country"] = check_country(country)
    if scheduled is not None:
        fields["scheduled"] = datetime.fromisoformat(check_scheduled(scheduled, now=settings.clock.now()))
    if expiry is not None:
        fields["expiry"] = datetime.fromisoformat(
            check_expiry(expiry, scheduled=scheduled, now=settings.clock.now())
        )
    if client_ip is not None:
        fields["client_ip"] = check_client_ip(client_ip)
    if track is not None:
        # By equality and not by hash: what a caller passes by mistake need not be hashable.
        word = _TRACKING.get(track) if isinstance(track, str) else None
        if word is None:
            msg = 'track must be "Outcome" or "None"'
            raise InvalidArgument(msg, argument="track")
        fields["track"] = word
    return fields


def check_body(settings: Settings, text: object, fields: Fields, max_parts: int | None) -> Segments:
    """Check a text against the encoding asked for and the longest length allowed.

    Raises:
        InvalidText: It would not go out whole.
    """
    encoding = fields.get("encoding")
    return check_text(
        text,  # type: ignore[arg-type]  # check_text says so when it is no str
        "AUTO" if encoding is None else encoding.value,
        max_parts=settings.max_parts if max_parts is None else max_parts,
    )


def check_extra(extra: Mapping[str, Any] | None, known: frozenset[str]) -> Mapping[str, Any] | None:
    """Check further fields: they may add to the request, and not get round the checks of what is known.

    Raises:
        InvalidArgument: Not a mapping with str keys, or a key that has an argument of its own.
    """
    if extra is None:
        return None
    if not isinstance(extra, Mapping) or not all(isinstance(name, str) for name in extra):
        msg = "extra must map names of API fields to values"
        raise InvalidArgument(msg, argument="extra")
    taken = known.intersection(extra)
    if taken:
        msg = f"extra must not hold {min(taken)!r}, which this call sets itself"
        raise InvalidArgument(msg, argument="extra")
    if not _is_json(dict(extra)):
        msg = "extra holds something JSON cannot say"
        raise InvalidArgument(msg, argument="extra")
    return extra


def _is_json(document: dict[str, Any]) -> bool:
    # Strictly, and whichever encoder is installed: orjson alone would send a NaN as null.
    try:
        json.dumps(document, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return False
    return True


def check_id(client_message_id: str | None) -> str:
    """The caller's own id, checked, or a new one."""
    return new_id() if client_message_id is None else check_client_message_id(client_message_id)


def checked_destination(destination: str, fields: Fields) -> str:
    """A destination, checked with its country if it has one."""
    return check_destination(destination, country=fields.get("country"))
