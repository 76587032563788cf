"""Reads the events in a body that was posted to a webhook. Never raises, and never loses the body."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, cast

from connect_sms._transport import json as _json
from connect_sms.models.decoding import price_from, status_from_fields
from connect_sms.models.delivery_errors import DeliveryErrors
from connect_sms.models.readers import as_count, as_text, as_time, as_word

from ._body import Unreadable, read_body
from .events import DeliveryReceipt, Event, InboundMessage, LinkClick, UnknownEvent

STATUS_CHANGED: Final = "outbound_message_status_changed"
INBOUND: Final = "inbound_message_received"
CLICKED: Final = "short_url_clicked"

if TYPE_CHECKING:
    from connect_sms.models.status import Price

_NO_HEADERS: Final[Mapping[str, str]] = {}
_SHIPPED: Final = DeliveryErrors.default()


def parse(
    body: bytes, headers: Mapping[str, str] = _NO_HEADERS, *, delivery_errors: DeliveryErrors | None = None
) -> Event:
    """The event in a body that was posted to a webhook. Never raises, and never loses the body.

    Args:
        body: The body, JSON or XML, decompressed.
        headers: The headers it came with; only ``Content-Type`` is used, and only kept.
        delivery_errors: What each delivery error code means; the shipped table when left out.

    Returns:
        The event. A body with several of them (8x8 documents none) is an `UnknownEvent`: read it with
        `parse_all`.
    """
    events = parse_all(body, headers, delivery_errors=delivery_errors)
    if len(events) == 1:
        return events[0]
    return UnknownEvent(
        reason=f"a list of {len(events)} events; parse_all reads it",
        raw=_bytes(body),
        content_type=_content_type(headers),
    )


def parse_all(
    body: bytes, headers: Mapping[str, str] = _NO_HEADERS, *, delivery_errors: DeliveryErrors | None = None
) -> tuple[Event, ...]:
    """All events in a body, at least one. Otherwise the same as `parse`."""
    raw, content_type = _bytes(body), _content_type(headers)
    try:
        document = read_body(raw)
        documents = _documents(document)
        table = _SHIPPED if delivery_errors is None else delivery_errors
        if len(documents) == 1:
            return (_event(documents[0], raw, content_type, table),)
        return tuple(_event(entry, _json.dumps(entry), content_type, table) for entry in documents)
    except Unreadable as error:
        reason = str(error)
    except Exception as error:  # noqa: BLE001  the body must be kept after any error
        reason = f"reading it failed ({type(error).__name__})"
    return (UnknownEvent(reason=reason, raw=raw, content_type=content_type),)


def _bytes(body: object) -> bytes:
    if isinstance(body, bytes | bytearray):
        return bytes(body)  # itself, unless it is of another type
    return body.encode("utf-8", "replace") if isinstance(body, str) else b""


def _content_type(headers: object) -> str | None:
    if not isinstance(headers, dict) and not hasattr(headers, "items"):
        return None
    try:
        named = cast("Mapping[Any, Any]", headers).items()
        found = [value for name, value in named if str(name).lower() == "content-type"]
    except Exception:  # noqa: BLE001  invalid headers must not lose the body
        return None
    return as_word(found[0]) if found else None


def _documents(document: object) -> Sequence[Any]:
    """The envelopes in a document: itself, the entries of a list, or one for each payload of a list."""
    envelopes = _list(document)
    if envelopes:
        return envelopes
    payloads = _list(_object(document).get("payload"))
    return [{**_object(document), "payload": payload} for payload in payloads] or [document]


def _event(document: object, raw: bytes, content_type: str | None, table: DeliveryErrors) -> Event:
    envelope = _object(document)
    payload = _object(envelope.get("payload"))
    if not payload and "umid" in envelope:
        payload = envelope  # the payload came without its envelope
    said = as_word(envelope.get("eventType"))
    namespace = as_word(envelope.get("namespace"))
    umid = as_word(payload.get("umid"))
    event_type = _guess(payload) if said is None else said.lower()

    def unknown(reason: str) -> UnknownEvent:
        return UnknownEvent(reason=reason, raw=raw, content_type=content_type)

    if not envelope:
        return unknown("not an object with fields")
    if namespace is not None and namespace.lower() != "sms":
        return unknown("an event of another namespace than SMS")
    if event_type not in {STATUS_CHANGED, INBOUND, CLICKED}:
        return unknown(
            "an event type that is not known" if said else "no event type, and nothing to guess it by"
        )
    if umid is None:
        return unknown("no umid" if payload else "no payload")
    if event_type == INBOUND:
        return _inbound(umid, payload, raw, content_type)
    if event_type == CLICKED:
        return _click(umid, payload, raw, content_type)
    return _receipt(umid, payload, raw, content_type, table) or unknown("no status")


def _guess(payload: Mapping[str, Any]) -> str | None:
    if payload.get("status") is not None:
        return STATUS_CHANGED
    if payload.get("body") is not None:
        return INBOUND
    return CLICKED if payload.get("shortUrl") is not None else None


def _receipt(
    umid: str, payload: Mapping[str, Any], raw: bytes, content_type: str | None, table: DeliveryErrors
) -> DeliveryReceipt | None:
    status = payload.get("status")
    if isinstance(status, str):
        status = {"state": status}
    status = _object(status)
    read = status_from_fields(
        umid,
        {
            "state": status.get("state"),
            "detail": status.get("detail"),
            "error_code": status.get("errorCode"),
            "error_message": status.get("errorMessage"),
            "observed_at": status.get("timestamp"),
            "client_message_id": payload.get("clientMessageId"),
            "batch_id": payload.get("batchId"),
            "client_batch_id": payload.get("clientBatchId"),
            "sub_account_id": payload.get("subAccountId"),
            "destination": payload.get("destination"),
            "sender": payload.get("source"),
            "parts": payload.get("smsCount"),
        },
        source="receipt",
        delivery_errors=table,
        price=_price(payload.get("price")),
    )
    if read.state is None and read.detail is None and read.error_code is None:
        return None
    return DeliveryReceipt(status=read, raw=raw, content_type=content_type)


def _inbound(umid: str, payload: Mapping[str, Any], raw: bytes, content_type: str | None) -> InboundMessage:
    return InboundMessage(
        umid=umid,
        source=as_word(payload.get("source")),
        destination=as_word(payload.get("destination")),
        text=as_text(payload.get("body")) or "",
        sub_account_id=as_word(payload.get("subAccountId")),
        sent_at=as_time(payload.get("timestamp")),
        encoding=as_word(payload.get("encoding")),
        parts=as_count(payload.get("smsCount")),
        price=_price(payload.get("price")),
        raw=raw,
        content_type=content_type,
    )


def _click(umid: str, payload: Mapping[str, Any], raw: bytes, content_type: str | None) -> LinkClick:
    return LinkClick(
        umid=umid,
        event_id=as_word(payload.get("eventId")),
        destination=as_word(payload.get("destination")),
        short_url=as_word(payload.get("shortUrl")),
        target_url=as_word(payload.get("targetUrl")),
        occurred_at=as_time(payload.get("occurredAt")),
        raw=raw,
        content_type=content_type,
    )


def _price(value: object) -> Price | None:
    said = _object(value)
    return price_from(said.get("total"), said.get("perSms"), said.get("currency"))


def _object(value: object) -> Mapping[str, Any]:
    """An object of the document; an empty one for anything else."""
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def _list(value: object) -> Sequence[Any]:
    """A list of the document; an empty one for anything else."""
    return cast("Sequence[Any]", value) if isinstance(value, list) else ()
