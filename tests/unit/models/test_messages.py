"""What an answer of 8x8's becomes: frozen results with plain types, whatever stands in the JSON."""

from __future__ import annotations

import contextlib
import copy
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_sms import (
    Clock,
    InvalidArgument,
    InvalidResponse,
    MessageRejected,
    MessageStatus,
    Outcome,
    OutcomeUnknown,
    Price,
    RawResponse,
    Sent,
)
from connect_sms._api.operations import GET_MESSAGE
from connect_sms.models.readers import as_time
from tests.support import NUMBER, TEXT, UMID, Caller, Script, answer, queued
from tests.support.message_options import EVERY_OPTION, ON_THE_WIRE

WHOLE = {
    "umid": UMID, "subAccountId": "Acme_Notify", "direction": "outbound", "country": "GB",
    "status": {"state": "undelivered", "detail": "rejected_by_operator",
        "errorCode": 36, "errorMessage": "Expired", "timestamp": "2026-01-01T00:00:00.1234567Z"},
    "msisdn": "44770090XXXX", "body": "Your XXXX", "source": "ACME", "encoding": "GSM7",
    "createdAt": "2026-01-01T01:00:00+01:00", "smsCount": 2,
    "price": {"total": 0.0024, "perSms": 0.0012, "currency": "EUR"}, "clientMessageId": "order-1",
    "clientBatchId": "sale-7", "batchId": "b-1", "lane": 7,
}  # fmt: skip
json_values: Any = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**53), 2**53),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3)),
    max_leaves=5,
)


def status_of(caller: Caller, document: Any) -> MessageStatus:
    found: MessageStatus = caller(caller.client(Script(answer(200, document))).status(UMID))
    return found


def test_a_whole_status(caller: Caller) -> None:
    status = status_of(caller, WHOLE)
    assert status.error is not None
    assert status.error.code == 36
    plain = attrs.asdict(status, recurse=False)
    del plain["response"], plain["error"]
    assert plain == {
        "provider": "8x8", "umid": UMID, "outcome": Outcome.EXPIRED, "state": "undelivered",
        "detail": "rejected_by_operator", "error_code": 36, "error_message": "Expired",
        "observed_at": datetime(2026, 1, 1, 0, 0, 0, 123456, tzinfo=UTC), "source": "status",
        "sent_at": None, "reason": None, "created_at": datetime(2026, 1, 1, tzinfo=UTC),
        "sub_account_id": "Acme_Notify", "direction": "outbound", "country": "GB",
        "destination": "44770090XXXX", "body": "Your XXXX", "sender": "ACME", "encoding": "GSM7",
        "parts": 2, "price": Price(Decimal("0.0024"), Decimal("0.0012"), "EUR"),
        "client_message_id": "order-1", "client_batch_id": "sale-7", "batch_id": "b-1",
        "extra": {"lane": 7},
    }  # fmt: skip


def test_everything_but_the_state_may_be_null(caller: Caller) -> None:
    status = status_of(caller, {**dict.fromkeys(WHOLE), "status": {"state": "sent", "detail": None}})
    assert (status.umid, status.outcome, status.price, status.parts) == (UMID, Outcome.SENT, None, None)


@pytest.mark.parametrize(
    ("price", "read"),
    [
        ({"total": None, "perSms": None, "currency": "EUR"}, None),
        ({"total": "0.5", "perSms": 1, "currency": "EUR"}, Price(Decimal("0.5"), Decimal(1), "EUR")),
        ({"total": True, "perSms": "0,5", "currency": 978}, Price(None, Decimal("0.5"), None)),
        ({"total": True, "perSms": "free", "currency": "eur"}, None),
        (None, None),
    ],
)
def test_prices_are_decimal_or_absent(caller: Caller, price: Any, read: Price | None) -> None:
    assert status_of(caller, {**WHOLE, "price": price}).price == read


def test_words_of_tomorrow_are_kept(caller: Caller) -> None:
    status = status_of(
        caller, {**WHOLE, "status": {"state": "teleported"}, "encoding": "GSM9", "direction": "up"}
    )
    assert (status.outcome, status.state, status.encoding, status.direction) == (
        "unknown",
        "teleported",
        "GSM9",
        "up",
    )


@pytest.mark.parametrize("method", ["send", "status"])
@given(changes=st.dictionaries(st.sampled_from(sorted(WHOLE)), json_values))
def test_any_json_gives_a_result_or_a_declared_error(method: str, changes: dict[str, Any]) -> None:
    caller = Caller("sync")
    client = caller.client(Script(answer(200, {**WHOLE, **changes})))
    declared = {"send": (OutcomeUnknown, MessageRejected), "status": (InvalidResponse,)}[method]
    with contextlib.suppress(*declared):
        found = caller(client.send(NUMBER, TEXT) if method == "send" else client.status(UMID))
        assert isinstance(found, Sent | MessageStatus)
        assert isinstance(found.umid, str)
        assert found.umid
    caller.close()


