"""The comparison itself: it sees what differs, and only that."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contract_tests.contract import load
from contract_tests.vendor_drift.compare import (
    Difference,
    classify_response,
    compare,
    differences,
    expand,
    read_known,
)
from contract_tests.vendor_drift.flatten import flatten

Document = dict[str, Any]


def document(**changes: Any) -> Document:
    """A small 3.0 document; `changes` go into the schema of its one field."""
    field = {"type": "string", "maxLength": 16, **changes}
    return {
        "servers": [{"url": "https://a.example"}],
        "security": [{"key": []}],
        "components": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
        "paths": {
            "/v1/{id}/things": {
                "post": {
                    "parameters": [
                        {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
                    ],
                    "requestBody": {
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "required": ["field"],
                                    "properties": {"field": field},
                                }
                            }
                        }
                    },
                    "responses": {
                        "200": {"description": "", "content": {"application/json": {"schema": field}}}
                    },
                }
            }
        },
    }


def rows(whole: Document) -> dict[str, dict[str, str]]:
    return flatten(whole, "/v1/{id}/things", "post")


def found(changed: Document) -> list[str]:
    return [str(difference) for difference in compare(rows(changed), rows(document()))]


def test_a_document_does_not_differ_from_itself() -> None:
    assert found(document()) == []


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        ({"type": "integer"}, "type | integer | string"),
        ({"maxLength": 17}, "maxLength | 17 | 16"),
        ({"minLength": 1}, "minLength | 1 | -"),
        ({"pattern": "^a$"}, "pattern | ^a$ | -"),
        ({"format": "uri"}, "format | uri | -"),
        ({"default": "a"}, 'default | "a" | -'),
        ({"nullable": True}, "nullable | yes | no"),
        ({"type": ["string", "null"]}, "nullable | yes | no"),
        ({"enum": ["b", "a"]}, "words | a b | -"),
    ],
)
def test_a_changed_field_is_seen_in_request_and_answer(change: Document, seen: str) -> None:
    changed = found(document(**change))
    assert f"request application/json .field {seen}" in changed
    assert f"answer 200 application/json {seen}" in changed


def edit(path: list[Any], value: Any) -> Callable[[Document], None]:
    def apply(whole: Document) -> None:
        node: Any = whole
        for step in path[:-1]:
            node = node[step]
        if value is None:
            del node[path[-1]]
        else:
            node[path[-1]] = value

    return apply


OPERATION = ["paths", "/v1/{id}/things", "post"]
BODY = [*OPERATION, "requestBody"]
SCHEMA = [*BODY, "content", "application/json", "schema"]


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        (
            edit(["servers", 0, "url"], "https://b.example"),
            "POST https://b.example/v1/{id}/things | present | -",
        ),
        (edit([*OPERATION, "security"], []), "security key | - | present"),
        (
            edit(["components", "securitySchemes", "key", "scheme"], "basic"),
            "security key scheme | basic | bearer",
        ),
        (edit([*OPERATION, "parameters"], []), "parameter path id | - | present"),
        (
            edit([*OPERATION, "parameters", 0, "required"], value=False),
            "parameter path id required | no | yes",
        ),
        (
            edit([*OPERATION, "parameters", 0, "schema", "minLength"], 3),
            "parameter path id minLength | 3 | -",
        ),
        (edit([*BODY, "required"], value=True), "request required | yes | no"),
        (edit(BODY, None), "request | - | present"),
        (edit([*SCHEMA, "required"], []), "request application/json .field required | no | yes"),
        (edit([*SCHEMA, "properties"], {}), "request application/json .field | - | present"),
        (
            edit([*SCHEMA, "additionalProperties"], value=False),
            "request application/json open to other fields | no | yes",
        ),
        (edit([*OPERATION, "responses", "429"], {}), "answer 429 | present | -"),
        (
            edit([*OPERATION, "responses", "200", "content"], None),
            "answer 200 application/json | - | present",
        ),
        (
            edit(
                [*OPERATION, "responses", "200", "headers"], {"Retry-After": {"schema": {"type": "integer"}}}
            ),
            "answer 200 header Retry-After | present | -",
        ),
    ],
)
def test_a_changed_operation_is_seen(change: Callable[[Document], None], seen: str) -> None:
    changed = document()
    change(changed)
    assert seen in found(changed)


def test_of_something_one_sided_only_the_top_is_named() -> None:
    changed = document()
    edit(BODY, None)(changed)
    assert found(changed) == ["request | - | present"]


def test_references_names_and_nesting_make_no_difference() -> None:
    changed = document()
    field = changed["paths"]["/v1/{id}/things"]["post"]["responses"]["200"]["content"]["application/json"]
    changed["components"]["schemas"] = {"Field": field["schema"]}
    field["schema"] = {"$ref": "#/components/schemas/Field"}
    assert found(changed) == []


def test_where_the_fixed_part_of_an_address_stands_makes_no_difference() -> None:
    changed = document()
    changed["servers"][0]["url"] += "/v1"
    changed["paths"] = {"/{id}/things": changed["paths"]["/v1/{id}/things"]}
    assert compare(flatten(changed, "/{id}/things", "post"), rows(document())) == []


def test_a_list_of_words_beside_any_string_is_open() -> None:
    words = {"type": "string", "enum": ["a"]}
    row = rows(document())["answer 200 application/json"]
    assert "words" not in row
    changed = document()
    media = changed["paths"]["/v1/{id}/things"]["post"]["responses"]["200"]["content"]["application/json"]
    media["schema"] = {"anyOf": [words, {"type": ["string", "null"]}]}
    row = rows(changed)["answer 200 application/json"]
    assert row["words"] == "a"
    assert row["open to other words"] == row["nullable"] == "yes"


def test_the_word_none_is_not_null() -> None:
    words, null = (rows(document(enum=["Outcome", value])) for value in ("None", None))
    assert [row for row in compare(words, null) if row.row.endswith(".field words")] == [
        Difference("request application/json .field words", "None Outcome", "Outcome null")
    ]


def test_a_new_difference_and_a_gone_one_are_told_apart() -> None:
    known = {"a | 1 | 2": "because", "b | 1 | 2": "because"}
    new, gone = classify_response([Difference("a", "1", "2"), Difference("c", "1", "2")], known)
    assert (new, gone) == (["c | 1 | 2"], ["b | 1 | 2"])


def test_short_forms_are_written_out() -> None:
    assert expand("x <a,b> y <1,2>") == ["x a y 1", "x a y 2", "x b y 1", "x b y 2"]
    assert expand("^[a]{1,2}$") == ["^[a]{1,2}$"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("- reason: ''\n  deviations: [a]\n", "no reason"),
        ("- deviations: [a]\n", "no reason"),
        ("- {reason: x, deviations: [a]}\n- {reason: y, deviations: [a]}\n", "listed twice"),
    ],
)
def test_a_list_without_reasons_or_with_repetitions_is_refused(
    tmp_path: Path, text: str, complaint: str
) -> None:
    path = tmp_path / "known.yaml"
    path.write_text(text)
    with pytest.raises(ValueError, match=complaint):
        read_known(path)


def test_every_recorded_deviation_is_well_formed() -> None:
    assert [row for row in read_known() if row.count(" | ") != 2] == []


def prefixed() -> Document:
    """Our own contract, posing as the vendor's."""
    whole = copy.deepcopy(load())
    whole["paths"] = {f"/api/v1/subaccounts{path}": item for path, item in whole["paths"].items()}
    for server in whole["servers"]:
        server["url"] = server["url"].removesuffix("/api/v1/subaccounts")
    return whole


