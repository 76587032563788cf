"""Bodies as 8x8 posts them, and statuses as hypothesis draws them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from connect_sms.models.delivery_errors import DeliveryErrors
from connect_sms.models.outcomes import classify
from connect_sms.models.sent import SentMessage
from connect_sms.models.status import MessageStatus, Price
from connect_sms.receipts import DeliveryReceipt, InboundMessage, parse

if TYPE_CHECKING:
    from connect_sms.models.outcomes import Outcome
    from connect_sms.receipts import ReceiptStore

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


def receipt_document(umid: str = "u-1", state: str = "delivered", **changes: Any) -> dict[str, Any]:
    """The envelope of a delivery receipt; changes go to its status or else to its payload."""
    status = {"state": state, "timestamp": "2026-07-01T12:00:00.00Z"}
    if state.strip().lower() == "delivered":
        status["detail"] = "delivered_to_recipient"
    payload: dict[str, Any] = {
        "umid": umid,
        "batchId": None,
        "clientMessageId": f"c-{umid}",
        "clientBatchId": None,
        "subAccountId": "acme_hq",
        "source": "ACME",
        "destination": "447700900123",
        "status": status,
        "smsCount": 1,
        "price": {"total": 0.04, "perSms": 0.04, "currency": "EUR"},
    }
    for name, value in changes.items():
        (status if name in {"detail", "timestamp", "errorCode", "errorMessage"} else payload)[name] = value
    return {
        "namespace": "SMS",
        "eventType": "outbound_message_status_changed",
        "description": "made here",
        "payload": payload,
    }


def inbound_document(umid: str = "in-1", **changes: Any) -> dict[str, Any]:
    """The envelope of an inbound message."""
    payload = {
        "umid": umid,
        "subAccountId": "acme_hq",
        "timestamp": "2026-07-01T12:00:00.00Z",
        "source": "447700900123",
        "destination": "447700900001",
        "body": "STOP",
        "encoding": "GSM7",
        "smsCount": 1,
        "price": {"total": 0.01, "perSms": 0.01, "currency": "EUR"},
        **changes,
    }
    return {"namespace": "SMS", "eventType": "inbound_message_received", "payload": payload}


def click_document(umid: str = "u-1", **changes: Any) -> dict[str, Any]:
    """The envelope of a click on a short link."""
    payload = {
        "eventId": "e-1",
        "occurredAt": "2026-07-01T12:00:00.00Z",
        "umid": umid,
        "destination": "447700900123",
        "shortUrl": "https://s.example/Ab1",
        "targetUrl": "https://shop.example.org/?customer=7",
        **changes,
    }
    return {"namespace": "SMS", "eventType": "short_url_clicked", "payload": payload}


def as_json(document: object) -> bytes:
    return json.dumps(document).encode()


def receipt(umid: str = "u-1", state: str = "delivered", **changes: Any) -> DeliveryReceipt:
    """A receipt, read."""
    return read_receipt(as_json(receipt_document(umid, state, **changes)))


def read_receipt(body: bytes) -> DeliveryReceipt:
    """The receipt in a body."""
    event = parse(body)
    assert isinstance(event, DeliveryReceipt), event
    return event


def facts(event: Any) -> dict[str, Any]:
    """What an event or status says, without the body it was read from."""
    return {name: getattr(event, name) for name in event.__slots__ if name not in {"raw", "__weakref__"}}


# Words chosen so that sorting by code point, by language and without regard to case all differ.
WORDS = ["a", "B", "b", "_", "-x", "é", "z", "delivered_to_operator", "\U0001f600", "\uffef"]
STATES = ["queued", "sent", "Sent", "delivered", "undelivered", "rejected", "read", "failed", "odd"]


def optional(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


_moments = st.integers(0, 3).map(lambda step: NOON + timedelta(microseconds=step * 500_000))
_words = st.sampled_from(WORDS)
_prices = st.builds(
    Price,
    st.sampled_from([None, Decimal("0.04"), Decimal("0.1"), Decimal(9)]),
    st.sampled_from([None, Decimal("0.02")]),
    st.sampled_from([None, "EUR", "GBP"]),
)
_table = DeliveryErrors.default()


@st.composite
def statuses(draw: st.DrawFn, umid: str = "u-1") -> MessageStatus:
    """A status as any source may say it, from few values, so that ties are common."""
    state, detail = draw(optional(st.sampled_from(STATES))), draw(optional(_words))
    code = draw(optional(st.sampled_from([0, 1, 14, 36, 61])))
    outcome, error = classify(state, detail, code, _table)
    return MessageStatus(
        umid=umid,
        outcome=outcome,
        error=error,
        state=state,
        detail=detail,
        error_code=code,
        observed_at=draw(optional(_moments)),
        source=draw(st.sampled_from(["receipt", "status", "export"])),
        client_message_id=draw(optional(_words)),
        batch_id=draw(optional(_words)),
        sub_account_id=draw(optional(_words)),
        destination=draw(optional(st.sampled_from(["+447700900123", "+447700900124"]))),
        sender=draw(optional(_words)),
        parts=draw(optional(st.integers(0, 10))),
        price=draw(optional(_prices)),
        sent_at=draw(optional(_moments)),
        reason=draw(optional(_words)),
    )


def sent_message(
    client_message_id: str, umid: str | None = None, at: datetime = NOON, **more: Any
) -> SentMessage:
    """The record of a send."""
    return SentMessage(
        client_message_id=client_message_id,
        umid=umid,
        destination="+447700900123",
        sub_account_id="acme_hq",
        sent_at=at,
        **more,
    )


def inbound_message(umid: str = "in-1", **changes: Any) -> InboundMessage:
    """An inbound message, read."""
    event = parse(as_json(inbound_document(umid, **changes)))
    assert isinstance(event, InboundMessage)
    return event


def outcomes_of(store: ReceiptStore, **choice: Any) -> dict[str, Outcome]:
    """By umid, or by the client's id of a message whose umid was lost."""
    return {
        status.umid or f"lost {status.client_message_id}": status.outcome
        for status in store.statuses(**choice)
    }
