"""Results written out: ready for JSON, numbers masked unless asked for, texts never."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from connect_sms import (
    BatchResult,
    DeliveryErrors,
    MessageStatus,
    Outcome,
    Price,
    RawResponse,
    RecipientResult,
    Sent,
    SentMessage,
    segments,
)
from connect_sms.receipts import DeliveryReceipt, InboundMessage, UnknownEvent
from connect_sms.reconcile import Findings, Report, Totals

NUMBER = "+447700900123"
TEXT = "Your code is 482910"
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
RAW = RawResponse(200, {}, f"{NUMBER} {TEXT}".encode())
PRICE = Price(Decimal("0.08"), Decimal("0.04"), "EUR")

STATUS = MessageStatus(
    umid="u-1",
    outcome=Outcome.FAILED,
    error=DeliveryErrors.default()[1],
    state="undelivered",
    error_code=1,
    error_message=f"could not reach {NUMBER}",
    observed_at=NOON,
    client_message_id="order-1",
    destination=NUMBER,
    sender="447700900001",
    parts=2,
    price=PRICE,
    sent_at=NOON,
    reason=f"no route to {NUMBER}",
    body=TEXT,
    extra={"lane": NUMBER},
    response=RAW,
)
RECIPIENT = RecipientResult(0, NUMBER, "order-1", "u-1", None)
RESULTS: dict[str, Any] = {
    "status": STATUS,
    "sent message": SentMessage(client_message_id="order-1", destination=NUMBER, sent_at=NOON, umid="u-1"),
    "sent": Sent(
        umid="u-1",
        client_message_id="order-1",
        destination=NUMBER,
        encoding="GSM7",
        code="QUEUED",
        description=f"taken for {NUMBER}",
        segments=segments(TEXT),
        extra={"text": TEXT},
        response=RAW,
    ),
    "recipient": RECIPIENT,
    "batch": BatchResult((RECIPIENT,), (), (), (), ("b-1",), "sale-7", (RAW,)),
    "receipt": DeliveryReceipt(status=STATUS, raw=RAW.body),
    "inbound": InboundMessage(umid="in-1", source=NUMBER, destination=NUMBER, text=TEXT, raw=RAW.body),
    "unknown": UnknownEvent(reason="no umid", raw=RAW.body),
}
HOLDS_NUMBERS = sorted(RESULTS.keys() - {"unknown"})


@pytest.mark.parametrize("name", RESULTS)
def test_it_is_json_without_number_and_text(name: str) -> None:
    written = json.dumps(RESULTS[name].to_dict())
    assert "900123" not in written.replace("*123", "")
    assert "900001" not in written
    assert "482910" not in written


@pytest.mark.parametrize("name", HOLDS_NUMBERS)
def test_numbers_are_whole_when_asked_for_and_texts_still_left_out(name: str) -> None:
    assert "+4477*****123" in json.dumps(RESULTS[name].to_dict())
    written = json.dumps(RESULTS[name].to_dict(show_numbers=True))
    assert NUMBER in written
    assert "482910" not in written


def test_a_status() -> None:
    assert STATUS.to_dict() == {
        "provider": "8x8", "umid": "u-1", "outcome": "failed", "is_final": True, "delivered": False,
        "state": "undelivered", "detail": None, "observed_at": "2026-07-01T12:00:00+00:00",
        "source": "status", "client_message_id": "order-1", "batch_id": None, "client_batch_id": None,
        "sub_account_id": None, "destination": "+4477*****123", "country": None, "sender": "4477*****001",
        "encoding": None, "parts": 2, "price": {"total": "0.08", "per_part": "0.04", "currency": "EUR"},
        "created_at": None, "sent_at": "2026-07-01T12:00:00+00:00", "reason": "no route to +4477*****123",
        "error_code": 1,
        "failure": {"code": 1, "reason": "Absent subscriber", "category": "transient",
            "advice": "Send it again later, with growing pauses."},
    }  # fmt: skip


@pytest.mark.parametrize("masked", ["44770090xxxx", "4477XXXX", "+4477*****123"])
def test_what_8x8_has_masked_stays_as_it_is(masked: str) -> None:
    status = MessageStatus(umid="", outcome=Outcome.SENT, destination=masked, sender="ACME")
    assert (status.to_dict()["destination"], status.to_dict()["umid"]) == (masked, None)
    assert status.to_dict()["sender"] == "ACME"


def test_a_batch_has_its_four_lists() -> None:
    assert RESULTS["batch"].to_dict() == {
        "ok": True, "accepted": [RECIPIENT.to_dict()], "rejected": [], "unknown": [], "not_sent": [],
        "batch_ids": ["b-1"], "client_batch_id": "sale-7",
    }  # fmt: skip


def test_a_report_names_nobody() -> None:
    report: Any = Report(
        sent_since=NOON,
        sent_until=NOON + timedelta(hours=1),
        made_at=NOON,
        totals=Totals.of([STATUS]),
        findings=Findings(polled=1),
        store=None,  # type: ignore[arg-type]
    )
    written = report.to_dict()
    assert "900123" not in json.dumps(written)
    assert (written["total"], written["outcomes"], written["cost"]) == (1, {"failed": 1}, {"EUR": "0.08"})
    assert written["failures"][0]["reason"] == "Absent subscriber"
    assert written["findings"]["polled"] == 1
