"""Every example fits its schema, every outcome has its example, and every number in them is fiction."""

import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from contract_tests.contract import CONTRACT, Example, examples, load, operations

# 7 to 15 digits that could be dialled. Ids and times hold shorter runs, or runs next to letters and hyphens.
NUMBER = re.compile(r"(?<![\w.:-])\+?(\d{7,15})(?![\w:-])")
# Set aside for fiction by Ofcom and by the North American Numbering Plan.
FICTION = re.compile(r"447700900\d{3}|1?(?:202)55501\d{2}")

ALL = list(examples(load()))

# What other layers ask a mock for by name.
OUTCOMES = {
    ("sendMessage", "200"): {"queued", "rejected", "nulls"},
    ("sendBatch", "200"): {"allAccepted", "partlyRejected", "withoutMessages"},
    ("getMessage", "200"): {
        "queued",
        "sent",
        "deliveredToRecipient",
        "deliveredToOperator",
        "undelivered",
        "expired",
        "nulls",
    },
    ("startLogExport", "202"): {"ordered"},
    ("getLogExport", "200"): {"running", "succeeded", "empty", "failed"},
}


def problems(value: Any, schema: dict[str, Any]) -> list[str]:
    # The components go along, so that references inside the schema lead somewhere.
    whole = {"allOf": [schema], "components": load()["components"]}
    validator = Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [error.message for error in validator.iter_errors(value)]


@pytest.mark.parametrize("example", ALL, ids=[example.where for example in ALL])
def test_an_example_fits_its_schema(example: Example) -> None:
    assert problems(example.value, example.schema) == []


def test_a_misfit_would_be_found() -> None:
    (wrong,) = problems({"destination": "+447700900123"}, {"$ref": "#/components/schemas/SendMessageRequest"})
    assert "'text' is a required property" in wrong


@pytest.mark.parametrize(("operation", "status"), OUTCOMES)
def test_every_outcome_has_an_example(operation: str, status: str) -> None:
    name = operations(load())[operation].body["responses"][status]["$ref"].rsplit("/", 1)[1]
    media = load()["components"]["responses"][name]["content"]["application/json"]
    assert set(media["examples"]) == OUTCOMES[operation, status]


def test_every_error_has_an_example() -> None:
    responses = load()["components"]["responses"]
    errors = [response for response in responses.values() if "ErrorAnswer" in str(response)]
    assert len(errors) == 9
    for error in errors:
        assert error["content"]["application/json"]["examples"]


def test_every_number_is_fiction() -> None:
    numbers = NUMBER.findall(CONTRACT.read_text("utf-8"))
    assert numbers
    assert [number for number in numbers if not FICTION.fullmatch(number)] == []


def test_nulls_are_shown_wherever_they_may_come() -> None:
    shown = {example.where: example.value for example in ALL}
    details = load()["components"]["schemas"]["MessageDetails"]
    optional = set(details["properties"]) - set(details["required"])
    nulls = shown["responses MessageFound nulls"]
    assert {name for name, value in nulls.items() if value is None} == optional
    assert set(nulls["status"].values()) == {None}
    assert shown["responses BatchTaken withoutMessages"]["messages"] is None
