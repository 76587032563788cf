"""The rules of a single send, one by one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from connect_sms.sandbox import SandboxClock
from tests.support.sandbox_api import NUMBER, Api, refusal

if TYPE_CHECKING:
    from connect_sms.sandbox import Sandbox


def later(sandbox: Sandbox, **delta: float) -> str:
    return (sandbox.clock.when() + timedelta(**delta)).isoformat()


def test_an_accepted_message_is_queued_and_has_a_uuid(api: Api) -> None:
    body = api.send(clientMessageId="order-7").json()
    assert UUID(body["umid"]).version == 4
    assert body["clientMessageId"] == "order-7"
    assert body["destination"] == NUMBER
    assert body["encoding"] == "GSM7"
    assert body["status"]["code"] == "QUEUED"
    assert set(body) == {"umid", "clientMessageId", "destination", "encoding", "status"}
    assert api.send().json()["clientMessageId"] is None


@pytest.mark.parametrize("destination", ["447700900123", "+447700900123", "+12025550123", "6591234567"])
def test_a_destination_may_have_a_plus_and_comes_back_as_written(api: Api, destination: str) -> None:
    body = api.send(destination=destination).json()
    assert (body["destination"], body["status"]["code"]) == (destination, "QUEUED")


MOMENTS = ["tomorrow", "2026-13-01T00:00:00Z", "2026-01-01T00:00:00", "", "0000-01-01T00:00:00Z"]
REFUSED: list[tuple[str, list[Any], int]] = [
    ("destination", ["", "+", "0447700900123", "+0447700900123", "44770", "+4477009001234567",
                     "44 7700 900123", "++447700900123", "+447700900123\n", "+44770090012\u0663",
                     "abc"], 1002),
    ("destination", [None], 3002),
    ("text", [None, ""], 3005),
    ("country", ["", "XX", "USA", "U", "\u00df\u00df", 44], 1009),
    ("clientMessageId", ["x" * 351], 3009),
    ("source", ["ACME Shop 12", "4" * 17, "+" + "4" * 16], 3011),
    ("source", ["", "   ", " A", "Größe", "A\n", "\u0661\u0662"], 1005),
    ("encoding", ["gsm7", "GSM7bit", "UCS-2", "", 7], 1003),
    ("scheduled", MOMENTS, 1011),
    ("expiry", MOMENTS, 1006),
    ("dlrCallbackUrl", ["ftp://example.com", "example.com", "http://", "/path", "http://[",
                        "http://\u00ef.example.com", "http://example.com/a b", "http://example.com/%zz", "",
                        5], 3020),
    ("clientIp", ["192.0.2", ""], 1012),
    ("track", ["outcome"], 1000),
]  # fmt: skip


@pytest.mark.parametrize(("field", "values", "code"), REFUSED)
def test_a_value_outside_the_rules_has_a_code_of_its_own(
    api: Api, field: str, values: list[Any], code: int
) -> None:
    assert [refusal(api.send(**{field: value})) for value in values] == [(400, code)] * len(values)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("clientMessageId", ["x" * 350]),
        ("clientIp", ["192.0.2.7", "2001:db8::7"]),
        ("track", ["None", "Outcome"]),
        ("source", ["A", "ACME", "ACME Shop 1", "H&M", "shop.sg", "12345", "+447700900001", "4" * 16]),
    ],
)
def test_a_value_within_the_rules_is_taken(api: Api, field: str, values: list[str]) -> None:
    assert all(api.send(**{field: value}).is_success for value in values)
    if field == "source":
        assert [message.source for message in api.sandbox.messages] == values


@pytest.mark.parametrize(
    "destination", ["+1123456789", "+120255501234", "+2101234567", "+9991234567", "1234567"]
)
def test_a_well_formed_number_that_is_nobodys_is_rejected_inside_a_200(api: Api, destination: str) -> None:
    answer = api.send(destination=destination)
    assert answer.status_code == 200
    assert answer.json()["status"]["code"] == "REJECTED"
    assert len(api.sandbox.accepted) == 0
    assert len(api.sandbox.messages) == 1


def test_a_national_number_with_its_country_is_made_international(api: Api) -> None:
    umid = api.umid(destination="2025550123", country="US")
    message = api.sandbox.messages.find(umid)
    assert message is not None
    assert message.destination == "+12025550123"
    assert api.send(destination="447700900123", country="gb").json()["status"]["code"] == "QUEUED"
    assert api.sandbox.messages[-1].destination == NUMBER


@pytest.mark.parametrize(
    ("asked", "text", "encoding"),
    [
        (None, "Hi", "GSM7"),
        ("AUTO", "Hi", "GSM7"),
        ("AUTO", "สวัสดี", "UCS2"),
        ("UCS2", "Hi", "UCS2"),
        ("GSM7", "Hi", "GSM7"),
    ],
)
def test_the_encoding_used_is_told(api: Api, asked: str | None, text: str, encoding: str) -> None:
    assert api.send(encoding=asked, text=text).json()["encoding"] == encoding


def test_a_schedule_may_lie_7_days_ahead_and_no_further(api: Api, sandbox: Sandbox) -> None:
    assert api.send(scheduled=later(sandbox, days=7)).is_success
    assert refusal(api.send(scheduled=later(sandbox, days=7, seconds=1))) == (400, 1011)


def test_a_moment_at_the_edge_of_the_calendar_is_answered(api: Api) -> None:
    for moment in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
        assert api.send(scheduled=moment).status_code in {200, 400}


def test_a_schedule_in_the_past_means_at_once(api: Api, sandbox: Sandbox) -> None:
    umid = api.umid(scheduled=later(sandbox, days=-1))
    sandbox.clock.advance(2)
    assert api.state(umid)["state"] == "delivered"


def test_an_expiry_already_reached_is_rejected_inside_a_200(api: Api, sandbox: Sandbox) -> None:
    answer = api.send(expiry=later(sandbox, seconds=-1))
    assert answer.status_code == 200
    assert answer.json()["status"]["code"] == "REJECTED"
    assert api.state(answer.json()["umid"])["state"] == "failed"


@pytest.mark.parametrize("field", sorted({field for field, _, _ in REFUSED}))
def test_a_field_of_another_type_is_refused(api: Api, field: str) -> None:
    values: list[Any] = [5, True, ["x"], {"x": 1}]
    for value in values:
        assert api.send(**{field: value}).status_code == 400
    assert refusal(api.raw_send({"destination": NUMBER, "text": "Hi", field: None})) == (400, 1000)
    assert len(api.sandbox.messages) == 0


def test_a_misspelt_field_is_refused_and_named(api: Api) -> None:
    answer = api.send(sender="ACME")
    assert refusal(answer) == (400, 1000)
    assert "'sender'" in answer.json()["message"]


@pytest.mark.sandbox(allow_unknown_fields=True)
def test_a_lenient_sandbox_takes_unknown_fields_and_nulls(api: Api) -> None:
    body: dict[str, Any] = {"destination": NUMBER, "text": "Hi", "source": None, "tomorrow": 1}
    assert api.raw_send(body).json()["status"]["code"] == "QUEUED"


def test_text_over_10_parts_is_cut_and_sent_and_the_cut_shows(api: Api) -> None:
    umid = api.umid(text="a" * 1531)
    message = api.sandbox.messages[0]
    assert message.was_cut
    assert (message.text, message.parts) == ("a" * 1530, 10)
    assert api.status(umid).json()["smsCount"] == 10


@pytest.mark.sandbox(long_text="reject")
def test_text_over_10_parts_can_be_refused_instead(api: Api) -> None:
    assert api.send(text="a" * 1530).is_success
    assert refusal(api.send(text="a" * 1531)) == (400, 3006)


def test_no_message_of_an_error_repeats_what_was_sent(api: Api) -> None:
    secret = "44770090012345678901"
    answer = api.send(destination=secret, text="The password is rose")
    assert secret not in answer.text
    assert "rose" not in answer.text


@pytest.mark.sandbox(clock=SandboxClock(factor=0, start=datetime(2026, 3, 1, tzinfo=UTC).timestamp()))
def test_time_is_the_clocks_time(api: Api) -> None:
    umid = api.umid()
    assert api.status(umid).json()["createdAt"].startswith("2026-03-01T00:00:00")
