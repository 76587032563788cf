"""From generated models to our own values, leniently: nothing generated, and no UNSET, gets past it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from connect_sms.models.outcomes import classify
from connect_sms.models.redaction import scrub

if TYPE_CHECKING:
    from connect_sms.models.delivery_errors import DeliveryErrors
    from connect_sms.models.responses import RawResponse
    from connect_sms.text.counting import Segments
    from connect_sms_api.models import LogExport as GeneratedLogExport
    from connect_sms_api.models import MessageDetails
    from connect_sms_api.models import SentMessage as GeneratedSentMessage

from connect_sms.models.log_exports import LogExport
from connect_sms.models.messages import Sent
from connect_sms.models.status import MessageStatus, Price


def as_str(value: object) -> str | None:
    """A string field of an answer; None when it is absent, null, or no string after all.

    Nothing checks types before this: the generated readers hand on whatever stood in the JSON. A number is
    taken as its digits, since an id may well turn into one.
    """
    word = getattr(value, "value", value)  # a known word of an open list arrives as an enum's member
    if isinstance(word, str):
        return word
    return str(word) if isinstance(word, int | float) and not isinstance(word, bool) else None


def as_int(value: object) -> int | None:
    """A as_int number of an answer; None when it is absent, null, or something else."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def as_time(value: object) -> datetime | None:
    """A timestamp of 8x8's in UTC; None when it is not one.

    8x8 writes 0, 2 or 7 digits of a second, and ``Z`` or an offset. Without an offset UTC is meant.
    """
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


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
    """The result of a status request."""
    status = details.status
    state, detail = as_str(status.state), as_str(status.detail)
    outcome, error = classify(state, detail, as_int(status.error_code), errors)
    return MessageStatus(
        umid=as_str(details.umid) or umid,
        outcome=outcome,
        error=error,
        state=state,
        detail=detail,
        observed_at=as_time(status.timestamp),
        created_at=as_time(details.created_at),
        sub_account_id=as_str(details.sub_account_id),
        direction=as_str(details.direction),
        country=as_str(details.country),
        destination=as_str(details.msisdn),
        body=as_str(details.body),
        sender=as_str(details.source),
        encoding=as_str(details.encoding),
        parts=as_int(details.sms_count),
        price=_price_from(details.price),
        client_message_id=as_str(details.client_message_id),
        client_batch_id=as_str(details.client_batch_id),
        batch_id=as_str(details.batch_id),
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


def as_decimal(value: object) -> Decimal | None:
    # Through its shortest decimal form: Decimal(0.0012) would be 0.00119999...
    try:
        return None if isinstance(value, bool) else Decimal(str(value))
    except InvalidOperation:
        return None


def rejection_reason(description: object, *sent: str) -> str:
    """8x8's reason for a rejection, with numbers and whatever was sent masked."""
    said = as_str(description)
    return scrub(said, *sent)[:500] if said else "no reason given"
