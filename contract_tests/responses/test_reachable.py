"""Every field of the contract can be given or read through the wrapper, or is named here with the reason."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

import attrs
import httpx
import pytest

from connect_sms import ApiError, ManualClock, RawResponse, SmsClient
from connect_sms.receipts import parse
from contract_tests.contract import follow, load, operations
from contract_tests.support.clients import KEY, SUB_ACCOUNT, Wire
from contract_tests.support.witnesses import body_of

DOCUMENT = load()
OPERATIONS = operations(DOCUMENT)
TO = "+447700900123"
NOW = datetime(2026, 7, 1, tzinfo=UTC)

#: Fields that no argument sets, each with the reason.
NOT_GIVEN = {
    "sendBatch .template": "every message of a request is complete, whatever 8x8 makes of a template",
    "sendBatch .destinations": "this form cannot carry ids, so that its results could not be matched",
    "sendBatch .clientIp": "each message of a batch has its own, see `Message.client_ip`",
}

#: Fields that no attribute has, each with the reason. The raw `response` has them all.
NOT_READ = {
    "sendBatch .acceptedCount": "each message's own outcome is what counts, see `BatchRequestResult.counts`",
    "sendBatch .rejectedCount": "as acceptedCount",
    "sendBatch .messages[].destination": "the number as the caller wrote it stands in its place",
    "sendBatch .messages[].encoding": "a result of 10,000 rows stays small",
    "sendBatch .messages[].status.code": "it says in which of the four lists a message is",
}

MESSAGE: dict[str, Any] = {
    "country": "GB",
    "sender": "ACME",
    "client_message_id": "own-id",
    "encoding": "GSM7",
    "scheduled": NOW + timedelta(hours=1),
    "expiry": NOW + timedelta(hours=2),
    "receipt_url": "https://receipts.example.com/sms",
    "client_ip": "192.0.2.17",
    "track": "Outcome",
}


def fields(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """The fields of a schema that have no further ones, each with its own schema."""
    found = follow(DOCUMENT, schema)
    for kind in ("oneOf", "anyOf", "allOf"):
        for part in found.get(kind, ()):
            yield from fields(part, path)
    for name, inner in found.get("properties", {}).items():
        below = list(fields(inner, f"{path}.{name}"))
        yield from below or [(f"{path}.{name}", follow(DOCUMENT, inner))]
    if "items" in found:
        yield from fields(found["items"], f"{path}[]")


def schema_of(holder: Any) -> Any:
    return follow(DOCUMENT, holder)["content"]["application/json"]["schema"]


def paths(value: object, path: str = "") -> Iterator[str]:
    """The same of a JSON value."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from paths(inner, f"{path}.{name}")
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for inner in value:
            yield from paths(inner, f"{path}[]")
    else:
        yield path


def client(answer: httpx.Response) -> tuple[SmsClient, Wire]:
    wire = Wire(lambda _: answer)
    made = SmsClient(api_key=KEY, sub_account_id=SUB_ACCOUNT, transport=wire, clock=ManualClock(NOW))
    return made, wire


CALLS = {
    "sendMessage": lambda sms: sms.send(TO, "Hello", **MESSAGE),
    "sendBatch": lambda sms: sms.send_batch(
        [{"destination": TO, "text": "Hello", **MESSAGE}], client_batch_id="batch-id"
    ),
    "getMessage": lambda sms: sms.status("umid-1"),
    "startLogExport": lambda sms: sms.create_log_export(
        since=NOW - timedelta(days=1), until=NOW, countries=["GB"], phone_number=TO, limit=7
    ),
    "getLogExport": lambda sms: sms.get_log_export("job-1"),
}

#: Operations that are another under a second address.
TWINS = {"sendBatchAtCataloguePath"}


def test_every_operation_has_a_call() -> None:
    assert set(CALLS) == set(OPERATIONS) - TWINS


@pytest.mark.parametrize("name", CALLS)
def test_each_field_and_parameter_of_a_request_can_be_given(name: str) -> None:
    sms, wire = client(httpx.Response(400))
    with sms, pytest.raises(ApiError):
        CALLS[name](sms)
    [request] = wire.requests
    operation = OPERATIONS[name]
    names = {
        follow(DOCUMENT, one)["name"]: follow(DOCUMENT, one)["in"] for one in operation.body["parameters"]
    }
    given = {"subAccountId": SUB_ACCOUNT, "umid": "umid-1", "jobId": "job-1"}
    assert set(names.values()) == {"path"}, "a query or a header must be filled here"
    path = operation.path
    for parameter in names:
        path = path.replace(f"{{{parameter}}}", given[parameter])
    assert request.url.path.endswith(path)
    if "requestBody" not in operation.body:
        return
    known = {path for path, _ in fields(schema_of(operation.body["requestBody"]))}
    sent = set(paths(body_of(request)))
    missing = {path for path in known - sent if not _is_named(f"{name} {path}", NOT_GIVEN)}
    assert missing == set(), "no argument sets these"


def _is_named(path: str, reasons: dict[str, str]) -> bool:
    return any(path == known or path.startswith((f"{known}.", f"{known}[")) for known in reasons)