def test_the_contract_does_not_differ_from_itself() -> None:
    beyond_the_form = [row for row in differences(load(), prefixed()) if "of destinations" not in row.row]
    assert beyond_the_form == []


def test_a_change_deep_in_the_contract_is_seen_in_every_operation_it_touches() -> None:
    changed = copy.deepcopy(load())
    changed["components"]["schemas"]["SenderId"]["maxLength"] = 11
    seen = [str(row) for row in differences(changed, prefixed()) if "of destinations" not in row.row]
    assert seen == [
        "sendMessage: request application/json .source maxLength | 11 | 16",
        "sendBatch: request application/json .messages [] .source maxLength | 11 | 16",
        "sendBatch: request application/json .template .source maxLength | 11 | 16",
    ]


@pytest.mark.parametrize(
    ("path", "change", "seen"),
    [
        ("/{subAccountId}/messages", {"get": {}}, "sendMessage: operation | - | present"),
        (
            "/{subAccountId}/message",
            {"post": {"operationId": "sendMessage"}},
            "sendMessage: POST /api/v1/subaccounts/{subAccountId}/message | present | -",
        ),
    ],
)
def test_an_operation_at_another_address_is_seen(path: str, change: Document, seen: str) -> None:
    changed = copy.deepcopy(load())
    del changed["paths"]["/{subAccountId}/messages"]
    changed["paths"][path] = {method: {"operationId": "other", **body} for method, body in change.items()}
    assert seen in [str(row) for row in differences(changed, prefixed())]
