"""Good calls, on both documents: Prism finds no fault with the request, nor the client with the answer."""

from collections.abc import Callable
from contextlib import ExitStack
from decimal import Decimal
from functools import partial
from typing import Any

import httpx
import pytest

from connect_sms import InvalidResponse, MessageRejected, Outcome, OutcomeUnknown, RawResponse
from contract_tests.contract import load
from contract_tests.mock.mocks import RECIPIENTS, TEXT, TO, UMID, Mock, connected
from contract_tests.responses.expected import check_sent, check_status, lists_of
from contract_tests.sandbox.serving import serving as serving_sandbox
from contract_tests.support.clients import SUB_ACCOUNT, calling
from contract_tests.support.prefer import WIRES
from contract_tests.support.prism import Prism, missing, serving

STATUSES = {
    "deliveredToRecipient": (Outcome.DELIVERED, None),
    "deliveredToOperator": (Outcome.DELIVERED_TO_OPERATOR, None),
    "queued": (Outcome.QUEUED, None),
    "sent": (Outcome.SENT, None),
    "undelivered": (Outcome.FAILED, 1),
    "expired": (Outcome.EXPIRED, 36),
    "nulls": (Outcome.UNKNOWN, None),
}


def test_the_client_that_people_get_needs_no_help(our_prism: Prism, vendor_prism: Prism) -> None:
    """Its own connections, no transport put in, against both documents."""
    for url in (our_prism.url, f"{vendor_prism.url}/api/v1/subaccounts"):
        for colour in ("blocking", "asyncio"):
            with calling(colour, base_url=url) as caller:
                answers = [
                    answer_to(partial(caller.send, TO, TEXT, sender="ACME")),
                    answer_to(partial(caller.status, UMID)),
                    *caller.send_batch(RECIPIENTS, TEXT).responses,
                ]
                assert [answer and answer.headers.get("sl-violations") for answer in answers] == [None] * 3
                assert None not in answers


def answer_to(call: Callable[[], Any]) -> RawResponse | None:
    """The answer to a call. An example is about another message, and that is an error which holds it."""
    try:
        response: RawResponse | None = call().response
    except (InvalidResponse, OutcomeUnknown) as error:
        return error.response
    return response


def test_a_good_call_of_each_kind(either: Mock) -> None:
    sent = either.ask("sendMessage")
    check_sent(sent, sent.response.json(), destination=TO, own_id=sent.client_message_id)
    status = either.ask("getMessage")
    check_status(status, status.response.json(), either.umid)
    result = either.ask("sendBatch")
    assert lists_of(result) == {"sale-1": "accepted", "sale-2": "accepted"}


def test_a_send(ours: Mock) -> None:
    sent = ours.ask("sendMessage")
    check_sent(sent, sent.response.json(), destination=TO, own_id="booking-7731")
    assert sent.umid == UMID


@pytest.mark.parametrize("example", ["queued", "nulls"])
def test_each_send_that_was_accepted(ours: Mock, example: str) -> None:
    sent = ours.ask("sendMessage", f"example={example}")
    check_sent(sent, sent.response.json(), destination=TO, own_id=sent.client_message_id)
    assert sent.code == "QUEUED"


def test_a_send_that_was_rejected(ours: Mock) -> None:
    error = ours.fails("sendMessage", "example=rejected")
    assert isinstance(error, MessageRejected)
    assert error.reason == "The expiry time has already passed"


@pytest.mark.parametrize("example", STATUSES)
def test_each_status(ours: Mock, example: str) -> None:
    status = ours.ask("getMessage", f"example={example}")
    check_status(status, status.response.json(), UMID)
    outcome, code = STATUSES[example]
    assert status.outcome is outcome
    assert (status.error and status.error.code) == code
    if example == "deliveredToOperator":
        assert status.price is not None
        assert status.price.total == Decimal("0.0824")


@pytest.mark.parametrize(
    ("example", "lists"),
    [
        ("allAccepted", {"sale-1": "accepted", "sale-2": "accepted"}),
        ("partlyRejected", {"sale-1": "accepted", "sale-2": "rejected"}),
        ("withoutMessages", {"sale-1": "accepted", "sale-2": "accepted"}),
    ],
)
def test_each_batch(ours: Mock, example: str, lists: dict[str, str]) -> None:
    assert lists_of(ours.ask("sendBatch", f"example={example}")) == lists


@pytest.mark.parametrize("operation", ["sendMessage", "getMessage"])
def test_answers_made_up_by_prism(ours: Mock, operation: str) -> None:
    """What Prism makes of our schemas, not of our examples."""
    for _ in range(8):
        try:
            result = ours.ask(operation, "dynamic=true")
        except MessageRejected:
            continue
        answer = result.response.json()
        if operation == "sendMessage":
            check_sent(result, answer, destination=TO, own_id=result.client_message_id)
        else:
            check_status(result, answer, UMID)


