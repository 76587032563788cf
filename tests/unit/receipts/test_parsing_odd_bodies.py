"""Bodies that are no event, or hardly one: kept with the reason, whatever they hold."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from connect_sms.receipts import DeliveryReceipt, UnknownEvent, parse
from connect_sms.sandbox.webhooks.payloads import as_xml
from tests.support.receipt_samples import as_json, receipt_document

CONTENT = {"Content-Type": "application/json; charset=utf-8"}


def unknown(body: Any, headers: Any = CONTENT) -> UnknownEvent:
    event = parse(body, headers)
    assert isinstance(event, UnknownEvent), event
    return event


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b" \r\n\0", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"hello", "neither JSON nor XML"),
        (b"umid=u-1&state=delivered", "neither JSON nor XML"),
        (b'{"umid": ', "neither JSON nor XML"),
        (b"[" * 100_000, "nested too deeply"),
        (b"{" + b'"a":{' * 100_000, "nested too deeply"),
        (b"1" * 5_000, "neither JSON nor XML"),
        (b"null", "not an object"),
        (b"[]", "not an object"),
        (b"{}", "not an object"),
        (b'"text"', "not an object"),
        (b"[[1]]", "not an object"),
        (b'{"eventType": "inbound_message_received"}', "no payload"),
        (b'{"eventType": "inbound_message_received", "payload": {"a": 1}}', "no umid"),
        (b'{"eventType": "moon_landed", "payload": {"umid": "u"}}', "event type that is not known"),
        (b'{"payload": {"umid": "u"}}', "no event type"),
        (b'{"umid": "u", "status": {}}', "no status"),
        (b'{"umid": "u", "status": [1]}', "no status"),
        (b'{"namespace": "VIBER", "umid": "u", "status": "read"}', "another namespace"),
        (b"<root>", "not well-formed"),
        (b"<html><body>Bad gateway</body></html>", "no event type"),
        (b"<a>" * 50 + b"</a>" * 50, "nested too deeply"),
        (b'<!DOCTYPE r [<!ENTITY a "b">]><r>&a;</r>', "for safety"),
        (b'<!DOCTYPE r SYSTEM "file:///etc/passwd"><r/>', "for safety"),
    ],
)
def test_what_is_no_event_is_kept_with_the_reason(body: bytes, reason: str) -> None:
    event = unknown(body)
    assert reason in event.reason
    assert event.raw == body


def test_a_text_or_bytearray_is_taken_as_a_body() -> None:
    body = as_json(receipt_document())
    assert parse(bytearray(body)) == parse(body.decode()) == parse(body)  # type: ignore[arg-type]


@pytest.mark.parametrize("body", [None, 7, object()])
def test_even_what_is_no_body_gives_an_event(body: Any) -> None:
    assert unknown(body).raw == b""


class Broken(dict[str, str]):
    def items(self) -> Any:
        raise RuntimeError


@pytest.mark.parametrize("headers", [None, [("Content-Type", "a")], Broken(), {7: 8}, {"content-type": None}])
def test_headers_of_any_kind_cost_nothing(headers: Any) -> None:
    event = parse(as_json(receipt_document()), headers)
    assert isinstance(event, DeliveryReceipt)
    assert event.content_type is None


def test_without_the_extra_xml_is_kept_and_the_line_to_type_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "defusedxml.common", None)
    body = as_xml(receipt_document())
    event = unknown(body)
    assert "pip install 'connect-sms[receipts]'" in event.reason
    assert event.raw == body


def test_a_reader_that_breaks_keeps_the_body(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("a secret")

    monkeypatch.setattr("connect_sms.receipts.parsing.status_from_fields", broken)
    body = as_json(receipt_document())
    event = unknown(body)
    assert (event.reason, event.raw) == ("reading it failed (RuntimeError)", body)
