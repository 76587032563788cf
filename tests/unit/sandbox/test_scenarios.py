"""From queued to the end, and the table of destinations."""

from __future__ import annotations

import csv
from datetime import timedelta
from importlib import resources
from typing import TYPE_CHECKING

import pytest

from connect_sms.sandbox import SCENARIOS
from connect_sms.sandbox.scenarios import scenario_for
from tests.support.sandbox_api import NUMBER, Api, refusal

if TYPE_CHECKING:
    from connect_sms.sandbox import Sandbox

DAY = 86_400


def walk(api: Api, destination: str, *moments: float) -> list[tuple[str, str | None, int | None]]:
    """State, detail and error code of a message at some seconds after it was sent."""
    umid = api.umid(destination=destination)
    seen: list[tuple[str, str | None, int | None]] = []
    past = 0.0
    for moment in moments:
        api.sandbox.clock.advance(moment - past)
        past = moment
        status = api.state(umid)
        seen.append((status["state"], status["detail"], status["errorCode"]))
    return seen


def ending(nn: int) -> str:
    return f"+4477009009{nn:02d}"


def test_a_message_is_queued_then_sent_then_delivered(api: Api) -> None:
    assert walk(api, NUMBER, 0, 0.5, 2, DAY) == [
        ("queued", None, None),
        ("sent", None, None),
        ("delivered", "delivered_to_recipient", None),
        ("delivered", "delivered_to_recipient", None),
    ]


@pytest.mark.parametrize(
    ("nn", "moment", "expected"),
    [
        (0, DAY, ("delivered", "delivered_to_recipient", None)),
        (40, DAY, ("delivered", "delivered_to_operator", None)),
        (41, 2, ("delivered", "delivered_to_operator", None)),
        (41, 10, ("delivered", "delivered_to_recipient", None)),
        (42, 2, ("delivered", "delivered_to_recipient", None)),
        (42, 10, ("read", "delivered_to_recipient", None)),
        (43, DAY, ("sent", None, None)),
        (44, DAY, ("queued", None, None)),
        (45, 59, ("sent", None, None)),
        (45, 60, ("undelivered", "undelivered_to_recipient", 36)),
        (46, 1, ("rejected", "rejected_by_operator", 41)),
        (47, 2, ("delivered", "delivered_to_carrier", None)),
        (48, 2, ("unknown", None, 56)),
        (49, 2, ("teleported", "beamed_to_recipient", None)),
        (50, 2, ("undelivered", "undelivered_to_recipient", 1)),
        (60, 2, ("undelivered", "undelivered_to_recipient", 59)),
        (65, 2, ("undelivered", "rejected_by_operator", 43)),
        (70, 2, ("undelivered", "rejected_by_operator", 42)),
        (75, 2, ("undelivered", "undelivered_to_recipient", 0)),
        (80, 5, ("sent", None, 4)),
        (80, 20, ("delivered", "delivered_to_recipient", None)),
        (81, 5, ("sent", None, 22)),
        (81, 20, ("undelivered", "undelivered_to_recipient", 46)),
        (82, 20, ("undelivered", "undelivered_to_recipient", 36)),
    ],
)
@pytest.mark.parametrize("series", ["+4477009009", "+120255501"])
def test_the_last_two_digits_of_a_fiction_number_choose_the_outcome(
    api: Api, series: str, nn: int, moment: float, expected: tuple[str, str | None, int | None]
) -> None:
    assert walk(api, f"{series}{nn:02d}", moment) == [expected]


def test_the_table_has_every_class_of_delivery_error() -> None:
    rows = csv.DictReader(
        resources.files("connect_sms").joinpath("delivery_errors.csv").read_text("utf-8").splitlines()
    )
    class_of = {int(row["code"]): row["category"] for row in rows}
    reached = {
        change.code
        for scenario in SCENARIOS.values()
        for change in scenario.changes
        if change.code is not None
    }
    assert {class_of[code] for code in reached} == set(class_of.values())


@pytest.mark.parametrize("code", [0, 1, 6, 36, 61, 62, 99])
def test_the_800_series_reaches_every_delivery_error_code(api: Api, code: int) -> None:
    umid = api.umid(destination=f"+4477009008{code:02d}")
    api.sandbox.clock.advance(2)
    status = api.state(umid)
    assert (status["state"], status["errorCode"]) == ("undelivered", code)
    assert status["errorMessage"]


@pytest.mark.parametrize(
    "destination", ["447700901940", "12025551140", "4477009009401", "6591234540", "447700900140"]
)
def test_every_other_number_is_delivered(destination: str) -> None:
    assert scenario_for(destination).title == "delivered to the recipient"


