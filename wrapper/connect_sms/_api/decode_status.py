"""Converts the generated answer to a status request to a `MessageStatus`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connect_sms.models.decoding import price_from, status_from_fields
from connect_sms.models.readers import as_word
from connect_sms_api.models import Price as GeneratedPrice

if TYPE_CHECKING:
    from connect_sms.models.delivery_errors import DeliveryErrors
    from connect_sms.models.responses import RawResponse
    from connect_sms.models.status import MessageStatus, Price
    from connect_sms_api.models import MessageDetails


def status_from(
    details: MessageDetails, *, provider: str, umid: str, errors: DeliveryErrors, response: RawResponse
) -> MessageStatus:
    """The result of a status request, with the destination as 8x8 masked it."""
    status = details.status
    return status_from_fields(
        as_word(details.umid) or umid,
        {
            "state": status.state,
            "detail": status.detail,
            "error_code": status.error_code,
            "error_message": status.error_message,
            "observed_at": status.timestamp,
            "client_message_id": details.client_message_id,
            "batch_id": details.batch_id,
            "client_batch_id": details.client_batch_id,
            "sub_account_id": details.sub_account_id,
            "destination": details.msisdn,
            "sender": details.source,
            "parts": details.sms_count,
            "created_at": details.created_at,
            "direction": details.direction,
            "country": details.country,
            "body": details.body,
            "encoding": details.encoding,
        },
        source="status",
        delivery_errors=errors,
        price=_price(details.price),
        provider=provider,
        read_number=as_word,
        extra=details.additional_properties,
        response=response,
    )


def _price(price: object) -> Price | None:
    said = price if isinstance(price, GeneratedPrice) else GeneratedPrice()
    return price_from(said.total, said.per_sms, said.currency)
