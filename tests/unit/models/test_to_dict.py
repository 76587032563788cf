"""Results written out: ready for JSON, numbers masked unless asked for, texts never."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
import pytest

from connect_sms import (
    BatchProgress,
    BatchResult,
    DeliveryErrors,
    LogExport,
    LogFile,
    MessageStatus,
    Outcome,
    Price,
    RawResponse,
    RecipientResult,
    Sent,
    SentMessage,
    segments,
    transliterate,
)
from connect_sms.receipts import DeliveryReceipt, InboundMessage, LinkClick, UnknownEvent
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
LINK = "https://files.example.com/log.csv?signature=s3cret"
EXPORT = LogExport(job_id="j-1", status="succeeded", links=(LINK,), expires_at=NOON, response=RAW)
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
    "click": LinkClick(
        umid="u-1", destination=NUMBER, short_url="https://s.example/482910", target_url=TEXT, raw=RAW.body
    ),
    "unknown": UnknownEvent(reason="no umid", raw=RAW.body),
    "segments": segments(TEXT),
    "transliteration": transliterate(TEXT),
    "export": EXPORT,
    "log file": LogFile(path=Path("log.csv"), size=120, export=EXPORT),
    "progress": BatchProgress(
        1, 0, 0, 0, 1, ended=True, result=BatchResult((RECIPIENT,), (), (), (), ("b-1",), None, (RAW,))
    ),
}
HOLDS_NUMBERS = sorted(
    RESULTS.keys() - {"unknown", "segments", "transliteration", "export", "log file", "progress"}
)


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
    assert f"destination={masked}," in repr(status)


def test_the_encoding_of_what_was_sent_is_the_one_8x8_chose() -> None:
    sent: Sent = RESULTS["sent"]
    assert attrs.evolve(sent, encoding="UCS2").to_dict()["encoding"] == "UCS2"
    assert attrs.evolve(sent, encoding=None).to_dict()["encoding"] == "GSM7"


def test_an_id_that_is_not_known_is_none() -> None:
    assert RecipientResult(3, NUMBER, "").to_dict() == {
        "index": 3, "destination": "+4477*****123", "client_message_id": None, "umid": None, "reason": None,
    }  # fmt: skip


def test_a_text_is_counted_without_its_letters() -> None:
    assert segments("\u4e2d\u2014").to_dict() == {
        "encoding": "UCS2", "units": 2, "units_per_part": 70, "units_left": 68, "parts": 1, "sendable": True,
        "non_gsm_characters": [
            {"code_point": None, "name": None, "positions": [0], "replacement": None},
            {"code_point": "U+2014", "name": "EM DASH", "positions": [1], "replacement": "-"},
        ],
        "plain": {"encoding": "UCS2", "parts": 1, "parts_saved": 0, "blocked_by": ["letter or digit"]},
    }  # fmt: skip


def test_a_log_has_no_links() -> None:
    export = {
        "job_id": "j-1", "status": "succeeded", "is_ready": True, "has_failed": False,
        "expires_at": "2026-07-01T12:00:00+00:00",
    }  # fmt: skip
    assert RESULTS["log file"].to_dict() == {"path": "log.csv", "size": 120, "export": export}


def test_progress_is_its_numbers() -> None:
    assert RESULTS["progress"].to_dict() == {
        "accepted": 1, "rejected": 0, "unknown": 0, "not_sent": 0, "done": 1, "total": 1, "ended": True,
    }  # fmt: skip


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