class TestTimes:
    """8x8 writes 0, 2 or 7 digits of a second."""

    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ("2026-01-01T12:00:00Z", datetime(2026, 1, 1, 12, tzinfo=UTC)),
            ("2026-01-01T12:00:00", datetime(2026, 1, 1, 12, tzinfo=UTC)),
            ("2026-01-01T12:00:00.25Z", datetime(2026, 1, 1, 12, 0, 0, 250_000, tzinfo=UTC)),
            ("2026-01-01T12:00:00.1234567+02:00", datetime(2026, 1, 1, 10, 0, 0, 123_456, tzinfo=UTC)),
        ],
    )
    def test_they_are_read(self, written: str, meant: datetime) -> None:
        assert as_time(written) == meant

    @pytest.mark.parametrize(
        "written", ["", "yesterday", None, 5, [], "0001-01-01T00:00:00+14:00", "2026-13-01"]
    )
    def test_what_is_none_is_absent(self, written: Any) -> None:
        assert as_time(written) is None

    @given(st.datetimes(), st.integers(-14 * 60, 14 * 60))
    def test_any_offset_is_brought_to_utc(self, moment: datetime, minutes: int) -> None:
        there = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
        read = as_time(there.isoformat())
        assert read is None or (read == there and read.tzinfo is UTC)


class TestSent:
    """A message 8x8 has accepted."""

    def test_8x8s_own_way_of_writing_goes_before_the_callers(self, caller: Caller) -> None:
        document = {
            "umid": UMID,
            "clientMessageId": "order-1",
            "destination": "447700900123",
            "encoding": "UCS2",
            "status": {"code": "QUEUED", "description": "taken"},
        }
        client = caller.client(Script(answer(200, document)))
        sent = caller(client.send(NUMBER, TEXT, client_message_id="order-1"))
        assert (sent.destination, sent.client_message_id) == ("447700900123", "order-1")
        assert (sent.encoding, sent.description, sent.segments.parts) == ("UCS2", "taken", 1)

    def test_what_8x8_leaves_out_is_the_callers(self, caller: Caller) -> None:
        document = {"umid": UMID, "status": {"code": "QUEUED"}}
        client = caller.client(Script(answer(200, document)))
        sent = caller(client.send(NUMBER, TEXT, client_message_id="order-1"))
        assert (sent.destination, sent.client_message_id, sent.encoding) == (NUMBER, "order-1", None)

    def test_each_message_gets_an_id_of_its_own(self, caller: Caller) -> None:
        client = caller.client(Script(queued))
        ids = {caller(client.send(NUMBER, TEXT)).client_message_id for _ in range(50)}
        assert len(ids) == 50

    def test_every_option_is_written_as_8x8_reads_it(self, caller: Caller) -> None:
        script = Script(queued)
        client = caller.client(script)
        caller(client.send("7700900123", TEXT, client_message_id="order-1", **EVERY_OPTION))
        named = {"destination": "7700900123", "text": TEXT, "clientMessageId": "order-1"}
        assert script.documents == [{**named, **ON_THE_WIRE}]


@pytest.mark.parametrize("value", ["\ud800", {"deep": ["\udfff"]}], ids=ascii)
def test_what_has_no_bytes_is_not_sent(caller: Caller, value: Any) -> None:
    script = Script(queued)
    with pytest.raises(InvalidArgument, match="JSON cannot say"):
        caller(caller.client(script).send(NUMBER, TEXT, extra={"note": value}))
    assert script.seen == 0


def test_an_answer_the_generated_half_makes_nothing_of_is_not_passed_on() -> None:
    nothing = copy.copy(GET_MESSAGE)
    nothing.parse = lambda **_: None
    with pytest.raises(TypeError):
        nothing.read({})


def test_a_raw_answer_is_read_as_json_on_request() -> None:
    assert RawResponse(200, {}, b'{"a": 1}').json() == {"a": 1}
    with pytest.raises(ValueError, match="Expecting value"):
        RawResponse(200, {}, b"<html>").json()


def test_the_systems_clock_runs(caller: Caller) -> None:
    clock = Clock()
    before = clock.monotonic()
    clock.sleep(0.001)
    caller(clock.asleep(0.001))
    assert clock.monotonic() > before
    assert 0 <= clock.jitter() < 1
    assert clock.now().tzinfo is UTC


def test_results_can_be_kept_in_a_set_whatever_else_the_answer_held(caller: Caller) -> None:
    document = {"umid": UMID, "status": {"code": "QUEUED"}, "lane": 7}
    sent = caller(caller.client(Script(answer(200, document))).send(NUMBER, TEXT))
    status = caller(caller.client(Script(answer(200, WHOLE))).status(UMID))
    assert sent.extra == status.extra == {"lane": 7}
    assert len({sent, sent, status}) == 2