@pytest.mark.parametrize("wants", ["", "dynamic=true"])
def test_the_vendors_answers(vendors: Mock, wants: str) -> None:
    sent = vendors.ask("sendMessage", "")
    check_sent(sent, sent.response.json(), destination=TO, own_id=sent.client_message_id)
    status = vendors.ask("getMessage", wants)
    check_status(status, status.response.json(), UMID)
    # Its example speaks of other messages than ours: nothing may be claimed of anybody.
    batch = vendors.ask("sendBatch", wants)
    assert len(batch) == len(RECIPIENTS)
    assert batch.not_sent == ()


def check_every_option(mock: Mock) -> None:
    mock.wire.taken()
    now = mock.caller.client.settings.clock.now()
    options = {
        "sender": "ACME",
        "encoding": "GSM7bit",
        "scheduled": now.replace(hour=23),
        "expiry": now.replace(day=2),
        "receipt_url": "http://127.0.0.1:9/receipts",
        "country": "gb",
        "client_ip": "192.0.2.17",
        "track": "Outcome",
    }
    mock.caller.send(TO, TEXT, client_message_id="booking-7731", **options)
    mock.caller.send_batch([TO], TEXT, client_batch_id="b" * 20, **options)
    assert len(mock.wire.answers) == 2
    mock.check_requests()


def test_every_option_is_one_that_our_contract_knows(either: Mock) -> None:
    check_every_option(either)


def test_every_option_is_one_that_the_vendors_file_knows(vendors: Mock) -> None:
    check_every_option(vendors)


# aiohttp says so of every body above 1 MB; as an error (as warnings are here) it would stop the send.
@pytest.mark.filterwarnings("ignore:Sending a large body directly:ResourceWarning")
def test_ten_thousand_messages_in_one_request(either: Mock) -> None:
    numbers = [f"+4477009{number:05d}" for number in range(10_000)]
    either.wire.taken()
    result = either.caller.send_batch(numbers, "Sale ends Friday", sender="SHOP")
    assert len(result) == 10_000
    assert len(either.wire.answers) == 1
    assert either.wire.violations() == []


def test_one_message_more_is_noticed(either: Mock) -> None:
    """Written by hand: no fuzzer builds a list of that length."""
    messages = [{"destination": TO, "text": TEXT}] * 10_001
    answer = either.post("messages/batch", {"messages": messages})
    if not either.is_prism:
        assert (answer.status_code, answer.json()["code"]) == (400, 3013)
        return
    assert answer.status_code == 422
    assert "maxItems" in answer.headers["sl-violations"] or "oneOf" in answer.headers["sl-violations"]


def test_the_vendors_file_is_wrong_about_plain_numbers(ours: Mock, vendors: Mock) -> None:
    """A known deviation: its documentation shows this form, its file wants `messages` as well."""
    body = {"destinations": [TO], "template": {"text": TEXT}, "includeMessagesInResponse": True}
    assert "sl-violations" not in ours.post("messages/batch", body).headers
    refused = vendors.post("messages/batch", body)
    assert refused.status_code == 400
    assert "messages" in refused.headers["sl-violations"]


def test_where_only_the_catalogues_path_exists_batches_go_there() -> None:
    if complaint := missing():
        pytest.skip(complaint)
    document = load()
    paths = {path: item for path, item in document["paths"].items() if not path.endswith("/messages/batch")}
    with ExitStack() as stack:
        prism = stack.enter_context(serving({**document, "paths": paths}))
        for wire in WIRES:
            mock = connected(stack, wire, prism.url)
            for expected in ([405, 200], [200]):  # found out once, then remembered
                result = mock.caller.send_batch(RECIPIENTS, TEXT)
                assert set(lists_of(result).values()) == {"accepted"}
                answers = mock.wire.taken()
                assert [answer.status_code for answer in answers] == expected
                assert str(answers[-1].request.url) == f"{prism.url}/{SUB_ACCOUNT}/batch"
                assert "sl-violations" not in answers[-1].headers


@pytest.mark.parametrize("closed", [404, 405])
@pytest.mark.parametrize("wire", WIRES)
def test_nor_do_batches_stop_at_a_sandbox_of_that_kind(wire: str, closed: int) -> None:
    settings = {"batch_paths": "catalogue", "closed_batch_path_status": closed}
    with ExitStack() as stack:
        sandbox = stack.enter_context(serving_sandbox(**settings)).sandbox
        mock = connected(stack, wire, sandbox.base_url)
        for expected in ([closed, 200], [200]):
            assert set(lists_of(mock.caller.send_batch(RECIPIENTS, TEXT)).values()) == {"accepted"}
            assert [answer.status_code for answer in mock.wire.taken()] == expected
        assert set(sandbox.accepted.by_client_message_id().values()) == {2}


def test_a_missing_key_would_be_noticed(either: Mock) -> None:
    """Prism takes any token, but at least misses one that is not there."""
    answer = httpx.get(f"{either.url}/{SUB_ACCOUNT}/messages/{either.umid}", trust_env=False)
    assert answer.status_code == 401
    assert not either.is_prism or "security" in answer.headers["sl-violations"]
