"""From generated models to our own values, leniently: nothing generated, and no UNSET, gets past it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connect_sms.models.decoding import status_from_fields
from connect_sms.models.log_exports import LogExport
from connect_sms.models.messages import Sent
from connect_sms.models.readers import as_decimal, as_int, as_str, as_time
from connect_sms.models.redaction import scrub
from connect_sms.models.status import Price

if TYPE_CHECKING:
    from connect_sms.models.delivery_errors import DeliveryErrors
    from connect_sms.models.responses import RawResponse
    from connect_sms.models.status import MessageStatus
    from connect_sms.text.counting import Segments
    from connect_sms_api.models import LogExport as GeneratedLogExport
    from connect_sms_api.models import MessageDetails
    from connect_sms_api.models import SentMessage as GeneratedSentMessage


def sent_from(
    answer: GeneratedSentMessage,
    *,
    destination: str,
    client_message_id: str,
    segments: Segments,
    response: RawResponse,
) -> Sent:
    """The result of a single send."""
    return Sent(
        umid=as_str(answer.umid) or "",
        client_message_id=as_str(answer.client_message_id) or client_message_id,
        destination=as_str(answer.destination) or destination,
        encoding=as_str(answer.encoding),
        code=as_str(answer.status.code),
        description=as_str(answer.status.description),
        segments=segments,
        extra=answer.additional_properties,
        response=response,
    )


def status_from(
    details: MessageDetails, *, umid: str, errors: DeliveryErrors, response: RawResponse
) -> MessageStatus:
    """The result of a status request. Strings stay as they were written, the destination as 8x8 masked it."""
    status = details.status
    return status_from_fields(
        as_str(details.umid) or umid,
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
        price=_price_from(details.price),
        read_text=as_str,
        read_number=as_str,
        read_int=as_int,
        extra=details.additional_properties,
        response=response,
    )


def log_export_from(answer: GeneratedLogExport, *, job_id: str, response: RawResponse) -> LogExport:
    """How far a log export has come."""
    links: object = answer.data
    known = [as_str(link) for link in links] if isinstance(links, list) else []
    return LogExport(
        job_id=job_id,
        status=(as_str(answer.status) or "unknown").lower(),
        links=tuple(link for link in known if link),
        expires_at=as_time(answer.expires),
        response=response,
    )


def _price_from(price: object) -> Price | None:
    from connect_sms_api.models import Price as GeneratedPrice  # noqa: PLC0415  loaded by then, never before

    if not isinstance(price, GeneratedPrice):
        return None
    return Price(as_decimal(price.total), as_decimal(price.per_sms), as_str(price.currency))


def rejection_reason(description: object, *sent: str) -> str:
    """8x8's reason for a rejection, with numbers and whatever was sent masked."""
    said = as_str(description)
    return scrub(said, *sent)[:500] if said else "no reason given"
