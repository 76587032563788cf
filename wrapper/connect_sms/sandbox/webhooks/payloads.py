"""The bodies of receipts and inbound messages, as JSON or XML."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

from connect_sms.sandbox.api.segments import count_segments
from connect_sms.sandbox.json import dumps, is_object
from connect_sms.sandbox.scenarios import error_reason
from connect_sms.sandbox.timestamps import format_timestamp

if TYPE_CHECKING:
    from connect_sms.sandbox.messages import SandboxMessage
    from connect_sms.sandbox.scenarios import StateChange
    from connect_sms.sandbox.settings import SandboxSettings

    from .delivery import Delivery

_DEFAULT_INBOUND_NUMBER: Final = "+447700900001"
_RECEIPT: Final = ("outbound_message_status_changed", "The status of a message has changed")
_INBOUND: Final = ("inbound_message_received", "A message has come in")


def request_of(delivery: Delivery, settings: SandboxSettings) -> tuple[dict[str, str], bytes]:
    """Headers and body of the request that posts a delivery."""
    payload = delivery.payload
    if payload is None and delivery.message is not None and delivery.change is not None:
        payload = _receipt_payload(delivery.message, delivery.at, delivery.change, settings)
    event, description = _INBOUND if delivery.change is None else _RECEIPT
    envelope = {"namespace": "SMS", "eventType": event, "description": description, "payload": payload}
    headers = {"Content-Type": f"application/{settings.receipt_format}; charset=utf-8"}
    if settings.receipt_authorization is not None:
        headers["Authorization"] = settings.receipt_authorization
    return headers, as_xml(envelope) if settings.receipt_format == "xml" else dumps(envelope)


def _receipt_payload(
    message: SandboxMessage, moment: float, change: StateChange, settings: SandboxSettings
) -> dict[str, Any]:
    """The payload of a receipt; ``price`` is absent when nothing was charged."""
    shared = message.shared
    status: dict[str, Any] = {"state": change.state, "timestamp": message.timestamp(moment)}
    if change.detail is not None:
        status["detail"] = change.detail
    if change.code is not None:
        status["errorCode"] = change.code
        status["errorMessage"] = error_reason(change.code)
    payload: dict[str, Any] = {
        "umid": message.umid,
        "batchId": shared.batch_id,
        "clientMessageId": message.client_message_id,
        "clientBatchId": shared.client_batch_id,
        "subAccountId": shared.sub_account,
        "source": message.source,
        "destination": message.destination,
        "status": status,
        "smsCount": message.parts,
    }
    if change.charged:
        payload["price"] = settings.price_of(message.parts)
    return payload


def inbound_payload(
    source: str, text: str, destination: str | None, now: float, settings: SandboxSettings
) -> dict[str, Any]:
    """The payload of an inbound message."""
    segments = count_segments(text)
    return {
        "umid": str(uuid.uuid4()),
        "subAccountId": settings.sub_account_id,
        "timestamp": format_timestamp(now, 2),
        "source": source,
        "destination": destination or _DEFAULT_INBOUND_NUMBER,
        "body": text,
        "encoding": segments.encoding,
        "smsCount": segments.parts,
        "price": settings.price_of(segments.parts),
    }


def as_xml(envelope: dict[str, Any]) -> bytes:
    """The same tree under ``<root>``; null values are omitted."""
    return f'<?xml version="1.0" encoding="utf-8"?><root>{_elements(envelope)}</root>'.encode()


_not_in_xml = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]").sub


def _elements(tree: dict[str, Any]) -> str:
    return "".join(f"<{name}>{_text(value)}</{name}>" for name, value in tree.items() if value is not None)


def _text(value: object) -> str:
    return _elements(value) if is_object(value) else escape(_not_in_xml("\ufffd", str(value)))
