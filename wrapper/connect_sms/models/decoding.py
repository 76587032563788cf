"""Builds a `MessageStatus` from the fields of any source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .outcomes import classify
from .providers import PROVIDER
from .readers import as_count, as_phone_number, as_text, as_time, as_word
from .reprs import NOTHING
from .status import MessageStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from .delivery_errors import DeliveryErrors
    from .responses import RawResponse
    from .status import Price, Source


_WORDS = (
    *("client_message_id", "batch_id", "client_batch_id", "sub_account_id"),
    *("sender", "direction", "country", "body", "encoding"),
)


def status_from_fields(
    umid: str,
    fields: Mapping[str, object],
    *,
    source: Source,
    delivery_errors: DeliveryErrors,
    price: Price | None,
    provider: str = PROVIDER,
    read_text: Callable[[object], str | None] = as_word,
    read_number: Callable[[object], str | None] = as_phone_number,
    read_int: Callable[[object], int | None] = as_count,
    extra: Mapping[str, Any] = NOTHING,
    response: RawResponse | None = None,
) -> MessageStatus:
    """The status from one source.

    Args:
        umid: The provider's id of the message.
        fields: What it said, by the names of `MessageStatus`; whatever is missing or odd becomes None.
        source: Who said it.
        delivery_errors: What each delivery error code means.
        price: What the message cost.
        provider: Who carries the message.
        read_text: Reads ids, states and other words.
        read_number: Reads the destination.
        read_int: Reads error codes and parts.
        extra: Unknown fields.
        response: The raw answer.
    """
    get = fields.get
    state, detail = read_text(get("state")), read_text(get("detail"))
    error_code = read_int(get("error_code"))
    words: Any = {name: read_text(get(name)) for name in _WORDS}
    outcome, error = classify(state, detail, error_code, delivery_errors)
    return MessageStatus(
        provider=provider,
        umid=umid,
        outcome=outcome,
        error=error,
        state=state,
        detail=detail,
        error_code=error_code,
        error_message=as_text(get("error_message")),
        observed_at=as_time(get("observed_at")),
        source=source,
        destination=read_number(get("destination")),
        parts=read_int(get("parts")),
        price=price,
        created_at=as_time(get("created_at")),
        extra=extra,
        response=response,
        **words,
    )
