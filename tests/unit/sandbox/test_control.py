"""The control endpoints and the page, without a socket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.support.asgi import AppTransport
from tests.support.sandbox_api import NUMBER, Api

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connect_sms.sandbox import Sandbox


@pytest.fixture
def control(sandbox: Sandbox) -> Iterator[httpx.Client]:
    with httpx.Client(base_url="http://sandbox/_sandbox", transport=AppTransport(sandbox)) as http:
        yield http


def test_the_index_names_every_endpoint(control: httpx.Client) -> None:
    endpoints = control.get("/").json()["endpoints"]
    assert "POST /_sandbox/faults" in endpoints
    assert len(endpoints) == len(set(endpoints)) == 13


@pytest.mark.sandbox(seed=None)
def test_health_tells_one_instance_from_another(control: httpx.Client, sandbox: Sandbox, api: Api) -> None:
    first = control.get("/health").json()
    assert first["clock"]["factor"] == 0
    api.send()
    assert control.get("/health").json() | {"instance": ""} == {
        "instance": "", "messages": 1, "accepted": 1, "requests": 1, "receiptsWaiting": 0,
        "faultsWaiting": [], "clock": first["clock"],
    }  # fmt: skip
    sandbox.reset()
    assert control.get("/health").json()["instance"] != first["instance"]


def test_messages_are_listed_newest_first_and_masked(control: httpx.Client, api: Api) -> None:
    api.send(text="The password is rose", clientMessageId="a")
    api.send(destination="+1123456789", clientMessageId="b")
    answer = control.get("/messages")
    body = answer.json()
    assert body["total"] == 2
    assert [message["clientMessageId"] for message in body["messages"]] == ["b", "a"]
    assert [message["state"] for message in body["messages"]] == ["rejected", "queued"]
    assert NUMBER not in answer.text
    assert "rose" not in answer.text
    assert body["messages"][1]["characters"] == 20
    revealed = control.get("/messages", params={"reveal": "1"}).json()["messages"][1]
    assert (revealed["destination"], revealed["text"]) == (NUMBER, "The password is rose")


def test_messages_can_be_filtered_by_state_and_paged(
    control: httpx.Client, api: Api, sandbox: Sandbox
) -> None:
    for reference in "abc":
        api.send(clientMessageId=reference)
    sandbox.clock.advance(5)
    api.send(clientMessageId="d")

    def listed(**params: Any) -> list[str]:
        found = control.get("/messages", params=params).json()["messages"]
        return [message["clientMessageId"] for message in found]

    def more(**params: Any) -> bool:
        found = control.get("/messages", params=params).json()["more"]
        assert isinstance(found, bool)
        return found

    assert listed(state="delivered") == ["c", "b", "a"]
    assert listed(state="queued") == ["d"]
    assert listed(limit=2) == ["d", "c"]
    assert listed(before=2) == ["b", "a"]
    assert listed(before=0) == []
    assert [more(limit=3), more(limit=4), more(state="queued"), more(state="delivered", limit=2)] == [
        True, False, False, True
    ]  # fmt: skip
    assert control.get("/messages", params={"limit": "many"}).status_code == 400


def test_a_list_that_did_not_look_at_all_messages_says_so(
    control: httpx.Client, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connect_sms.sandbox.http.control._SCAN", 2)
    found = []
    for _ in range(3):
        api.send()
        found.append(control.get("/messages", params={"state": "read"}).json())
    assert [(answer["messages"], answer["more"]) for answer in found] == [
        ([], False),
        ([], False),
        ([], True),
    ]


def test_one_message_has_its_timeline(control: httpx.Client, api: Api, sandbox: Sandbox) -> None:
    umid = api.umid()
    sandbox.clock.advance(1)
    body = control.get(f"/messages/{umid}").json()
    assert [event["what"] for event in body["timeline"]] == ["queued", "sent"]
    assert control.get("/messages/nobody").status_code == 404


def test_the_acceptance_log(control: httpx.Client, api: Api) -> None:
    api.send(clientMessageId="a")
    api.send(clientMessageId="a")
    assert control.get("/accepted").json() == {
        "total": 2, "byClientMessageId": {"a": 2}, "byDestination": {NUMBER: 2}, "twice": {"a": 2},
    }  # fmt: skip


def test_the_requests_by_operation(control: httpx.Client, api: Api) -> None:
    api.send()
    api.batch_to(NUMBER)
    body = control.get("/requests").json()
    counts = body["byOperation"]
    assert {operation: times for operation, times in counts.items() if times} == {"send": 1, "batch": 1}
    assert counts.keys() == {"send", "batch", "status", "export", "export-status", "export-file"}
    assert [record["operation"] for record in body["recent"]] == ["send", "batch"]


def test_faults_can_be_scripted_listed_and_taken_back(control: httpx.Client, api: Api) -> None:
    script = {"fault": "error-before", "status": 503, "times": 2, "operation": "send"}
    assert control.post("/faults", json=script).json() == {"waiting": ["error-before;status=503 x 2"]}
    assert api.send().status_code == 503
    known = control.get("/faults").json()
    assert known["waiting"] == ["error-before;status=503 x 1"]
    assert "reset-after" in known["faults"]
    assert known["destinations"]["45"] == "expired"
    assert control.delete("/faults").json() == {"waiting": []}
    assert api.send().is_success


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"fault": "nonsense"},
        {"fault": 5},
        {"fault": "slow", "colour": 1},
        {"fault": "slow", "seconds": "x"},
        {"fault": "slow", "times": "x"},
        {"fault": "slow", "destination": 5},
        {"fault": "slow", "status": None},
    ],
)
def test_a_bad_fault_is_400(control: httpx.Client, body: dict[str, Any]) -> None:
    answer = control.post("/faults", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_the_clock_can_be_stepped_and_sped_up(control: httpx.Client, sandbox: Sandbox) -> None:
    before = control.get("/clock").json()
    assert control.post("/clock", json={"advance": 10}).json()["now"] == pytest.approx(before["now"] + 10)
    assert control.post("/clock", json={"factor": 5}).json()["factor"] == 5
    assert sandbox.clock.factor == 5
    bodies: list[dict[str, Any]] = [{"advance": -1}, {"advance": "x"}, {"factor": -1}, {"factor": []}]
    for bad in bodies:
        assert control.post("/clock", json=bad).status_code == 400


@pytest.mark.sandbox(deliver=lambda *_: 200)
def test_a_message_can_be_received(control: httpx.Client, sandbox: Sandbox) -> None:
    assert control.post("/inbound", json={"from": "+12025550123", "text": "STOP"}).status_code == 400
    sandbox.configure(inbound_url="http://127.0.0.1:9/")
    umid = control.post("/inbound", json={"from": "+12025550123", "text": "STOP"}).json()["umid"]
    [posted] = control.get("/receipts").json()
    assert (posted["umid"], posted["what"]) == (umid, "inbound")
    for bad in ({}, {"from": 1, "text": "x"}, {"from": "x", "text": "x", "to": 1}):
        assert control.post("/inbound", json=bad).status_code == 400


def test_another_sites_page_cannot_change_anything(control: httpx.Client, api: Api) -> None:
    api.send()
    forms = [("{}", "text/plain"), ("{}", "application/x-www-form-urlencoded")]
    for content, kind in [*forms, ("{", "application/json"), ("[]", "application/json")]:
        assert control.post("/reset", content=content, headers={"Content-Type": kind}).status_code == 400
    assert len(api.sandbox.messages) == 1
    assert control.post("/reset", json={}).is_success
    assert control.get("/health").json()["messages"] == 0


def test_the_page_loads_nothing_from_elsewhere(control: httpx.Client) -> None:
    answer = control.get("http://sandbox/")
    assert answer.headers["Content-Type"].startswith("text/html")
    policy = answer.headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "frame-ancestors 'none'"} <= set(policy)
    for outside in ('src="http', 'href="http', "@import", "url(http"):
        assert outside not in answer.text
    assert "prefers-color-scheme:dark" in answer.text
    # An answer of 202 is no failure.
    assert "r.status >= 200 && r.status < 300" in answer.text
