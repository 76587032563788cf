"""Request bodies, made from checked values by the generated classes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import attrs

from connect_sms_api.models import (
    BatchMessage,
    BatchOfMessages,
    LogExportRequest,
    RequestEncoding,
    SendMessageRequest,
    Tracking,
)
from connect_sms_api.types import UNSET

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

BatchBody = BatchOfMessages

#: Message fields that have their own argument, by their names in the API.
MESSAGE_FIELDS: Final = frozenset(
    re.sub("_([a-z])", lambda found: found[1].upper(), field.name)
    for field in attrs.fields(SendMessageRequest)
)

#: Fields of a batch that `send_batch` sets. 8x8 would drop `messages` or `destinations` if it were sent both.
BATCH_FIELDS: Final = frozenset({"clientBatchId", "destinations", "includeMessagesInResponse", "messages"})

#: Options with a different name in the API.
_API_NAMES: Final = {"sender": "source", "receipt_url": "dlr_callback_url"}

#: Options with a closed list of values in the API.
_ENUMS: Final = {"encoding": RequestEncoding, "track": Tracking}


def send_message_body(
    destination: str, text: str, client_message_id: str, options: Mapping[str, Any]
) -> SendMessageRequest:
    """The body of a single send; options are those of `check_options`."""
    return SendMessageRequest(
        destination=destination, text=text, client_message_id=client_message_id, **_arguments(options)
    )


def row_fields(options: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that options add to a message of a batch."""
    fields = BatchMessage("", **_arguments(options)).to_dict()
    del fields["destination"]
    return fields


def send_batch_body(client_batch_id: str | None) -> BatchOfMessages:
    """The body of a batch, without its messages."""
    return BatchOfMessages(
        messages=[],
        client_batch_id=UNSET if client_batch_id is None else client_batch_id,
        # Without it 8x8 answers with two counts, not with each message's result.
        include_messages_in_response=True,
    )


def log_export_body(
    since: datetime, until: datetime, countries: list[str] | None, phone_number: str | None, limit: int
) -> LogExportRequest:
    """The body of a request for a log."""
    return LogExportRequest(
        from_=since,
        to=until,
        limit=limit,
        countries=UNSET if countries is None else countries,
        phone_number=UNSET if phone_number is None else phone_number,
    )


def _arguments(options: Mapping[str, Any]) -> dict[str, Any]:
    return {
        _API_NAMES.get(name, name): _ENUMS[name](value) if name in _ENUMS else value
        for name, value in options.items()
    }
