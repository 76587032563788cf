"""Receipts: what is posted, when, to whom, and what happens when the receiver does not take it."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from connect_sms.sandbox import Sandbox
from tests.support.sandbox_api import KEY, NUMBER, Api

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

URL = "http://127.0.0.1:9/receipts"


@dataclass
class Receiver:
    """Takes what the sandbox posts, and answers what it is told to."""

    answers: list[int] = field(default_factory=list)
    taken: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    sandbox: Sandbox | None = None

    def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        assert self.sandbox is not None
        self.taken.append((url, headers, body))
        self.at.append(self.sandbox.clock.now())
        answer = self.answers.pop(0) if self.answers else 200
        if answer == 0:
            raise ConnectionRefusedError
        return answer

    @property
    def payloads(self) -> list[dict[str, Any]]:
        return [json.loads(body)["payload"] for _, _, body in self.taken]

    @property
    def states(self) -> list[str]:
        return [payload["status"]["state"] for payload in self.payloads]


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def sandbox(request: pytest.FixtureRequest, receiver: Receiver) -> Iterator[Sandbox]:
    marker = request.node.get_closest_marker("sandbox")
    options: dict[str, Any] = {"factor": 0, "seed": 1, **(marker.kwargs if marker else {})}
    with Sandbox(deliver=receiver, **options) as running:
        receiver.sandbox = running
        yield running


def seconds(receiver: Receiver) -> list[float]:
    """When each try came, after the first."""
    return [round(at - receiver.at[0], 3) for at in receiver.at]


def test_each_change_of_state_is_posted_when_it_happens(
    api: Api, sandbox: Sandbox, receiver: Receiver
) -> None:
    api.send(dlrCallbackUrl=URL, clientMessageId="order-7", source="ACME")
    assert receiver.states == []
    sandbox.clock.advance(1)
    assert receiver.states == ["sent"]
    sandbox.clock.advance(60)
    assert receiver.states == ["sent", "delivered"]
    assert seconds(receiver) == [0, 1.5]


def test_a_receipt_has_the_documented_envelope(api: Api, sandbox: Sandbox, receiver: Receiver) -> None:
    umid = api.umid(dlrCallbackUrl=URL, clientMessageId="order-7", source="ACME", text="a" * 161)
    sandbox.clock.advance(2)
    url, headers, raw = receiver.taken[-1]
    body = json.loads(raw)
    assert url == URL
    assert headers["Content-Type"].startswith("application/json")
    assert (body["namespace"], body["eventType"]) == ("SMS", "outbound_message_status_changed")
    status = body["payload"].pop("status")
    assert body["payload"] == {
        "umid": umid,
        "batchId": None,
        "clientMessageId": "order-7",
        "clientBatchId": None,
        "subAccountId": "sandbox",
        "source": "ACME",
        "destination": NUMBER,
        "smsCount": 2,
        "price": {"total": 0.02, "perSms": 0.01, "currency": "EUR"},
    }
    assert status.pop("timestamp")
    assert status == {"state": "delivered", "detail": "delivered_to_recipient"}
    api.send(destination="+447700900965", dlrCallbackUrl=URL)  # it fails, and costs nothing
    sandbox.clock.advance(2)
    sent, failed = receiver.payloads[-2:]
    assert "price" in sent
    assert "price" not in failed
    assert failed["status"]["errorCode"] == 43
    assert failed["status"]["errorMessage"]


def test_a_registered_url_and_authorization_are_used_unless_a_message_names_its_own_url(
    api: Api, sandbox: Sandbox, receiver: Receiver
) -> None:
    api.send()
    sandbox.clock.advance(0.5)
    assert receiver.taken == []
    sandbox.configure(receipt_url=URL)
    api.send()
    sandbox.clock.advance(0.5)
    sandbox.configure(receipt_authorization="Basic registered")
    api.send(dlrCallbackUrl="http://127.0.0.1:9/mine")
    sandbox.clock.advance(0.5)
    assert [(url, headers.get("Authorization")) for url, headers, _ in receiver.taken] == [
        (URL, None),
        ("http://127.0.0.1:9/mine", "Basic registered"),
    ]


@pytest.mark.sandbox(receipt_url=URL, receipt_format="xml")
def test_xml_has_the_same_tree_under_root(api: Api, sandbox: Sandbox, receiver: Receiver) -> None:
    umid = api.umid(clientMessageId="a<b>&\u0001c")
    sandbox.clock.advance(2)
    _, headers, body = receiver.taken[-1]
    assert headers["Content-Type"].startswith("application/xml")
    root = ET.fromstring(body)  # noqa: S314 - the sandbox's own words
    assert root.tag == "root"
    assert root.findtext("eventType") == "outbound_message_status_changed"
    assert root.findtext("payload/umid") == umid
    assert root.findtext("payload/clientMessageId") == "a<b>&\ufffdc"
    assert root.findtext("payload/status/state") == "delivered"
    assert root.findtext("payload/price/currency") == "EUR"
    assert root.find("payload/batchId") is None


@pytest.mark.parametrize("failure", [0, 400, 404, 500, 503])
def test_a_failure_is_tried_again_after_1_10_30_and_90_seconds_and_then_never(
    api: Api, sandbox: Sandbox, receiver: Receiver, failure: int
) -> None:
    api.send(dlrCallbackUrl=URL, destination="+447700900946")
    receiver.answers = [failure] * 100
    sandbox.clock.advance(10_000)
    assert seconds(receiver) == [0, 1, 11, 41, 131]
    assert len(sandbox.receipts) == 0


def test_a_retry_that_is_taken_is_the_last_and_the_timeline_has_each(
    api: Api, sandbox: Sandbox, receiver: Receiver
) -> None:
    api.send(dlrCallbackUrl=URL, destination="+447700900946")
    receiver.answers = [503, 0, 200]
    sandbox.clock.advance(10_000)
    assert seconds(receiver) == [0, 1, 11]
    assert [(posted.attempt, posted.result, posted.ok) for posted in sandbox.receipts.log] == [
        (1, 503, False),
        (2, "error", False),
        (3, 200, True),
    ]
    words = [event.what for event in sandbox.messages[0].timeline]
    assert words[-3:] == [f"receipt for 'rejected', attempt {n}" for n in ("1: 503", "2: error", "3: 200")]


def test_some_messages_never_have_a_receipt(api: Api, sandbox: Sandbox, receiver: Receiver) -> None:
    for destination in ("+447700900943", "+447700900990"):
        api.send(dlrCallbackUrl=URL, destination=destination)
    sandbox.clock.advance(10_000)
    assert receiver.taken == []
    assert [message.state for message in sandbox.messages] == ["sent", "failed"]


def test_nothing_is_posted_later_than_48_hours(api: Api, sandbox: Sandbox, receiver: Receiver) -> None:
    soon = (sandbox.clock.when() + timedelta(hours=47)).isoformat()
    late = (sandbox.clock.when() + timedelta(hours=49)).isoformat()
    api.send(dlrCallbackUrl=URL, scheduled=soon)
    api.send(dlrCallbackUrl=URL, scheduled=late)
    sandbox.clock.advance(100 * 3600)
    assert receiver.states == ["sent", "delivered"]
    assert [message.state for message in sandbox.messages] == ["delivered", "delivered"]


@pytest.mark.sandbox(receipt_duplicates=2)
def test_duplicates_on_request(api: Api, sandbox: Sandbox, receiver: Receiver) -> None:
    api.send(dlrCallbackUrl=URL)
    sandbox.clock.advance(2)
    assert receiver.states == ["sent"] * 3 + ["delivered"] * 3
    assert receiver.taken[0][2] == receiver.taken[1][2] == receiver.taken[2][2]


@pytest.mark.sandbox(receipt_shuffle=True)
def test_out_of_order_on_request(api: Api, sandbox: Sandbox, receiver: Receiver) -> None:
    api.send(dlrCallbackUrl=URL)
    sandbox.clock.advance(1.9)
    assert receiver.states == []
    sandbox.clock.advance(1)
    assert receiver.states == ["delivered", "sent"]
    stamps = [payload["status"]["timestamp"] for payload in receiver.payloads]
    assert stamps[0] > stamps[1]
    api.send(dlrCallbackUrl=URL, destination="+447700900942")
    sandbox.clock.advance(10)
    assert sorted(receiver.states[2:]) == ["delivered", "read", "sent"]


def test_a_batch_of_messages_is_posted_one_by_one(api: Api, sandbox: Sandbox, receiver: Receiver) -> None:
    body = api.batch_to(
        NUMBER, "+447700900001", template={"text": "Hi", "dlrCallbackUrl": URL}, clientBatchId="spring"
    ).json()
    sandbox.clock.advance(2)
    assert {payload["umid"] for payload in receiver.payloads} == {item["umid"] for item in body["messages"]}
    assert {(payload["batchId"], payload["clientBatchId"]) for payload in receiver.payloads} == {
        (body["batchId"], "spring")
    }


@pytest.mark.sandbox(receipt_url=URL)
def test_an_inbound_message_has_the_same_envelope_and_retries(sandbox: Sandbox, receiver: Receiver) -> None:
    umid = sandbox.receive("+12025550123", "STOP", to=NUMBER)
    body = json.loads(receiver.taken[0][2])
    assert body["eventType"] == "inbound_message_received"
    assert body["payload"].pop("timestamp")
    assert body["payload"] == {
        "umid": umid,
        "subAccountId": "sandbox",
        "source": "+12025550123",
        "destination": NUMBER,
        "body": "STOP",
        "encoding": "GSM7",
        "smsCount": 1,
        "price": {"total": 0.01, "perSms": 0.01, "currency": "EUR"},
    }
    sandbox.configure(inbound_url="http://127.0.0.1:9/inbound")
    receiver.answers = [500]
    sandbox.receive("+12025550123", "STOP")
    sandbox.clock.advance(5)
    assert [url for url, _, _ in receiver.taken[1:]] == ["http://127.0.0.1:9/inbound"] * 2


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/x",
        "http://192.0.2.7/x",
        "https://localhost.example.com",
        "http://127.0.0.1.example.com/",
    ],
)
def test_receipts_leave_for_loopback_only_and_a_refusal_shows_in_the_timeline(url: str) -> None:
    with Sandbox(factor=0) as sandbox:
        body = json.dumps({"destination": NUMBER, "text": "Hi", "dlrCallbackUrl": url}).encode()
        headers = {"authorization": f"Bearer {KEY}", "content-type": "application/json"}
        assert sandbox.service.handle("POST", "/sandbox/messages", headers, body).status == 200
        sandbox.clock.advance(10)
        assert [posted.result for posted in sandbox.receipts.log] == ["refused"]
        assert "refused" in " ".join(event.what for event in sandbox.messages[0].timeline)
        assert len(sandbox.receipts) == 0
        with pytest.raises(ValueError, match="inbound_url"):
            sandbox.receive("+12025550123", "STOP")
        sandbox.configure(inbound_url=url)
        with pytest.raises(ValueError, match="loopback"):
            sandbox.receive("+12025550123", "STOP")


def test_a_failing_receipt_holds_up_no_other_and_ends_with_a_reset(
    api: Api, sandbox: Sandbox, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.send(dlrCallbackUrl=URL)
    receiver.answers = [500, 500, 500]
    sandbox.clock.advance(2.2)
    assert receiver.states == ["sent", "sent", "delivered"]
    sandbox.reset()
    sandbox.clock.advance(1000)
    assert (len(receiver.taken), len(sandbox.receipts.log)) == (3, 0)
    api.send(dlrCallbackUrl=URL)

    def forget(_: Receiver, url: str, headers: Mapping[str, str], body: bytes) -> int:
        receiver.taken.append((url, headers, body))
        sandbox.reset()
        return 500

    monkeypatch.setattr(Receiver, "__call__", forget)
    sandbox.clock.advance(1000)
    assert len(receiver.taken) == 4
