"""Builds a `MessageStatus` from the fields of any source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .outcomes import classify
from .providers import PROVIDER
from .readers import as_amount, as_count, as_currency, as_phone_number, as_text, as_time, as_word
from .reprs import NOTHING
from .status import MessageStatus, Price

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from .delivery_errors import DeliveryErrors
    from .responses import RawResponse
    from .status import Source


_WORDS = (
    *("client_message_id", "batch_id", "client_batch_id", "sub_account_id"),
    *("sender", "direction", "country", "encoding"),
)


def status_from_fields(
    umid: str,
    fields: Mapping[str, object],
    *,
    source: Source,
    delivery_errors: DeliveryErrors,
    price: Price | None,
    provider: str = PROVIDER,
    read_number: Callable[[object], str | None] = as_phone_number,
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
        read_number: Reads the destination.
        extra: Unknown fields.
        response: The raw answer.
    """
    get = fields.get
    state, detail = as_word(get("state")), as_word(get("detail"))
    # 0 is "no reason", which some sources write where others leave the code out.
    error_code = as_count(get("error_code")) or None
    words: Any = {name: as_word(get(name)) for name in _WORDS}
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
        parts=as_count(get("parts")),
        price=price,
        body=as_text(get("body")),
        created_at=as_time(get("created_at")),
        extra=extra,
        response=response,
        **words,
    )


def price_from(total: object, per_part: object, currency: object) -> Price | None:
    """What a message cost, from any source; None without an amount."""
    price = Price(as_amount(total), as_amount(per_part), as_currency(currency))
    return None if price.total is None and price.per_part is None else price
