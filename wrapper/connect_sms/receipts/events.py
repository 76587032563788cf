"""What 8x8 posts to a receiver, read with doubt and never thrown away.

`parse` takes any bytes and always gives an event: a delivery receipt, an inbound message, or an explicit
`UnknownEvent` that says why it is neither. Each keeps the body as it came. 8x8 sends no event id and may
repeat and reorder; `connect_sms.receipts.fold` makes one truth of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

import attrs

from connect_sms._transport import json as _json
from connect_sms.models.delivery_errors import DeliveryError, DeliveryErrors
from connect_sms.models.outcomes import Outcome, classify
from connect_sms.models.redaction import mask
from connect_sms.receipts import _fields as fields

from ._trees import Unreadable, read_tree

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from connect_sms.models.status import Price

__all__ = ["DeliveryReceipt", "Event", "InboundMessage", "UnknownEvent", "parse", "parse_all"]

STATUS_CHANGED: Final = "outbound_message_status_changed"
INBOUND: Final = "inbound_message_received"

_NO_HEADERS: Final[Mapping[str, str]] = {}
_USUAL: Final = DeliveryErrors.default()


def _masked(number: str | None) -> str:
    return "None" if number is None else mask(number)


def _length(text: str | None) -> str:
    return "None" if text is None else f"<{len(text)} characters>"


def _size(body: bytes) -> str:
    return f"<{len(body)} bytes>"


@attrs.frozen(kw_only=True)
class DeliveryReceipt:
    """8x8 says where a message stands.

    Attributes:
        umid: 8x8's id of the message.
        outcome: Where it stands, one word for all of 8x8's vocabularies; see `connect_sms.Outcome`.
        error: Why it was not delivered and what to do about it; None when there is nothing wrong.
        state: 8x8's own word, for example ``undelivered``.
        detail: 8x8's own second word, for example ``rejected_by_operator``.
        error_code: 8x8's delivery error code; None when there was none.
        error_message: 8x8's words for that code.
        observed_at: When 8x8 saw that state, in UTC.
        client_message_id: The id the message carried.
        batch_id: 8x8's id of its batch.
        client_batch_id: The id its batch carried.
        sub_account_id: The sub-account it was sent from.
        destination: The number with ``+``; None when 8x8 masked it or wrote none.
        sender: The sender ID.
        parts: Parts sent and paid for.
        price: What it cost; None when nothing was charged.
        raw: The body as it came. Of a list in one body, this one entry.
        content_type: What its header said it was.
    """

    umid: str
    outcome: Outcome
    error: DeliveryError | None
    state: str | None
    detail: str | None = None
    error_code: int | None = None
    error_message: str | None = attrs.field(default=None, repr=False)
    observed_at: datetime | None = None
    client_message_id: str | None = None
    batch_id: str | None = attrs.field(default=None, repr=False)
    client_batch_id: str | None = attrs.field(default=None, repr=False)
    sub_account_id: str | None = None
    destination: str | None = attrs.field(default=None, repr=_masked)
    sender: str | None = attrs.field(default=None, repr=_masked)
    parts: int | None = None
    price: Price | None = attrs.field(default=None, repr=False)
    raw: bytes = attrs.field(default=b"", repr=_size)
    content_type: str | None = attrs.field(default=None, repr=False)


@attrs.frozen(kw_only=True)
class InboundMessage:
    """Somebody has written to one of your numbers.

    Attributes:
        umid: 8x8's id of the message.
        source: The number it came from, as 8x8 wrote it.
        destination: The number it was sent to.
        text: What was written.
        sub_account_id: The sub-account that number belongs to.
        sent_at: 8x8's timestamp of it, in UTC.
        encoding: ``GSM7`` or ``UCS2``.
        parts: Parts it came in.
        price: What it cost.
        raw: The body as it came. Of a list in one body, this one entry.
        content_type: What its header said it was.
    """

    umid: str
    source: str | None = attrs.field(repr=_masked)
    destination: str | None = attrs.field(repr=_masked)
    text: str = attrs.field(repr=_length)
    sub_account_id: str | None = None
    sent_at: datetime | None = None
    encoding: str | None = None
    parts: int | None = None
    price: Price | None = attrs.field(default=None, repr=False)
    raw: bytes = attrs.field(default=b"", repr=_size)
    content_type: str | None = attrs.field(default=None, repr=False)


@attrs.frozen(kw_only=True)
class UnknownEvent:
    """Something else, or something damaged. The store keeps it in quarantine.

    Attributes:
        reason: Why it is neither a receipt nor an inbound message; quotes nothing that names a person.
        raw: The body as it came. Of a list in one body, this one entry.
        content_type: What its header said it was.
    """

    reason: str
    raw: bytes = attrs.field(default=b"", repr=_size)
    content_type: str | None = attrs.field(default=None, repr=False)


Event: TypeAlias = DeliveryReceipt | InboundMessage | UnknownEvent


def parse(
    body: bytes, headers: Mapping[str, str] = _NO_HEADERS, *, delivery_errors: DeliveryErrors | None = None
) -> Event:
    """The event in a body that was posted to a webhook. Never raises, and never loses the body.

    Args:
        body: The body, JSON or XML, decompressed.
        headers: The headers it came with; only ``Content-Type`` is looked at, and only to be kept.
        delivery_errors: What each delivery error code means; the shipped table when left out.

    Returns:
        The event. A body with several of them (8x8 documents none) is an `UnknownEvent` that says so: read
        it with `parse_all`.
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
        document = read_tree(raw)
        documents = _documents(document)
        table = _USUAL if delivery_errors is None else delivery_errors
        if len(documents) == 1:
            return (_event(documents[0], raw, content_type, table),)
        return tuple(_event(entry, _json.dumps(entry), content_type, table) for entry in documents)
    except Unreadable as error:
        reason = str(error)
    except Exception as error:  # noqa: BLE001  a body that breaks the reader must still be kept
        reason = f"reading it failed ({type(error).__name__})"
    return (UnknownEvent(reason=reason, raw=raw, content_type=content_type),)


