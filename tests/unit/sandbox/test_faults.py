"""Faults on request, without a socket: what the caller meets, and what was really accepted."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import httpx
import pytest

from connect_sms.sandbox import KINDS, AsyncSandboxTransport, Fault
from tests.support.sandbox_api import KEY, NUMBER, OTHER, Api, refusal

if TYPE_CHECKING:
    from connect_sms.sandbox import Sandbox

NUMBERS = ["+447700900001", "+447700900002", "+447700900003"]
BROKEN = {"reset": httpx.ReadError, "close": httpx.RemoteProtocolError, "stall": httpx.ReadTimeout}
MOMENTS = {"before": 0, "halfway": 2, "after": 3, "late": 0}


@pytest.mark.parametrize(("moment", "accepted"), MOMENTS.items())
@pytest.mark.parametrize("answer", ["error", "reset", "close", "stall"])
def test_a_bad_answer_at_each_moment_of_a_batch(
    api: Api, sandbox: Sandbox, answer: str, moment: str, accepted: int
) -> None:
    sandbox.fail_next(f"{answer}-{moment}")
    if answer == "error":
        assert refusal(api.batch_to(*NUMBERS)) == (500, 2000)
    else:
        with pytest.raises(BROKEN[answer]):
            api.batch_to(*NUMBERS)
    assert len(sandbox.accepted) == accepted
    assert sandbox.requests.count("batch") == 1
    sandbox.clock.advance(60)
    assert len(sandbox.accepted) == (3 if moment == "late" else accepted)
    assert api.batch_to(*NUMBERS).is_success


@pytest.mark.parametrize(
    ("fault", "error", "accepted"),
    [
        *((f"reset-{moment}", httpx.ReadError, min(accepted, 1)) for moment, accepted in MOMENTS.items()),
        ("connect-refused", httpx.ConnectError, 0),
        ("reset-answer", httpx.ReadError, 1),
        ("truncated-answer", httpx.RemoteProtocolError, 1),
        ("wrong-length", httpx.RemoteProtocolError, 1),
    ],
)
def test_a_single_send_without_a_usable_answer(
    api: Api, sandbox: Sandbox, fault: str, error: type[Exception], accepted: int
) -> None:
    with pytest.raises(error):
        api.send(fault=fault)
    assert len(sandbox.accepted) == accepted


def test_late_acceptance_comes_after_the_answer_and_at_its_own_time(api: Api, sandbox: Sandbox) -> None:
    assert api.send(fault="error-late;delay=30;status=503", clientMessageId="a").status_code == 503
    sandbox.clock.advance(29)
    assert sandbox.accepted.times(client_message_id="a") == 0
    sandbox.clock.advance(1)
    assert sandbox.accepted.times(client_message_id="a") == 1
    assert sandbox.messages[0].state == "queued"
    sandbox.clock.advance(2)
    assert sandbox.messages[0].state == "delivered"


@pytest.mark.parametrize("status", [400, 403, 409, 500, 502, 503, 599])
def test_an_error_has_the_status_that_was_asked_for(api: Api, status: int) -> None:
    assert api.send(fault=f"error-before;status={status}").status_code == status


def test_an_error_can_carry_a_code_or_a_page_or_nothing(api: Api) -> None:
    assert refusal(api.send(fault="error-before;status=400;code=1400")) == (400, 1400)
    page = api.send(fault="error-before;body=html;status=502")
    assert page.headers["Content-Type"].startswith("text/html")
    assert page.text.startswith("<!DOCTYPE html>")
    assert api.send(fault="error-before;body=empty").content == b""


def test_a_429_names_seconds_a_date_or_nothing_and_a_426_the_upgrade(api: Api, sandbox: Sandbox) -> None:
    assert api.send(fault="rate-limit").headers["Retry-After"] == "1"
    assert api.send(fault="rate-limit;seconds=17").headers["Retry-After"] == "17"
    assert (
        parsedate_to_datetime(api.send(fault="rate-limit;form=date").headers["Retry-After"]).tzinfo
        is not None
    )
    bare = api.send(fault="rate-limit;form=none")
    assert refusal(bare) == (429, 429)
    assert "Retry-After" not in bare.headers
    tls = api.send(fault="old-tls")
    assert (refusal(tls), tls.headers["Upgrade"]) == ((426, 1014), "TLS/1.3")
    assert len(sandbox.accepted) == 0


@pytest.mark.parametrize("kind", ["wrong-length;form=short", "not-json", "empty-answer"])
def test_a_200_that_cannot_be_read(api: Api, sandbox: Sandbox, kind: str) -> None:
    answer = api.send(fault=kind)
    assert answer.status_code == 200
    with pytest.raises(ValueError, match=r"Expecting|Unterminated|delimiter"):
        answer.json()
    assert len(sandbox.accepted) == 1


def test_a_slow_answer_is_right_unless_the_caller_loses_patience_and_a_stall_is_bounded(api: Api) -> None:
    assert api.send(fault="slow;seconds=1").is_success
    with pytest.raises(httpx.ReadTimeout):
        api.send(fault="slow;seconds=100")
    assert len(api.sandbox.accepted) == 2
    api.sandbox.configure(max_stall=0.5)
    with pytest.raises(httpx.RemoteProtocolError):
        api.send(fault="stall-after;seconds=1000")


def test_unknown_words_and_fields_stand_everywhere(api: Api) -> None:
    umid = api.umid()
    body = api.send(fault="unknown-words").json()
    assert (body["encoding"], body["status"]["code"]) == ("GSM9", "PONDERING")
    assert api.status(umid, fault="unknown-words").json()["status"]["state"] == "pondering"
    [item] = api.batch_to(NUMBER, fault="unknown-words").json()["messages"]
    assert item["status"]["code"] == "PONDERING"
    body = api.send(fault="extra-fields").json()
    assert "tomorrow" in body
    assert "tomorrow" in body["status"]


def test_null_stands_wherever_it_may(api: Api) -> None:
    body = api.send(fault="null-fields", clientMessageId="a").json()
    assert (body["clientMessageId"], body["encoding"], body["status"]["description"]) == (None, None, None)
    assert body["umid"]
    assert body["status"]["code"] == "QUEUED"
    status = api.status(body["umid"], fault="null-fields").json()
    assert status["price"] is None
    assert status["status"]["state"] == "queued"


@pytest.mark.parametrize(
    ("kind", "ids", "umids", "counts"),
    [
        ("repeated-umids", "012", 1, (3, 0)),
        ("missing-items", "02", 2, (3, 0)),
        ("reordered-items", "210", 3, (3, 0)),
        ("wrong-counts", "012", 3, (6, 1)),
    ],
)
def test_a_batch_answered_wrongly(api: Api, kind: str, ids: str, umids: int, counts: tuple[int, int]) -> None:
    assert api.send(fault=kind).json()["status"]["code"] == "QUEUED"  # a single send is left alone
    api.sandbox.fail_next(kind)
    body = api.batch_to(*NUMBERS).json()
    assert len(api.sandbox.accepted) == 4
    assert [item["clientMessageId"] for item in body["messages"]] == [f"id-{place}" for place in ids]
    assert len({item["umid"] for item in body["messages"]}) == umids
    assert (body["acceptedCount"], body["rejectedCount"]) == counts


@pytest.mark.parametrize(
    ("nn", "outcome", "accepted"),
    [(93, 429, 0), (94, 503, 0), (95, 500, 1), (96, httpx.ReadError, 0), (97, httpx.ReadError, 1),
     (98, httpx.ReadTimeout, 1), (99, 200, 1)],
)  # fmt: skip
def test_a_destination_of_the_table_brings_its_fault(
    api: Api, sandbox: Sandbox, nn: int, outcome: int | type[Exception], accepted: int
) -> None:
    destination = f"+4477009009{nn}"
    if isinstance(outcome, int):
        assert api.send(destination=destination).status_code == outcome
    else:
        with pytest.raises(outcome):
            api.send(destination=destination)
    assert len(sandbox.accepted) == accepted


def test_a_script_fails_the_next_requests_and_then_no_more(api: Api, sandbox: Sandbox) -> None:
    sandbox.fail_next("error-before", times=2, status=503)
    assert [api.send().status_code for _ in range(4)] == [503, 503, 200, 200]


def test_a_script_can_name_an_operation(api: Api, sandbox: Sandbox) -> None:
    umid = api.umid()
    sandbox.fail_next("error-before", operation="status")
    assert api.send().status_code == 200
    assert api.batch_to(NUMBER).status_code == 200
    assert api.status(umid).status_code == 500
    assert api.status(umid).status_code == 200


def test_a_script_can_name_a_destination_also_in_a_batch(api: Api, sandbox: Sandbox) -> None:
    sandbox.fail_next("error-before", destination=OTHER, times=2)
    assert api.send().status_code == 200
    assert api.send(destination=OTHER).status_code == 500
    assert api.batch_to(NUMBER, OTHER).status_code == 500
    assert api.send(destination=OTHER).status_code == 200


def test_a_script_keeps_its_order_and_can_be_taken_back(api: Api, sandbox: Sandbox) -> None:
    sandbox.fail_next("error-before;status=502")
    sandbox.fail_next(Fault("error-before", status=503), times=None)
    assert [api.send().status_code for _ in range(4)] == [502, 503, 503, 503]
    assert sandbox.faults.pending() == ["error-before;status=503 x always"]
    sandbox.heal()
    assert api.send().status_code == 200


def test_what_a_request_met_stands_in_the_log(api: Api, sandbox: Sandbox) -> None:
    fault = "error-halfway;share=0.3;status=503"
    api.batch_to(*[f"+4477009000{place:02d}" for place in range(10)], fault=fault)
    assert sandbox.accepted.by_client_message_id() == {"id-0": 1, "id-1": 1, "id-2": 1}
    record = sandbox.requests.last
    assert (record.operation, record.status, record.accepted) == ("batch", 503, 3)
    assert Fault.parse(record.fault or "") == Fault.parse(fault)


def test_a_fault_after_acceptance_does_not_hide_a_refusal(api: Api, sandbox: Sandbox) -> None:
    assert refusal(api.send(destination="abc", fault="reset-after")) == (400, 1002)
    assert len(sandbox.accepted) == 0


@pytest.mark.parametrize(
    "written",
    ["nonsense", "error-before;status=200", "error-before;status=x", "error-before;colour=red",
     "rate-limit;form=moon", "error-halfway;share=2", "slow;seconds=-1", "error-before;body=xml"],
)  # fmt: skip
def test_a_fault_that_does_not_exist_is_refused_at_once(api: Api, sandbox: Sandbox, written: str) -> None:
    with pytest.raises(ValueError, match=r"fault|share|form|seconds|status|body|float|int"):
        sandbox.fail_next(written)
    assert refusal(api.send(fault=written)) == (400, 1000)
    assert len(sandbox.messages) == 0


def test_a_script_entry_is_checked(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="times"):
        sandbox.fail_next("slow", times=0)
    with pytest.raises(ValueError, match="operation"):
        sandbox.fail_next("slow", operation="receive")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


def test_a_fault_is_written_as_it_is_read() -> None:
    for written in ("slow", "error-after;status=502;body=html", "rate-limit;seconds=3.0;form=date"):
        assert str(Fault.parse(written)) == written
    assert Fault.parse("reset-after-accept") == Fault("reset-after")


@pytest.mark.parametrize("kind", sorted(KINDS))
async def test_every_fault_has_the_same_effect_on_an_async_caller(
    api: Api, sandbox: Sandbox, kind: str
) -> None:
    there: object
    here: object
    try:
        there = api.batch_to(*NUMBERS, fault=kind).status_code
    except httpx.TransportError as error:
        there = type(error)
    accepted = len(sandbox.accepted)
    body = {"messages": [{"destination": number, "text": "Hi"} for number in NUMBERS]}
    headers = {"Authorization": f"Bearer {KEY}", "X-Sandbox-Fault": kind}
    transport = AsyncSandboxTransport(sandbox)
    async with httpx.AsyncClient(base_url=sandbox.base_url, headers=headers, transport=transport) as client:
        try:
            here = (await client.post("/sandbox/batch", json=body)).status_code
        except httpx.TransportError as error:
            here = type(error)
    assert here == there
    assert len(sandbox.accepted) == 2 * accepted