@pytest.mark.parametrize(("nn", "reason"), [(90, "not-e164"), (91, "internal")])
def test_rejected_at_submit(api: Api, nn: int, reason: str) -> None:
    answer = api.send(destination=ending(nn))
    assert (answer.status_code, answer.json()["status"]["code"]) == (200, "REJECTED")
    message = api.sandbox.messages[0]
    assert (message.rejection, message.destination) == (reason, ending(nn))
    assert [event.what for event in message.timeline] == [f"rejected at submit: {reason}"]
    assert api.state(answer.json()["umid"])["state"] == "failed"
    assert len(api.sandbox.accepted) == 0


def test_a_scheduled_message_sets_out_when_its_time_has_come(api: Api, sandbox: Sandbox) -> None:
    umid = api.umid(scheduled=(sandbox.clock.when() + timedelta(hours=1)).isoformat())
    sandbox.clock.advance(3599)
    assert api.state(umid)["state"] == "queued"
    sandbox.clock.advance(4)
    assert api.state(umid)["state"] == "delivered"


def test_a_message_that_is_not_sent_by_its_expiry_expires(api: Api, sandbox: Sandbox) -> None:
    now = sandbox.clock.when()
    late = (now + timedelta(hours=2)).isoformat()
    umid = api.umid(scheduled=late, expiry=(now + timedelta(hours=1)).isoformat())
    stuck = api.umid(destination=ending(44), expiry=(now + timedelta(hours=1)).isoformat())
    sandbox.clock.advance(3600)
    for expired in (umid, stuck):
        assert (api.state(expired)["state"], api.state(expired)["errorCode"]) == ("undelivered", 36)
    sent = api.umid(expiry=(sandbox.clock.when() + timedelta(seconds=1)).isoformat())
    sandbox.clock.advance(10)
    assert api.state(sent)["state"] == "delivered"


def test_the_status_answer_is_complete_and_masked(api: Api, sandbox: Sandbox) -> None:
    umid = api.umid(text="The password is rose", source="ACME", clientMessageId="order-7")
    message = sandbox.messages[0]
    assert [event.what for event in message.timeline] == ["queued"]
    sandbox.clock.advance(2)
    assert [event.what for event in message.timeline][1:] == ["sent", "delivered delivered_to_recipient"]
    assert message.is_final
    answer = api.status(umid)
    body = answer.json()
    assert NUMBER not in answer.text
    assert "rose" not in answer.text
    assert body.pop("status") | {"timestamp": ""} == {
        "state": "delivered", "detail": "delivered_to_recipient", "errorCode": None, "errorMessage": None,
        "timestamp": "",
    }  # fmt: skip
    assert {**body, "createdAt": ""} == {
        "umid": umid,
        "subAccountId": "sandbox",
        "direction": "outbound",
        "country": "GB",
        "msisdn": "+44770090xxxx",
        "source": "ACME",
        "body": "**MASKED**",
        "encoding": "GSM7",
        "createdAt": "",
        "smsCount": 1,
        "price": {"total": 0.01, "perSms": 0.01, "currency": "EUR"},
        "clientMessageId": "order-7",
        "clientBatchId": None,
        "batchId": None,
    }


@pytest.mark.sandbox(price_per_part=0.05, currency="USD", masked=False)
def test_each_part_has_its_price_and_a_refusal_by_the_operator_costs_nothing(
    api: Api, sandbox: Sandbox
) -> None:
    three, barred = api.umid(text="a" * 400), api.umid(destination=ending(65))
    sandbox.clock.advance(2)
    assert api.status(three).json()["price"] == {"total": 0.15, "perSms": 0.05, "currency": "USD"}
    assert api.status(barred).json()["price"]["total"] == 0
    assert (api.status(barred).json()["msisdn"], api.status(barred).json()["body"]) == (ending(65), "Hello")
    assert {len(api.status(api.umid()).json()["createdAt"]) for _ in range(6)} == {20, 23, 33}


def test_an_unknown_umid_is_404_whatever_its_form(api: Api) -> None:
    umid = api.umid()
    nearly = [umid[:at] + ("h" if umid[at] == "g" else "g") + umid[at + 1 :] for at in range(36)]
    for wrong in ("abc123", "00000000-0000-4000-8000-000000000000", "x" * 36, *nearly):
        assert refusal(api.status(wrong)) == (404, 1300)
    assert api.status(umid).is_success


def test_no_repr_shows_a_number_a_text_or_a_key(api: Api, sandbox: Sandbox) -> None:
    api.send(text="The password is rose")
    sandbox.fail_next("reset-after", destination=NUMBER)
    shown = " ".join(
        map(repr, [sandbox, sandbox.messages, sandbox.messages[0], sandbox.accepted, sandbox.requests,
                   sandbox.clock,
                   sandbox.requests.last, sandbox.settings, sandbox.receipts, sandbox.faults.pending()])
    )  # fmt: skip
    assert "447700900123" not in shown
    assert "rose" not in shown
    assert "sandbox-key" not in shown