class Marks:
    """A different value for each field of an answer, to be found again in a result."""

    def __init__(self, **known: Any) -> None:
        self._known = known
        self.by_path: dict[str, Any] = {}

    def fill(self, schema: Any, path: str = "") -> Any:
        found = follow(DOCUMENT, schema)
        parts = [part for kind in ("oneOf", "anyOf") for part in found.get(kind, ())]
        for part in parts:
            if follow(DOCUMENT, part).get("properties"):
                return self.fill(part, path)
        if "properties" in found:
            return {name: self.fill(inner, f"{path}.{name}") for name, inner in found["properties"].items()}
        if "items" in found:
            return [self.fill(found["items"], f"{path}[]")]
        self.by_path[path] = self._mark(path, found)
        return self.by_path[path]

    def _mark(self, path: str, schema: dict[str, Any]) -> Any:
        name, number = path.rpartition(".")[2], len(self.by_path) + 1
        if path in self._known:
            return self._known[path]
        if name in self._known:
            return self._known[name]
        if name in {"timestamp", "createdAt", "expires"}:
            return f"2026-06-01T00:00:{number:02}+00:00"
        kinds = schema.get("type", "string")
        if "integer" in kinds:
            return 1000 + number
        return number + 0.5 if "number" in kinds else f"mark-{number}"


def leaves(value: object) -> Iterator[object]:
    """Everything that a result holds but its raw answer."""
    if isinstance(value, RawResponse) or value is None:
        return
    if isinstance(value, datetime):
        yield value.isoformat()
    elif isinstance(value, Decimal):
        yield float(value)
    elif isinstance(value, Enum):
        yield value.value
    elif isinstance(value, dict):
        yield from leaves(list(value.values()))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from leaves(inner)
    elif attrs.has(kind := type(value)):
        yield from leaves([getattr(value, field.name) for field in attrs.fields(kind)])
    elif isinstance(value, ApiError):
        yield from leaves(vars(value))
    else:
        yield value


def assert_read(name: str, marks: Marks, result: object) -> None:
    found = list(leaves(result))
    missing = {path for path, mark in marks.by_path.items() if mark not in found}
    assert {path for path in missing if not _is_named(f"{name} {path}", NOT_READ)} == set(), (
        "nobody reads these"
    )


#: What an answer has to repeat, or is only read in this form.
KNOWN = {
    "sendMessage": {"clientMessageId": "own-id", "code": "QUEUED"},
    "sendBatch": {"clientMessageId": "own-id", "clientBatchId": "batch-id", "code": "REJECTED"},
    "getMessage": {"umid": "umid-1", "currency": "XTS"},
}


@pytest.mark.parametrize("name", CALLS)
def test_each_field_of_an_answer_is_read(name: str) -> None:
    marks = Marks(**KNOWN.get(name, {}))
    [good] = [status for status in OPERATIONS[name].body["responses"] if status.startswith("2")]
    document = marks.fill(schema_of(OPERATIONS[name].body["responses"][good]))
    sms, _ = client(httpx.Response(int(good), json=document))
    with sms:
        result: Any = CALLS[name](sms)
    assert_read(name, marks, result)


@pytest.mark.parametrize("status", sorted(OPERATIONS["getMessage"].body["responses"].keys() - {"200"}))
def test_each_field_and_header_of_an_error_is_read(status: str) -> None:
    marks = Marks(errorId="b1f0c9d4-6a7e-4f27-8c0e-2d9a4b6e1f01")
    response = follow(DOCUMENT, OPERATIONS["getMessage"].body["responses"][status])
    document = marks.fill(schema_of(response))
    headers: dict[str, str] = {}
    for name in response.get("headers", ()):
        headers[name] = "17" if name == "Retry-After" else "TLS/1.3"
        marks.by_path[f"header {name}"] = 17.0 if name == "Retry-After" else "TLS/1.3"
    sms, _ = client(httpx.Response(int(status), json=document, headers=headers))
    with sms, pytest.raises(ApiError) as error:
        sms.status("umid-1")
    assert_read("error", marks, error.value)


def test_each_field_of_a_receipt_is_read() -> None:
    marks = Marks(
        namespace="SMS",
        eventType="outbound_message_status_changed",
        destination=TO,
        currency="XTS",
    )
    event = DOCUMENT["components"]["requestBodies"]["DeliveryReceipt"]
    document = marks.fill(schema_of(event))
    receipt = parse(httpx.Request("POST", "https://receipts.example.com", json=document).content)
    for name in (".namespace", ".eventType", ".description"):
        del marks.by_path[name]  # they say which event it is
    assert_read("receipt", marks, receipt)


@pytest.mark.parametrize(
    ("reasons", "known"),
    [
        (NOT_GIVEN, lambda operation: fields(schema_of(operation.body["requestBody"]))),
        (NOT_READ, lambda operation: fields(schema_of(operation.body["responses"]["200"]))),
    ],
)
def test_nothing_is_excused_that_is_not_there(reasons: dict[str, str], known: Any) -> None:
    for reason in reasons:
        name, path = reason.split()
        there = {path for path, _ in known(OPERATIONS[name])}
        assert any(_is_named(f"{name} {one}", {reason: ""}) for one in there), path


def test_a_field_that_is_forgotten_is_noticed() -> None:
    marks = Marks()
    marks.by_path[".tomorrow"] = "mark-99"
    with pytest.raises(AssertionError, match="nobody reads these"):
        assert_read("getMessage", marks, {"yesterday": "mark-98"})
