"""Answers that fit the contract, ours and the vendor's: the caller gets exactly what they say."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from connect_sms import InvalidResponse, MessageRejected, OutcomeUnknown
from contract_tests.responses.expected import batch_lists, check_sent, check_status, count, lists_of
from contract_tests.responses.mirror import WITNESSES, answers, as_bytes, near_answers, statuses
from contract_tests.responses.server import OWN_IDS, SENDS, TO, UMID, Server, serving
from contract_tests.support.clients import COLOURS, Caller
from tests.support.examples import examples
from tests.support.safety_table import read_error, send_error

# What schemathesis makes of a schema costs more than the call that is looked at.
few = examples(
    0.3, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
)
STATES = [
    "queued",
    "rejected",
    "sent",
    "delivered",
    "undelivered",
    "read",
    "unknown",
    "failed",
    "ok",
    "error",
    "Delivered",
    "EXPIRED",
]
DETAILS = [
    "delivered_to_operator",
    "delivered_to_carrier",
    "delivered_to_recipient",
    "rejected_by_operator",
    "undelivered_to_recipient",
]


@pytest.fixture(scope="module", params=COLOURS)
def served(request: pytest.FixtureRequest) -> Iterator[tuple[Server, Caller]]:
    with serving(request.param) as served:
        yield served


@pytest.fixture(scope="module", params=WITNESSES)
def witness(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    WITNESSES[name]()
    return name


@few
@given(data=st.data())
def test_a_send_tells_what_the_answer_says(
    served: tuple[Server, Caller], witness: str, data: st.DataObject
) -> None:
    answer = data.draw(answers(witness, "sendMessage", "200"))
    if answer.get("clientMessageId"):
        answer["clientMessageId"] = data.draw(st.sampled_from(["own-id", "of somebody else"]))
    server, caller = served
    server.says(200, as_bytes(answer))
    sent, error, requests = server.ask(caller, "sendMessage")
    assert requests == 1
    if (answer.get("clientMessageId") or "own-id") != "own-id":
        assert isinstance(error, OutcomeUnknown)
    elif answer["status"]["code"].upper() == "REJECTED":
        assert isinstance(error, MessageRejected)
        assert not error.may_have_been_sent
        assert (error.umid or "", error.client_message_id) == (answer["umid"], "own-id")
        assert error.response is not None
        assert error.response.json() == answer
    elif not answer["umid"]:
        assert isinstance(error, OutcomeUnknown)
    else:
        assert error is None
        check_sent(sent, answer, destination=TO, own_id="own-id")


@few
@given(data=st.data())
def test_a_batch_puts_each_recipient_where_the_answer_says(
    served: tuple[Server, Caller], witness: str, data: st.DataObject
) -> None:
    answer = data.draw(answers(witness, "sendBatch", "200"))
    # A generated answer cannot know the ids of the request: some of its messages are made to.
    for entry in answer.get("messages") or []:
        entry["clientMessageId"] = data.draw(st.sampled_from([*OWN_IDS, "of somebody else"]))
    if data.draw(st.booleans()):
        answer["acceptedCount"] = data.draw(st.integers(0, 4))
        answer["rejectedCount"] = 3 - min(answer["acceptedCount"], 3)
    server, caller = served
    server.says(200, as_bytes(answer))
    result, error, requests = server.ask(caller, "sendBatch")
    assert (error, requests) == (None, 1)
    found = lists_of(result)
    assert found == batch_lists(answer, list(OWN_IDS))
    assert result.batch_ids == ((answer["batchId"],) if answer["batchId"] else ())
    assert result.not_sent == ()
    umids = {entry["umid"] for entry in answer.get("messages") or []}
    assert {row.umid for row in result if row.umid is not None} <= umids
    (raw,) = result.responses
    assert raw.json() == answer


@few
@given(data=st.data())
def test_a_status_tells_what_the_answer_says(
    served: tuple[Server, Caller], witness: str, data: st.DataObject
) -> None:
    answer = data.draw(answers(witness, "getMessage", "200"))
    answer["umid"] = data.draw(st.sampled_from([UMID, UMID.upper(), "", "of somebody else"]))
    inner = answer.setdefault("status", {})
    if data.draw(st.booleans()):
        inner["state"] = data.draw(st.sampled_from(STATES))
        inner["detail"] = data.draw(st.sampled_from(DETAILS) | st.none())
        inner["errorCode"] = data.draw(st.integers(0, 61) | st.none())
    if data.draw(st.booleans()):
        inner["timestamp"] = data.draw(st.sampled_from(TIMES))
    server, caller = served
    server.says(200, as_bytes(answer))
    status, error, requests = server.ask(caller, "getMessage")
    if answer["umid"] == "of somebody else":
        assert isinstance(error, InvalidResponse)
        return
    assert (error, requests) == (None, 1)
    check_status(status, answer, UMID)
    if inner.get("timestamp") in TIMES:
        assert status.observed_at is not None


TIMES = ("2026-07-01T17:00:04Z", "2026-07-01T17:00:04.52Z", "2026-07-01T17:00:04.0312457+00:00")


@pytest.mark.parametrize("operation", ["sendMessage", "sendBatch", "getMessage"])
@examples(
    0.25,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
@given(data=st.data())
def test_an_error_tells_what_the_answer_says(
    served: tuple[Server, Caller], witness: str, operation: str, data: st.DataObject
) -> None:
    declared = [status for status in statuses(witness, operation) if status != "200"]
    status = data.draw(st.sampled_from(declared))
    answer = data.draw(answers(witness, operation, status))
    server, caller = served
    server.says(int(status), as_bytes(answer))
    _, error, _ = server.ask(caller, operation)
    if operation == "sendBatch" and status == "500":
        assert error is None, "a batch tells of each recipient that its fate is not known"
        return
    expected = send_error(int(status))[0] if operation in SENDS else read_error(int(status))[0]
    assert type(error) is expected
    assert getattr(error, "status", None) == int(status)
    if isinstance(error, OutcomeUnknown):
        assert error.may_have_been_sent
    else:
        assert getattr(error, "code", None) == count(answer.get("code"))


@pytest.mark.parametrize("operation", ["sendMessage", "sendBatch", "getMessage"])
@few
@given(data=st.data())
def test_an_answer_that_almost_fits_is_read_or_declared(
    served: tuple[Server, Caller], witness: str, operation: str, data: st.DataObject
) -> None:
    body = data.draw(near_answers(witness, operation, "200"))
    server, caller = served
    server.says(200, body)
    result, error, requests = server.ask(caller, operation)
    assert requests == 1
    check_nothing_is_claimed(operation, result, error, body)


def check_nothing_is_claimed(operation: str, result: Any, error: Any, body: bytes) -> None:
    """A 200 to a send never becomes "not sent" unless it says REJECTED."""
    if operation == "sendMessage" and error is not None and not error.may_have_been_sent:
        assert isinstance(error, MessageRejected)
        assert b"rejected" in body.lower()
    if operation == "sendBatch":
        assert error is None
        assert set(lists_of(result)) == set(OWN_IDS)
        assert result.not_sent == ()
