"""Every error that either document knows, on every operation, over every kind of connection."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from connect_sms import ApiError, OutcomeUnknown
from contract_tests.contract import follow, load, operations
from contract_tests.mock.mocks import CALLS, Mock
from contract_tests.responses.expected import lists_of
from contract_tests.support.vendor import PREFIX, load_vendor
from tests.support.safety_table import read_error, send_error

ERRORS = ("400", "401", "403", "404", "410", "422", "426", "429", "500")


def check_error(mock: Mock, operation: str, status: str, wants: str = "") -> list[Any]:
    """Ask for a status; the client's error is the one of the safety table, and says what the body said."""
    code = int(status)
    wants = wants or mock.wish(status)
    if operation == "sendBatch" and code >= 500:
        result = mock.ask(operation, wants)
        assert set(lists_of(result).values()) == {"unknown"}
        assert len(mock.wire.answers) == 1
        return [json.loads(answer.content) for answer in mock.wire.taken()]
    error = mock.fails(operation, wants)
    if operation == "getMessage":
        kind, tries = read_error(code)
    else:
        kind, tries, may_have_been_sent = send_error(code)
        assert error.may_have_been_sent is may_have_been_sent
    assert type(error) is kind
    statuses = [answer.status_code for answer in mock.wire.answers]
    bodies = [json.loads(answer.content) for answer in mock.wire.taken()]
    # The other path of the batch is tried where no answer of 8x8's own says that this one is there.
    falls_back = (operation, code) == ("sendBatch", 404) and bodies[0].get("code") is None
    assert statuses == [code] * (2 if falls_back else tries)
    # What a send's answer said of a failed server is not believed, but its id is kept for the support.
    assert isinstance(error, ApiError | OutcomeUnknown)
    # Where the other path of the batch is not there either, the usual one has the last word.
    told = bodies[0] if falls_back else bodies[-1]
    assert error.error_id == told.get("errorId")
    if isinstance(error, ApiError):
        assert (error.status, error.code) == (code, told.get("code"))
    return bodies


def test_a_known_bad_request_is_noticed(either: Mock) -> None:
    """Before its silence counts for anything."""
    answer = either.post("messages", {"destination": "not a number", "text": "Hello"})
    assert answer.status_code == (422 if either.is_prism else 400)
    assert "destination" in (answer.headers["sl-violations"] if either.is_prism else answer.json()["message"])


@pytest.mark.parametrize("operation", CALLS)
@pytest.mark.parametrize("status", ERRORS)
def test_each_error_of_the_contract(either: Mock, operation: str, status: str) -> None:
    bodies = check_error(either, operation, status)
    response = follow(load(), operations(load())[operation].body["responses"][status])
    schema = {**response["content"]["application/json"]["schema"], "components": load()["components"]}
    assert [
        error.message for body in bodies for error in Draft202012Validator(schema).iter_errors(body)
    ] == []
    if not either.is_prism:
        return
    examples = response["content"]["application/json"]["examples"]
    assert bodies[0] in [example["value"] for example in examples.values()]


@pytest.mark.parametrize(
    ("status", "example", "code"),
    [
        ("400", "invalidDestination", 1002),
        ("400", "invalidParameter", 1000),
        ("400", "tooManyMessages", 3013),
        ("429", "bulkLimit", 1100),
    ],
)
def test_each_named_error(ours: Mock, status: str, example: str, code: int) -> None:
    bodies = check_error(ours, "sendMessage", status, f"code={status}, example={example}")
    assert {body["code"] for body in bodies} == {code}


def test_a_retry_after_is_read(either: Mock) -> None:
    error = either.fails("getMessage", either.wish("429"))
    assert getattr(error, "retry_after", None) == 1


@pytest.mark.parametrize("operation", CALLS)
def test_each_error_of_the_vendors_file(vendors: Mock, operation: str) -> None:
    mine = operations(load())[operation]
    responses = load_vendor()["paths"][PREFIX + mine.path][mine.method]["responses"]
    declared = set(responses) - {"200"}
    assert len(declared) == 4
    for status in sorted(declared):
        check_error(vendors, operation, status)
