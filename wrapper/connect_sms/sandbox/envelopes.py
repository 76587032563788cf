"""What is posted to a receiver: payloads of receipts and inbound messages, and the XML form."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from .clock import stamp
from .journeys import error_reason
from .jsons import is_object
from .texts import measure

if TYPE_CHECKING:
    from .journeys import Stop
    from .messages import Message
    from .sandbox import Sandbox
    from .settings import Settings

__all__ = ["as_xml", "inbound", "status_changed"]

DEFAULT_INBOUND_NUMBER = "+447700900001"


def status_changed(message: Message, moment: float, stop: Stop, settings: Settings) -> dict[str, Any]:
    """The payload of a receipt; ``price`` is absent when nothing was charged."""
    terms = message.terms
    status: dict[str, Any] = {"state": stop.state, "timestamp": message.stamp(moment)}
    if stop.detail is not None:
        status["detail"] = stop.detail
    if stop.code is not None:
        status["errorCode"] = stop.code
        status["errorMessage"] = error_reason(stop.code)
    payload: dict[str, Any] = {
        "umid": message.umid,
        "batchId": terms.batch_id,
        "clientMessageId": message.client_message_id,
        "clientBatchId": terms.client_batch_id,
        "subAccountId": terms.sub_account,
        "source": message.source,
        "destination": message.destination,
        "status": status,
        "smsCount": message.parts,
    }
    if stop.charged:
        payload["price"] = settings.price_of(message.parts)
    return payload


def inbound(sandbox: Sandbox, source: str, text: str, destination: str | None) -> dict[str, Any]:
    """The payload of a message that came in."""
    settings = sandbox.settings
    content = measure(text)
    return {
        "umid": str(uuid.uuid4()),
        "subAccountId": settings.sub_account_id,
        "timestamp": stamp(sandbox.clock.now(), 2),
        "source": source,
        "destination": destination or DEFAULT_INBOUND_NUMBER,
        "body": text,
        "encoding": content.encoding,
        "smsCount": content.parts,
        "price": settings.price_of(content.parts),
    }


def as_xml(envelope: dict[str, Any]) -> bytes:
    """The same tree under ``<root>``; what is null is left out."""
    return f'<?xml version="1.0" encoding="utf-8"?><root>{_elements(envelope)}</root>'.encode()


_not_in_xml = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]").sub


def _elements(tree: dict[str, Any]) -> str:
    return "".join(f"<{name}>{_text(value)}</{name}>" for name, value in tree.items() if value is not None)


def _text(value: object) -> str:
    return _elements(value) if is_object(value) else escape(_not_in_xml("\ufffd", str(value)))
