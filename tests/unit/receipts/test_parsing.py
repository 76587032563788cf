"""Reading what 8x8 posts: every form of it, and everything that is none."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from connect_sms.models.delivery_errors import DeliveryErrors, ErrorCategory
from connect_sms.models.outcomes import Outcome
from connect_sms.models.status import MessageStatus, Price
from connect_sms.receipts import DeliveryReceipt, InboundMessage, LinkClick, UnknownEvent, parse, parse_all
from connect_sms.sandbox.webhooks.payloads import as_xml
from tests.support.receipt_samples import (
    as_json,
    click_document,
    facts,
    inbound_document,
    read_receipt,
    receipt,
    receipt_document,
)

CONTENT = {"Content-Type": "application/json; charset=utf-8"}


# What 8x8 documents


def test_a_delivery_receipt() -> None:
    body = as_json(receipt_document(batchId="b-1", clientBatchId="cb-1"))
    status = MessageStatus(
        umid="u-1",
        outcome=Outcome.DELIVERED,
        state="delivered",
        detail="delivered_to_recipient",
        observed_at=datetime(2026, 7, 1, 12, tzinfo=UTC),
        source="receipt",
        client_message_id="c-u-1",
        batch_id="b-1",
        client_batch_id="cb-1",
        sub_account_id="acme_hq",
        destination="+447700900123",
        sender="ACME",
        parts=1,
        price=Price(Decimal("0.04"), Decimal("0.04"), "EUR"),
    )
    assert parse(body, CONTENT) == DeliveryReceipt(
        status=status, raw=body, content_type="application/json; charset=utf-8"
    )


def test_an_inbound_message() -> None:
    body = as_json(inbound_document(body=" yes\n"))
    assert parse(body) == InboundMessage(
        umid="in-1",
        source="447700900123",
        destination="447700900001",
        text=" yes\n",
        sub_account_id="acme_hq",
        sent_at=datetime(2026, 7, 1, 12, tzinfo=UTC),
        encoding="GSM7",
        parts=1,
        price=Price(Decimal("0.01"), Decimal("0.01"), "EUR"),
        raw=body,
    )


def test_a_click_on_a_short_link() -> None:
    body = as_json(click_document())
    event = parse(body, CONTENT)
    assert event == LinkClick(
        umid="u-1",
        event_id="e-1",
        destination="447700900123",
        short_url="https://s.example/Ab1",
        target_url="https://shop.example.org/?customer=7",
        occurred_at=datetime(2026, 7, 1, 12, tzinfo=UTC),
        raw=body,
        content_type="application/json; charset=utf-8",
    )
    assert not any(said in repr(event) for said in ("900123", "s.example", "customer"))


def test_a_click_is_known_by_its_link_and_needs_a_umid() -> None:
    document = click_document()
    del document["eventType"]
    assert isinstance(parse(as_json(document)), LinkClick)
    unnamed = parse(as_json(click_document(umid="")))
    assert isinstance(unnamed, UnknownEvent)
    assert unnamed.reason == "no umid"


@pytest.mark.parametrize(
    "document",
    [
        click_document(),
        receipt_document(),
        receipt_document(state="undelivered", errorCode=14),
        inbound_document(body=" a & b "),
    ],
)
def test_xml_says_the_same_as_json(document: dict[str, Any]) -> None:
    assert facts(parse(as_xml(document))) == facts(parse(as_json(document)))


def test_a_failure_says_why_and_what_to_do() -> None:
    event = receipt(state="undelivered", errorCode=14, errorMessage="words of 8x8")
    assert event.status.error == DeliveryErrors.default()[14]
    assert (event.status.error_code, event.status.error_message) == (14, "words of 8x8")


def test_your_own_table_of_errors_is_used() -> None:
    own = DeliveryErrors.default().with_overrides({14: ErrorCategory.TRANSIENT})
    event = parse(as_json(receipt_document(state="undelivered", errorCode=14)), delivery_errors=own)
    assert isinstance(event, DeliveryReceipt)
    assert event.status.error == own[14]


@pytest.mark.parametrize("digits", ["", ".12", ".1234567"])
def test_a_timestamp_has_as_many_digits_as_8x8_likes(digits: str) -> None:
    moment = receipt(timestamp=f"2026-07-01T14:00:00{digits}+02:00").status.observed_at
    assert moment is not None
    assert moment.replace(microsecond=0) == datetime(2026, 7, 1, 12, tzinfo=UTC)


def test_without_a_price_nothing_was_charged() -> None:
    document = receipt_document()
    del document["payload"]["price"]
    assert read_receipt(as_json(document)).status.price is None


# What 8x8 might send


NONSENSE: list[Any] = [None, True, [], {}]
WORDS = {
    "batchId": "batch_id",
    "clientMessageId": "client_message_id",
    "subAccountId": "sub_account_id",
    "source": "sender",
    "destination": "destination",
}
NUMBERS = {"timestamp": "observed_at", "errorCode": "error_code", "smsCount": "parts", "price": "price"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *itertools.product(WORDS, [*NONSENSE, "", " ", "x" * 351]),
        *itertools.product(NUMBERS, [*NONSENSE, "nonsense", -1, 1.5, float("nan"), 10**30]),
    ],
)
def test_a_field_that_is_none_or_nonsense_costs_nothing_else(field: str, value: Any) -> None:
    status = receipt(state="sent", **{field: value}).status
    assert status.outcome is Outcome.SENT
    assert getattr(status, {**WORDS, **NUMBERS}[field]) is None


def test_an_id_may_be_a_number() -> None:
    assert receipt(umid=7).umid == "7"  # type: ignore[arg-type]


@pytest.mark.parametrize("amount", ["nan", "inf", "1e99", "0" * 41, "four", True, None, []])
def test_an_amount_that_is_none_leaves_the_rest_of_the_price(amount: Any) -> None:
    price = receipt(price={"total": amount, "perSms": "0.0120", "currency": "EUR"}).status.price
    assert price == Price(None, Decimal("0.0120"), "EUR")


@pytest.mark.parametrize("written", ["4477*****123", "ACME", "07700900123", "447700900123" * 2])
def test_a_masked_or_odd_destination_is_none(written: str) -> None:
    assert receipt(destination=written).status.destination is None


def test_a_status_may_be_a_single_word() -> None:
    assert receipt(status="DELIVERED").status.outcome is Outcome.DELIVERED


def test_words_are_read_without_regard_to_case_and_space() -> None:
    document = receipt_document(state=" DELIVERED ", detail="Delivered_To_Recipient")
    document |= {"namespace": "sms", "eventType": "OUTBOUND_message_status_changed "}
    event = read_receipt(as_json(document))
    assert (event.status.outcome, event.status.state) == (Outcome.DELIVERED, "DELIVERED")


@pytest.mark.parametrize("document", [receipt_document(), inbound_document()])
@pytest.mark.parametrize("lost", [("namespace",), ("eventType",), ("namespace", "eventType")])
def test_an_envelope_may_lack_its_label(document: dict[str, Any], lost: tuple[str, ...]) -> None:
    torn = {name: value for name, value in document.items() if name not in lost}
    assert facts(parse(as_json(torn))) == facts(parse(as_json(document)))


@pytest.mark.parametrize("document", [receipt_document(), inbound_document()])
def test_a_payload_may_come_without_its_envelope(document: dict[str, Any]) -> None:
    assert facts(parse(as_json(document["payload"]))) == facts(parse(as_json(document)))


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
)
@pytest.mark.parametrize("make", [as_json, as_xml], ids=["json", "xml"])
def test_any_unicode_encoding_with_or_without_a_mark(make: Any, encoding: str) -> None:
    document = receipt_document(source="Café")
    text = make(document).decode()
    if text.startswith("{"):
        text = json.dumps(document, ensure_ascii=False)
    assert read_receipt(text.encode(encoding)).status.sender == "Café"


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "", "no/such; thing", "x" * 999])
def test_the_content_type_may_lie(kind: str) -> None:
    for body in (as_json(receipt_document()), as_xml(receipt_document())):
        event = parse(body, {"CONTENT-TYPE": kind})
        assert isinstance(event, DeliveryReceipt)
        assert event.content_type in {kind or None, None}


@pytest.mark.parametrize("make", [as_json, as_xml], ids=["json", "xml"])
def test_bytes_that_are_not_utf_8_cost_no_more_than_themselves(make: Any) -> None:
    body = make(receipt_document(source="ACME")).replace(b"ACME", b"AC\xffME")
    event = read_receipt(body)
    assert (event.status.outcome, event.status.sender, event.raw) == (Outcome.DELIVERED, "AC\ufffdME", body)


def test_xml_that_lies_about_its_encoding() -> None:
    body = as_xml(receipt_document()).replace(b'encoding="utf-8"', b'encoding="martian"')
    assert read_receipt(body).umid == "u-1"


def test_xml_with_namespaces_attributes_comments_and_control_characters() -> None:
    body = (
        b'<?xml version="1.0"?><!-- a --><r xmlns="urn:x" a="b"><payload><umid>u-1</umid>'
        b"<source>A\x01</source><status><state>\n delivered </state><detail/></status></payload></r>"
    )
    event = read_receipt(body)
    assert (event.umid, event.status.outcome, event.status.detail) == ("u-1", Outcome.DELIVERED, None)


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"])
def test_characters_that_no_database_takes_are_replaced(text: str) -> None:
    event = receipt(clientMessageId=text)
    assert event.status.client_message_id == "a\ufffdb"


def test_control_characters_within_a_string() -> None:
    body = as_json(receipt_document(source="A-B")).replace(b"A-B", b"A\nB")
    assert read_receipt(body).status.sender == "A\nB"


# Lists


def test_a_list_of_events_is_read_one_by_one() -> None:
    documents = [receipt_document("u-1"), {"odd": 1}, inbound_document("in-1")]
    body = as_json(documents)
    events = parse_all(body, CONTENT)
    assert [type(event) for event in events] == [DeliveryReceipt, UnknownEvent, InboundMessage]
    assert [json.loads(event.raw) for event in events] == documents
    assert {event.content_type for event in events} == {CONTENT["Content-Type"]}


def test_a_list_of_payloads_in_one_envelope() -> None:
    document = receipt_document()
    document["payload"] = [receipt_document(umid)["payload"] for umid in ("u-1", "u-2")]
    assert [event.umid for event in parse_all(as_json(document)) if isinstance(event, DeliveryReceipt)] == [
        "u-1",
        "u-2",
    ]


def test_repeated_elements_of_xml_are_a_list() -> None:
    body = as_xml(receipt_document()).replace(b"<source>", b"<source>a</source><source>b</source><source>")
    assert read_receipt(body).status.sender is None


def test_a_list_of_one_is_that_one() -> None:
    body = as_json([receipt_document()])
    assert read_receipt(body).raw == body


def test_parse_says_when_there_are_several() -> None:
    body = as_json([receipt_document()] * 2)
    event = parse(body)
    assert isinstance(event, UnknownEvent)
    assert event.raw == body
    assert "2 events; parse_all" in event.reason


# Printing, and the package


def test_no_number_and_no_text_shows_when_printed() -> None:
    events = [
        receipt(source="447700900124"),
        parse(as_json(inbound_document())),
        parse(b"+447700900123 STOP"),
    ]
    shown = repr(events)
    assert "900123" not in shown
    assert "900124" not in shown
    assert "STOP" not in shown