def _bytes(body: object) -> bytes:
    if isinstance(body, bytes):
        return body
    if isinstance(body, bytearray):
        return bytes(body)
    return body.encode("utf-8", "replace") if isinstance(body, str) else b""


def _content_type(headers: object) -> str | None:
    if not isinstance(headers, dict) and not hasattr(headers, "items"):
        return None
    try:
        named = cast("Mapping[Any, Any]", headers).items()
        found = [value for name, value in named if str(name).lower() == "content-type"]
    except Exception:  # noqa: BLE001  somebody else's idea of headers must not cost the body
        return None
    return fields.word(found[0]) if found else None


def _documents(document: object) -> Sequence[Any]:
    """The envelopes in a document: itself, the entries of a list, or one for each payload of a list."""
    envelopes = fields.entries(document)
    if envelopes:
        return envelopes
    payloads = fields.entries(fields.tree(document).get("payload"))
    return [{**fields.tree(document), "payload": payload} for payload in payloads] or [document]


def _event(document: object, raw: bytes, content_type: str | None, table: DeliveryErrors) -> Event:
    envelope = fields.tree(document)
    payload = fields.tree(envelope.get("payload"))
    if not payload and "umid" in envelope:
        payload = envelope  # the payload came without its envelope
    said = fields.word(envelope.get("eventType"))
    namespace = fields.word(envelope.get("namespace"))
    umid = fields.word(payload.get("umid"))
    event_type = _guess(payload) if said is None else said.lower()

    def unknown(reason: str) -> UnknownEvent:
        return UnknownEvent(reason=reason, raw=raw, content_type=content_type)

    if not envelope:
        return unknown("not an object with fields")
    if namespace is not None and namespace.lower() != "sms":
        return unknown("an event of another namespace than SMS")
    if event_type not in {STATUS_CHANGED, INBOUND}:
        return unknown(
            "an event type that is not known" if said else "no event type, and nothing to guess it by"
        )
    if umid is None:
        return unknown("no umid" if payload else "no payload")
    if event_type == INBOUND:
        return _inbound(umid, payload, raw, content_type)
    return _receipt(umid, payload, raw, content_type, table) or unknown("no status")


def _guess(payload: Mapping[str, Any]) -> str | None:
    if payload.get("status") is not None:
        return STATUS_CHANGED
    return INBOUND if payload.get("body") is not None else None


def _receipt(
    umid: str, payload: Mapping[str, Any], raw: bytes, content_type: str | None, table: DeliveryErrors
) -> DeliveryReceipt | None:
    status = payload.get("status")
    if isinstance(status, str):
        status = {"state": status}
    status = fields.tree(status)
    state, detail = fields.word(status.get("state")), fields.word(status.get("detail"))
    code = fields.count(status.get("errorCode"))
    if state is None and detail is None and code is None:
        return None
    outcome, error = classify(state, detail, code, table)
    return DeliveryReceipt(
        umid=umid,
        outcome=outcome,
        error=error,
        state=state,
        detail=detail,
        error_code=code,
        error_message=fields.text(status.get("errorMessage")),
        observed_at=fields.time(status.get("timestamp")),
        client_message_id=fields.word(payload.get("clientMessageId")),
        batch_id=fields.word(payload.get("batchId")),
        client_batch_id=fields.word(payload.get("clientBatchId")),
        sub_account_id=fields.word(payload.get("subAccountId")),
        destination=fields.number(payload.get("destination")),
        sender=fields.word(payload.get("source")),
        parts=fields.count(payload.get("smsCount")),
        price=fields.price(payload.get("price")),
        raw=raw,
        content_type=content_type,
    )


def _inbound(umid: str, payload: Mapping[str, Any], raw: bytes, content_type: str | None) -> InboundMessage:
    return InboundMessage(
        umid=umid,
        source=fields.word(payload.get("source")),
        destination=fields.word(payload.get("destination")),
        text=fields.text(payload.get("body")) or "",
        sub_account_id=fields.word(payload.get("subAccountId")),
        sent_at=fields.time(payload.get("timestamp")),
        encoding=fields.word(payload.get("encoding")),
        parts=fields.count(payload.get("smsCount")),
        price=fields.price(payload.get("price")),
        raw=raw,
        content_type=content_type,
    )
