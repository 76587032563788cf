"""Everything of an operation is compared: address, parameters, bodies, answers, security, what is posted."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from contract_tests.vendor_drift.compare import compare
from contract_tests.vendor_drift.flatten import flatten, flatten_webhooks
from contract_tests.vendor_drift.small import PATH, Node, document, flat, operation, request, seen

OPERATION = ["paths", PATH, "post"]
BODY = [*OPERATION, "requestBody"]
JSON = [*BODY, "content", "application/json"]
SCHEMA = [*JSON, "schema"]
PARAMETER = [*OPERATION, "parameters", 0]
ANSWER = [*OPERATION, "responses", "200"]
SCHEMES = ["components", "securitySchemes"]
HEADER: Node = {"schema": {"type": "integer"}}
POSTED: Node = {"post": {"requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}}}}


def put(path: list[Any], value: Any) -> Callable[[Node], None]:
    def apply(whole: Node) -> None:
        node: Any = whole
        for step in path[:-1]:
            node = node[step]
        if value is None:
            del node[path[-1]]
        else:
            node[path[-1]] = value

    return apply


@pytest.mark.parametrize(
    ("change", "row"),
    [
        # Where it is
        (put(["servers", 0, "url"], "https://b.example"), f"POST https://b.example{PATH} | present | -"),
        (put(["servers"], None), f"POST {PATH} | present | -"),
        (
            put(["paths", PATH, "servers"], [{"url": "https://b.example"}]),
            f"POST https://a.example{PATH} | - | present",
        ),
        (
            put([*OPERATION, "servers"], [{"url": "https://b.example/"}]),
            f"POST https://b.example{PATH} | present | -",
        ),
        (
            put(["servers", 0, "variables"], {"host": {"default": "a"}}),
            f"POST https://a.example{PATH} variable host | present | -",
        ),
        (
            put(["servers"], [{"url": "https://b.example"}, {"url": "https://a.example"}]),
            f"operation first server | https://b.example{PATH} | https://a.example{PATH}",
        ),
        # What it says of itself
        (put([*OPERATION, "deprecated"], value=True), "operation deprecated | yes | no"),
        (put([*OPERATION, "x-sunset"], "2027-06-30"), "operation sunset | 2027-06-30 | -"),
        # Who may
        (put([*OPERATION, "security"], []), "security ways | none | key"),
        (put([*OPERATION, "security"], []), "security key | - | present"),
        (put(["security"], None), "security ways | none | key"),
        (put(["security"], [{"key": []}, {}]), "security ways | key or none | key"),
        (put(["security"], [{"key": ["a", "b"]}]), "security ways | key[a b] | key"),
        (put(["security"], [{"key": [], "other": []}]), "security ways | key and other | key"),
        (put(["security"], [{"other": []}]), "security other | present | -"),
        (put([*SCHEMES, "key", "scheme"], "basic"), "security key scheme | basic | bearer"),
        (
            put([*SCHEMES, "key"], {"type": "apiKey", "in": "header", "name": "X"}),
            "security key name | X | -",
        ),
        (put([*SCHEMES, "key"], None), "security key dangling reference | yes | -"),
        # Parameters
        (put([*OPERATION, "parameters"], []), "parameter path id | - | present"),
        (put([*PARAMETER, "required"], value=False), "parameter path id required | no | yes"),
        (put([*PARAMETER, "schema", "minLength"], 3), "parameter path id minLength | 3 | -"),
        (put([*PARAMETER, "style"], "label"), "parameter path id style | label | -"),
        (put([*PARAMETER, "explode"], value=True), "parameter path id explode | yes | -"),
        (put([*PARAMETER, "allowReserved"], value=True), "parameter path id allowReserved | yes | -"),
        (put([*PARAMETER, "allowEmptyValue"], value=True), "parameter path id allowEmptyValue | yes | -"),
        (put([*PARAMETER, "deprecated"], value=True), "parameter path id deprecated | yes | -"),
        (put([*PARAMETER, "in"], "query"), "parameter query id | present | -"),
        (
            put([*PARAMETER, "content"], {"text/plain": {"schema": {}}}),
            "parameter path id text/plain | present | -",
        ),
        (
            put(["paths", PATH, "parameters"], [{"name": "t", "in": "query"}]),
            "parameter query t | present | -",
        ),
        (put(PARAMETER, {"$ref": "#/components/parameters/Gone"}), "parameter - - | present | -"),
        # Bodies
        (put([*BODY, "required"], value=True), "request required | yes | no"),
        (put(BODY, None), "request | - | present"),
        (put(BODY, {"$ref": "#/gone"}), "request dangling reference | yes | -"),
        (put([*SCHEMA, "required"], []), "request application/json .field required | no | yes"),
        (put([*SCHEMA, "properties"], {}), "request application/json .field | - | present"),
        (
            put([*SCHEMA, "additionalProperties"], value=False),
            "request application/json open to other fields | no | yes",
        ),
        (put(SCHEMA, {"oneOf": [{}, {}, {}]}), "request application/json forms | 3 | -"),
        (put([*JSON, "encoding"], {"field": {}}), "request application/json encoding field | present | -"),
        (
            put([*JSON, "encoding"], {"field": {"headers": {"X-A": HEADER}}}),
            "request application/json encoding field | present | -",
        ),
        (put([*BODY, "content", "text/xml"], {}), "request text/xml | present | -"),
        # Answers
        (put([*OPERATION, "responses", "429"], {}), "answer 429 | present | -"),
        (put([*OPERATION, "responses", "4xx"], {}), "answer 4XX | present | -"),
        (put(ANSWER, {"$ref": "#/gone"}), "answer 200 dangling reference | yes | -"),
        (put([*ANSWER, "content"], None), "answer 200 application/json | - | present"),
        (put([*ANSWER, "headers"], {"retry-after": HEADER}), "answer 200 header Retry-After | present | -"),
        # What is posted
        (
            put([*OPERATION, "callbacks"], {"changed": {"{$request.body#/url}": POSTED}}),
            "callback {$request.body#/url} | present | -",
        ),
    ],
)
def test_a_changed_operation_is_seen(change: Callable[[Node], None], row: str) -> None:
    changed = document()
    change(changed)
    assert row in seen(changed)


def test_a_header_is_compared_as_a_parameter_is() -> None:
    before, changed = document(), document()
    put([*ANSWER, "headers"], {"Retry-After": HEADER})(before)
    put(
        [*ANSWER, "headers"],
        {"RETRY-AFTER": {"schema": {"type": "string"}, "deprecated": True, "required": True}},
    )(changed)
    place = "answer 200 header Retry-After"
    assert seen(changed, before) == [
        f"{place} deprecated | yes | -",
        f"{place} required | yes | -",
        f"{place} type | string | integer",
    ]


@pytest.mark.parametrize("kind", ["webhooks", "x-webhooks"])
def test_a_webhook_is_seen(kind: str) -> None:
    before, changed = document(), document()
    changed[kind] = {"inbound": POSTED}
    found = compare(flatten_webhooks(changed).rows, flatten_webhooks(before).rows)
    assert [str(difference) for difference in found] == ["webhook inbound | present | -"]
    before["webhooks"] = {"inbound": copy.deepcopy(POSTED)}
    schema = before["webhooks"]["inbound"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    schema["required"] = ["umid"]
    found = compare(flatten_webhooks(changed).rows, flatten_webhooks(before).rows)
    row = "webhook inbound POST request application/json required besides | - | umid"
    assert [str(difference) for difference in found] == [row]


def test_security_and_content_of_a_callback_are_compared() -> None:
    before, changed = document(), document()
    operation(before)["callbacks"] = {"a": {"{$url}": copy.deepcopy(POSTED)}}
    operation(changed)["callbacks"] = {"b": {"{$url}": copy.deepcopy(POSTED)}}
    operation(changed)["callbacks"]["b"]["{$url}"]["post"]["security"] = []
    assert seen(changed, before) == [
        "callback {$url} POST security ways | none | key",
        "callback {$url} POST security key | - | present",
    ]


@pytest.mark.parametrize(
    "rewrite",
    [
        put([*PARAMETER, "style"], "simple"),
        put([*PARAMETER, "explode"], value=False),
        put(["servers", 0, "url"], "https://a.example/"),
        put([*OPERATION, "servers"], [{"url": "https://a.example", "description": "Here"}]),
        put([*OPERATION, "security"], [{"key": []}]),
        put([*OPERATION, "deprecated"], value=False),
        put([*BODY, "required"], value=False),
        put([*OPERATION, "operationId"], "other"),
        put([*SCHEMES, "key", "description"], "A key"),
    ],
)
def test_what_holds_anyway_makes_no_difference(rewrite: Callable[[Node], None]) -> None:
    changed = document()
    rewrite(changed)
    assert seen(changed) == []


def test_a_parameter_of_the_path_is_one_of_the_operation() -> None:
    changed = document()
    changed["paths"][PATH]["parameters"] = operation(changed).pop("parameters")
    assert seen(changed) == []


def test_the_parameter_of_the_operation_wins_over_that_of_the_path() -> None:
    changed = document()
    wider = {
        "name": "id",
        "in": "path",
        "required": True,
        "schema": {"minLength": 9, "items": {"type": "string"}},
    }
    changed["paths"][PATH]["parameters"] = [{**wider, "description": "Another"}]
    assert seen(changed) == []
    assert "parameter path id" not in flat(changed).texts


def test_a_reference_instead_of_its_target_makes_no_difference() -> None:
    changed = document()
    changed["components"]["schemas"]["Body"] = dict(request(changed))
    changed["components"]["requestBodies"] = {"Body": operation(changed)["requestBody"]}
    operation(changed)["requestBody"] = {"$ref": "#/components/requestBodies/Body"}
    changed["paths"][PATH] = {"$ref": "#/components/pathItems/Things"}
    changed["components"]["pathItems"] = {"Things": document()["paths"][PATH]}
    assert seen(changed) == []


def test_where_the_fixed_part_of_an_address_stands_makes_no_difference() -> None:
    changed = document()
    changed["servers"][0]["url"] += "/v1"
    changed["paths"] = {"/{id}/things": changed["paths"][PATH]}
    assert compare(flatten(changed, "/{id}/things", "post").rows, flat(document()).rows) == []


def test_of_something_one_sided_only_the_top_is_named() -> None:
    changed = document()
    del operation(changed)["requestBody"]
    assert seen(changed) == ["request | - | present"]


def test_each_form_of_a_body_can_be_shown() -> None:
    changed = document()
    operation(changed)["requestBody"]["content"]["application/json"]["schema"] = {
        "oneOf": [{"properties": {"one": {}}}, {"properties": {"two": {}}}]
    }
    for form, name in enumerate(("one", "two", "two")):
        rows = flatten(changed, PATH, "post", form=form).rows
        assert [place for place in rows if place.startswith("request application/json .")] == [
            f"request application/json .{name}"
        ]
