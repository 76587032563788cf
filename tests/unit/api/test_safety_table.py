"""The safety table, row by row, where it is decided; the clients' own tests say that they follow it."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from connect_sms import (
    ConnectionFailed,
    InvalidResponse,
    NoResponse,
    OutcomeUnknown,
    RateLimited,
    RawResponse,
    Retries,
)
from connect_sms._api.operation import Retry, Success
from connect_sms._api.operations import GET_MESSAGE, SEND_BATCH, SEND_MESSAGE
from connect_sms._api.response_policy import classify_response
from connect_sms._transport.effects import TransportFailure
from connect_sms.clock import ManualClock
from connect_sms.models.private import Secret
from tests.support.safety_table import read_error, send_error

OWN_ID = "order-1"
STATUS = {"code": "QUEUED", "description": None}
GOOD: dict[str, Any] = {
    "sendMessage": {"umid": "u", "clientMessageId": OWN_ID, "destination": "1", "status": STATUS},
    "sendBatch": {"batchId": "b", "acceptedCount": 1, "rejectedCount": 0, "messages": []},
    "getMessage": {"umid": "u", "status": {"state": "sent"}},
}
BODIES = {
    "an error": json.dumps({"code": 2000, "message": "failed", "errorId": None}).encode(),
    "a page": b"<html><body><h1>502 Bad Gateway</h1></body></html>",
    "nothing": b"",
    "a list": b"[1, 2]",
}
UNREADABLE = {
    "a page": BODIES["a page"],
    "nothing": b"",
    "a list": b"[]",
    "null": b"null",
    "a string": b'"QUEUED"',
    "cut off": b'{"umid": "abc", "sta',
    "not UTF-8": b'{"umid": "\xff"}',
    "nested too deep": b'{"umid":' + b"[" * 100_000,
}
SENDS = [SEND_MESSAGE, SEND_BATCH]
each_send = pytest.mark.parametrize("operation", SENDS, ids=lambda operation: operation.name)
each_operation = pytest.mark.parametrize(
    "operation", [*SENDS, GET_MESSAGE], ids=lambda operation: operation.name
)


def classify(
    operation: Any, status: int, body: bytes = b"", clock: ManualClock | None = None, **headers: str
) -> Any:
    """What is made of an answer."""
    reply = RawResponse(status, {name.replace("_", "-"): value for name, value in headers.items()}, body)
    return _classified(operation, reply, clock or ManualClock())


def _classified(operation: Any, reply: RawResponse | TransportFailure, clock: ManualClock) -> Any:
    settings = SimpleNamespace(api_key=Secret("key-for-tests-Zq7"), clock=clock, retries=Retries())
    context: Any = SimpleNamespace(
        settings=settings,
        rate_limiter=SimpleNamespace(hold=lambda _: None),
        provider=SimpleNamespace(secrets=("key-for-tests-Zq7",)),
    )
    call: Any = SimpleNamespace(operation=operation)
    return classify_response(context, call, reply, OWN_ID, ())


@each_operation
@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("hundreds", [3, 4, 5])
def test_every_status_that_is_no_success(operation: Any, body: str, hundreds: int) -> None:
    for status in range(hundreds * 100, hundreds * 100 + 100):
        made = classify(operation, status, BODIES[body])
        if operation is GET_MESSAGE:
            (kind, requests), unknown = read_error(status), False
        else:
            kind, requests, unknown = send_error(status)
        assert isinstance(made, Retry) is (requests > 1), status
        error: Any = made.error if isinstance(made, Retry) else made
        raised: Any = type(error)
        assert raised is kind, status
        assert error.may_have_been_sent is unknown, status
        if unknown:
            assert isinstance(error, OutcomeUnknown)
            assert (error.client_message_id, error.status) == (OWN_ID, status)
            assert OWN_ID in str(error)
            assert error.reason in str(error)
            assert error.response is not None
            assert error.response.body == BODIES[body]


@each_operation
def test_every_success_that_can_be_read(operation: Any) -> None:
    for status in range(200, 300):
        document = GOOD[operation.name]
        made = classify(operation, status, json.dumps(document).encode())
        assert isinstance(made, Success), status
        assert made.document == document


@each_operation
@pytest.mark.parametrize("body", UNREADABLE)
def test_every_success_that_cannot(operation: Any, body: str) -> None:
    kind = InvalidResponse if operation is GET_MESSAGE else OutcomeUnknown
    for status in range(200, 300):
        made = classify(operation, status, UNREADABLE[body])
        assert type(made) is kind, status
        assert made.may_have_been_sent is (kind is OutcomeUnknown)


@each_operation
def test_nothing_came_back(operation: Any) -> None:
    never = _classified(operation, TransportFailure("ConnectError", not_sent=True), ManualClock())
    assert isinstance(never, Retry)
    assert type(never.error) is ConnectionFailed
    assert not never.error.may_have_been_sent
    lost = _classified(operation, TransportFailure("ReadTimeout", not_sent=False), ManualClock())
    if operation is GET_MESSAGE:
        assert isinstance(lost, Retry)
        assert type(lost.error) is NoResponse
    else:
        assert type(lost) is OutcomeUnknown
        assert (lost.reason, lost.client_message_id) == ("ReadTimeout", OWN_ID)
        assert (lost.status, lost.response) == (None, None)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("0", 0), ("7", 7), ("119", 119), ("120", 120), ("121", 120), ("9" * 400, 120), ("-1", None),
        ("1.5", None), ("", None), ("soon", None), ("7s", None), ("1e9", None), ("0x10", None),
        ("Thu, 01 Jan 2026 01:00:09 +0100", 9), ("Thu, 01 Jan 2026 00:00:09 -0000", 9), ("\u0663", None),
        ("Mon, 99 Nov 2026 99:99:99 GMT", None), ("Fri, 01 Jan 1999 00:00:00 GMT", 0),
        ("Thu, 01 Jan 2026 00:00:09 GMT", 9), ("Fri, 31 Dec 9999 23:59:59 GMT", 120),
    ],
)  # fmt: skip
@each_operation
def test_what_a_retry_after_means(operation: Any, said: str, seconds: float | None) -> None:
    made = classify(operation, 429, retry_after=said)
    assert type(made.error) is RateLimited
    assert (made.after, made.error.retry_after) == (seconds, seconds)
