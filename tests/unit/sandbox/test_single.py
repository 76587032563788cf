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


def test_what_the_caller_did_not_give_is_null(api: Api) -> None:
    assert api.send().json()["clientMessageId"] is None


@pytest.mark.parametrize("destination", ["447700900123", "+447700900123", "+12025550123", "6591234567"])
def test_a_destination_may_have_a_plus_and_comes_back_as_written(api: Api, destination: str) -> None:
    body = api.send(destination=destination).json()
    assert (body["destination"], body["status"]["code"]) == (destination, "QUEUED")


@pytest.mark.parametrize(
    "destination",
    ["", "+", "0447700900123", "+0447700900123", "44770", "+4477009001234567", "44 7700 900123",
     "++447700900123", "+447700900123\n", "+44770090012\u0663", "abc"],
)  # fmt: skip
def test_a_destination_outside_the_pattern_is_1002(api: Api, destination: str) -> None:
    assert refusal(api.send(destination=destination)) == (400, 1002)


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


@pytest.mark.parametrize("country", ["", "XX", "USA", "U", "\u00df\u00df", 44])
def test_a_country_that_is_none_is_1009(api: Api, country: object) -> None:
    assert refusal(api.send(country=country)) == (400, 1009)


@pytest.mark.parametrize(("missing", "code"), [("destination", 3002), ("text", 3005)])
def test_what_is_required_is_missed(api: Api, missing: str, code: int) -> None:
    assert refusal(api.send(**{missing: None})) == (400, code)


def test_an_empty_text_is_a_missing_text(api: Api) -> None:
    assert refusal(api.send(text="")) == (400, 3005)


@pytest.mark.parametrize(("length", "status"), [(350, 200), (351, 400)])
def test_a_client_message_id_has_at_most_350_characters(api: Api, length: int, status: int) -> None:
    answer = api.send(clientMessageId="x" * length)
    assert answer.status_code == status
    if status == 400:
        assert refusal(answer) == (400, 3009)


@pytest.mark.parametrize("source", ["A", "ACME", "ACME Shop 1", "12345", "+447700900001", "4" * 16])
def test_a_sender_is_alphanumeric_to_11_or_numeric_to_16(api: Api, source: str) -> None:
    assert api.send(source=source).is_success
    assert api.sandbox.messages[0].source == source


@pytest.mark.parametrize("source", ["ACME Shop 12", "4" * 17, "+" + "4" * 16])
def test_a_longer_sender_is_3011(api: Api, source: str) -> None:
    assert refusal(api.send(source=source)) == (400, 3011)


@pytest.mark.parametrize("source", ["", "   ", "Größe", "A-B", "A\n", "\u0661\u0662"])
def test_a_sender_of_other_characters_is_1005(api: Api, source: str) -> None:
    assert refusal(api.send(source=source)) == (400, 1005)


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


@pytest.mark.parametrize("encoding", ["gsm7", "GSM7bit", "UCS-2", "", 7])
def test_another_word_for_an_encoding_is_1003(api: Api, encoding: object) -> None:
    assert refusal(api.send(encoding=encoding)) == (400, 1003)


def test_a_schedule_may_lie_7_days_ahead_and_no_further(api: Api, sandbox: Sandbox) -> None:
    assert api.send(scheduled=later(sandbox, days=7)).is_success
    assert refusal(api.send(scheduled=later(sandbox, days=7, seconds=1))) == (400, 1011)


@pytest.mark.parametrize(
    "moment", ["tomorrow", "2026-13-01T00:00:00Z", "2026-01-01T00:00:00", "", "0000-01-01T00:00:00Z"]
)
def test_a_moment_needs_a_date_a_time_and_an_offset(api: Api, moment: str) -> None:
    assert refusal(api.send(scheduled=moment)) == (400, 1011)
    assert refusal(api.send(expiry=moment)) == (400, 1006)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_moment_at_the_edge_of_the_calendar_is_answered(api: Api, moment: str) -> None:
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


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com",
        "example.com",
        "http://",
        "/path",
        "http://[",
        "http://\u00ef.example.com",
        "http://example.com/a b",
        "http://example.com/%zz",
        "",
        5,
    ],
)
def test_a_receipt_url_that_is_none_is_3020(api: Api, url: object) -> None:
    assert refusal(api.send(dlrCallbackUrl=url)) == (400, 3020)


@pytest.mark.parametrize(
    ("address", "status"), [("192.0.2.7", 200), ("2001:db8::7", 200), ("192.0.2", 400), ("", 400)]
)
def test_a_client_ip_is_an_ip_address(api: Api, address: str, status: int) -> None:
    answer = api.send(clientIp=address)
    assert answer.status_code == status
    if status == 400:
        assert refusal(answer) == (400, 1012)


@pytest.mark.parametrize(("track", "status"), [("None", 200), ("Outcome", 200), ("outcome", 400)])
def test_tracking_has_two_words(api: Api, track: str, status: int) -> None:
    assert api.send(track=track).status_code == status


@pytest.mark.parametrize(
    "field",
    [
        "destination",
        "text",
        "source",
        "clientMessageId",
        "scheduled",
        "expiry",
        "dlrCallbackUrl",
        "clientIp",
        "track",
    ],
)
@pytest.mark.parametrize("value", [5, True, ["x"], {"x": 1}])
def test_a_field_of_another_type_is_refused(api: Api, field: str, value: object) -> None:
    answer = api.raw_send({"destination": NUMBER, "text": "Hello", field: value})
    assert answer.status_code == 400
    assert len(api.sandbox.messages) == 0


@pytest.mark.parametrize("field", ["country", "source", "text", "destination"])
def test_null_is_not_a_value_of_a_request_field(api: Api, field: str) -> None:
    assert refusal(api.raw_send({"destination": NUMBER, "text": "Hi", field: None})) == (400, 1000)


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
