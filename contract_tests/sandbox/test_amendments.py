"""Where the contract is amended for the fuzzer, it and the sandbox do differ, as the reasons say."""

import re
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from contract_tests.contract import load
from contract_tests.sandbox.amended_contract import AMENDMENTS, amended
from contract_tests.sandbox.serving import serving
from contract_tests.support.clients import KEY, SUB_ACCOUNT

TO, TEXT = "+447700900123", "Hello"
SPAN = {"from": "2026-07-01T00:00:00+00:00", "to": "2026-07-02T00:00:00+00:00"}
LATER = "2026-07-09T12:00:00+00:00"
MANY, ONE, EXPORT = "BatchOfMessages", "SendMessageRequest", "LogExportRequest"
PATHS = {
    ONE: "messages", MANY: "messages/batch", "BatchOfDestinations": "messages/batch",
    EXPORT: "messages/exports",
}  # fmt: skip


def fits(contract: dict[str, Any], schema: str, body: Any) -> bool:
    reference = {"$ref": f"#/components/schemas/{schema}", "components": contract["components"]}
    # Formats are told by the sandbox; here it is about everything else.
    return Draft202012Validator(reference).is_valid(body)


def post(schema: str, body: Any) -> httpx.Response:
    content = {} if body is None else {"json": body}
    with serving() as served:
        url = f"{served.sandbox.base_url}/{SUB_ACCOUNT}/{PATHS[schema]}"
        return httpx.post(url, headers={"authorization": f"Bearer {KEY}"}, trust_env=False, **content)


@pytest.mark.parametrize(
    ("schema", "body", "status"),
    [
        (EXPORT, {}, 202),
        (EXPORT, {"limit": 1}, 202),
        (MANY, {"messages": [{"destination": "Ann", "text": TEXT}]}, 200),
        ("BatchOfDestinations", {"destinations": ["Ann"], "template": {"text": TEXT}}, 200),
        (MANY, {"messages": [{"destination": TO, "text": ""}]}, 200),
        (MANY, {"messages": [{"destination": TO, "text": TEXT, "source": "TWELVE CHARS"}]}, 200),
        (MANY, {"messages": [{"destination": TO}], "template": {"text": TEXT, "source": "1" * 17}}, 200),
    ],
)
def test_the_service_takes_more(schema: str, body: Any, status: int) -> None:
    assert not fits(load(), schema, body)
    assert fits(amended(load()), schema, body)
    answer = post(schema, body)
    assert answer.status_code == status
    if status == 200:
        assert (answer.json()["acceptedCount"], answer.json()["rejectedCount"]) == (0, 1)


def test_an_export_needs_no_body() -> None:
    assert load()["components"]["requestBodies"]["LogSpan"]["required"] is True
    assert post(EXPORT, None).status_code == 202


@pytest.mark.parametrize(
    ("schema", "body", "code"),
    [
        (ONE, {"destination": TO, "text": TEXT, "country": "ZZ"}, 1009),
        (ONE, {"destination": TO, "text": TEXT, "clientIp": "somewhere"}, 1012),
        # Beyond any schema, and so in hooks.py
        (ONE, {"destination": TO, "text": TEXT, "scheduled": LATER}, 1011),
        (ONE, {"destination": TO, "text": TEXT, "dlrCallbackUrl": "https://"}, 3020),
        (EXPORT, {"from": SPAN["to"], "to": SPAN["from"]}, 1010),
    ],
)
def test_the_service_takes_less(schema: str, body: Any, code: int) -> None:
    assert fits(load(), schema, body)
    answer = post(schema, body)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_nothing_but_what_is_listed_is_amended() -> None:
    """The words of the answers, above all, are the contract's own."""
    changed_contract = amended(load())
    assert changed_contract["components"]["responses"] == load()["components"]["responses"]
    changed = {
        name
        for name, schema in load()["components"]["schemas"].items()
        if schema != changed_contract["components"]["schemas"][name]
    }
    named = (re.match("components/schemas/([A-Za-z]+)", amendment.path) for amendment in AMENDMENTS)
    assert changed == {found.group(1) for found in named if found}
    assert all(amendment.reason for amendment in AMENDMENTS)
