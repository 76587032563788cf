"""The rules of a batch."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from tests.support.sandbox_api import NUMBER, OTHER, Api, refusal

if TYPE_CHECKING:
    from connect_sms.sandbox import Sandbox

ONE = {"destination": NUMBER, "text": "Hello"}


def codes(body: dict[str, Any]) -> list[str]:
    return [item["status"]["code"] for item in body["messages"]]


def reasons(sandbox: Sandbox) -> list[str | None]:
    return [message.rejection for message in sandbox.messages]


def test_without_being_asked_the_answer_lists_nobody(api: Api) -> None:
    body = api.batch(messages=[ONE]).json()
    assert UUID(body.pop("batchId")).version == 4
    assert body == {"clientBatchId": None, "acceptedCount": 1, "rejectedCount": 0, "messages": None}


def test_asked_for_the_answer_lists_everybody_in_order(api: Api) -> None:
    body = api.batch_to(NUMBER, OTHER, clientBatchId="spring").json()
    assert body["clientBatchId"] == "spring"
    assert [item["clientMessageId"] for item in body["messages"]] == ["id-0", "id-1"]
    assert len({item["umid"] for item in body["messages"]}) == 2
    assert api.status(body["messages"][1]["umid"]).json()["batchId"] == body["batchId"]


def test_some_are_rejected_inside_a_200(api: Api, sandbox: Sandbox) -> None:
    past = (sandbox.clock.when() - timedelta(seconds=1)).isoformat()
    messages: list[dict[str, Any]] = [
        ONE,
        {**ONE, "destination": "+1123456789"},
        {**ONE, "destination": "not a number"},
        {"destination": NUMBER},
        {**ONE, "text": ""},
        {**ONE, "source": "A sender too long"},
        {**ONE, "expiry": past},
    ]
    body = api.batch(messages=messages, includeMessagesInResponse=True).json()
    assert (body["acceptedCount"], body["rejectedCount"]) == (1, 6)
    assert codes(body) == ["QUEUED"] + ["REJECTED"] * 6
    assert reasons(sandbox) == [
        None, "not-e164", "not-e164", "text-missing", "text-missing", "source-too-long", "expired",
    ]  # fmt: skip
    assert len({item["status"]["description"] for item in body["messages"]}) == 5
    assert sandbox.accepted.by_destination() == {NUMBER: 1}


@pytest.mark.parametrize(("count", "status"), [(1, 200), (10_000, 200), (10_001, 400)])
@pytest.mark.parametrize("form", ["messages", "destinations"])
def test_a_batch_has_1_to_10000_messages(api: Api, count: int, status: int, form: str) -> None:
    entries: dict[str, Any] = (
        {"messages": [ONE] * count} if form == "messages" else {"destinations": [NUMBER] * count}
    )
    answer = api.batch(**entries, template={"text": "Hi"})
    assert answer.status_code == status
    assert len(api.sandbox.accepted) == (count if status == 200 else 0)
    if status == 400:
        assert refusal(answer) == (400, 3013)


def test_the_template_fills_what_a_message_leaves_out(api: Api, sandbox: Sandbox) -> None:
    template = {"text": "From the template", "source": "SHOP", "encoding": "UCS2"}
    api.batch(
        messages=[{"destination": NUMBER}, {"destination": OTHER, "text": "Mine", "source": "ME"}],
        template=template,
    )
    first, second = sandbox.messages
    assert (first.text, first.source) == ("From the template", "SHOP")
    assert (second.text, second.source) == ("Mine", "ME")
    assert [m.segments.encoding for m in sandbox.messages if m.segments] == ["UCS2", "UCS2"]


def test_destinations_share_the_template_and_have_no_id(api: Api) -> None:
    body = api.batch(
        destinations=[NUMBER, "12", OTHER], template={"text": "Hi"}, includeMessagesInResponse=True
    ).json()
    assert codes(body) == ["QUEUED", "REJECTED", "QUEUED"]
    assert [item["clientMessageId"] for item in body["messages"]] == [None] * 3


@pytest.mark.parametrize("template", [None, {}, {"source": "SHOP"}, {"text": ""}])
def test_destinations_need_a_template_with_a_text(api: Api, template: dict[str, str] | None) -> None:
    extra: dict[str, Any] = {} if template is None else {"template": template}
    assert refusal(api.batch(destinations=[NUMBER], **extra)) == (400, 1007)


def test_destinations_beside_messages_are_discarded_without_a_word(api: Api, sandbox: Sandbox) -> None:
    body = api.batch(messages=[ONE], destinations=[OTHER], template={"text": "Hi"}).json()
    assert body["acceptedCount"] == 1
    assert sandbox.accepted.by_destination() == {NUMBER: 1}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"clientMessageId": "x" * 351}, 3009),
        ({"encoding": "latin"}, 1003),
        ({"scheduled": "2999-01-01T00:00:00Z"}, 1011),
        ({"dlrCallbackUrl": "nowhere"}, 3020),
        ({"country": "ZZ"}, 1009),
        ({"clientIp": "nowhere"}, 1012),
        ({"text": 5}, 1000),
        ({"destination": 5}, 1000),
        ({"sender": "x"}, 1000),
        ({"source": ["x"]}, 1000),
    ],
)
def test_a_fault_that_is_no_reason_of_rejection_refuses_the_whole_batch(
    api: Api, change: dict[str, Any], code: int
) -> None:
    assert refusal(api.batch(messages=[ONE, {**ONE, **change}])) == (400, code)
    assert len(api.sandbox.messages) == 0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"messages": []}, 3012),
        ({"messages": [], "template": {"text": "x"}}, 3012),
        ({"messages": [], "destinations": [], "template": {"text": "x"}}, 3012),
        ({"clientBatchId": "x" * 21}, 3014),
        ({"messages": "x"}, 1000),
        ({"messages": [1]}, 1000),
        ({"messages": [{"text": "no number"}]}, 3002),
        ({"includeMessagesInResponse": "yes"}, 1000),
        ({"includeMessagesInResponse": None}, 1000),
        ({"clientBatchId": 5}, 1000),
        ({"clientIp": "x"}, 1012),
        ({"template": "x"}, 1007),
        ({"template": {"text": 5}}, 1007),
        ({"template": {"text": ""}}, 1007),
        ({"template": {"source": "SHOP"}}, 1007),
        ({"template": {"text": "Hi", "encoding": "x"}}, 1003),
        ({"template": {"text": "Hi", "scheduled": "x"}}, 1011),
        ({"template": {"destination": NUMBER}}, 1000),
        ({"mesages": []}, 1000),
    ],
)
def test_the_batch_itself_is_checked(api: Api, change: dict[str, Any], code: int) -> None:
    body: dict[str, Any] = {"messages": [ONE], **change}
    assert refusal(api.batch(**body)) == (400, code)


def test_a_batch_needs_messages_or_destinations(api: Api) -> None:
    bodies: list[dict[str, Any]] = [
        {},
        {"template": {"text": "x"}},
        {"destinations": [], "template": {"text": "x"}},
    ]
    for body in bodies:
        assert refusal(api.batch(**body)) == (400, 3012)


@pytest.mark.sandbox(long_text="reject")
def test_text_too_long_is_a_reason_when_the_sandbox_does_not_cut(api: Api, sandbox: Sandbox) -> None:
    body = api.batch(messages=[{**ONE, "text": "a" * 1531}], clientBatchId="x" * 20).json()
    assert (body["acceptedCount"], body["rejectedCount"]) == (0, 1)
    assert reasons(sandbox) == ["text-too-long"]


def test_one_number_of_the_fault_table_does_not_fail_a_batch(api: Api) -> None:
    assert api.batch_to(NUMBER, "+447700900997").json()["acceptedCount"] == 2


def test_ten_thousand_messages_keep_their_ids_apart(api: Api, sandbox: Sandbox) -> None:
    numbers = [f"+4477008{place:05d}" for place in range(10_000)]
    body = api.batch_to(*numbers).json()
    umids = [item["umid"] for item in body["messages"]]
    assert len(set(umids)) == 10_000
    assert all(sandbox.messages.find(umid) is sandbox.messages[place] for place, umid in enumerate(umids))
    assert sandbox.accepted.twice() == {}
