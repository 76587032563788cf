"""Every keyword of a schema is compared, by what it means and not by how it is written."""

import copy
from typing import Any

import pytest

from contract_tests.vendor_drift.small import Node, document, flat, operation, request, seen

REQUEST = "request application/json .field"
ANSWER = "answer 200 application/json"


def test_a_document_does_not_differ_from_itself() -> None:
    assert seen(document()) == []


@pytest.mark.parametrize(
    ("field", "row"),
    [
        ({"type": "integer"}, "type | integer | string"),
        ({"type": ["string", "integer"]}, "type | integer string | string"),
        ({"maxLength": 17}, "maxLength | 17 | 16"),
        ({"minLength": 1}, "minLength | 1 | -"),
        ({"pattern": "^a$"}, "pattern | ^a$ | -"),
        ({"format": "uri"}, "format | uri | -"),
        ({"multipleOf": 10}, "multipleOf | 10 | -"),
        ({"minimum": 0}, "minimum | 0 | -"),
        ({"maximum": 9.5}, "maximum | 9.5 | -"),
        ({"minItems": 1}, "minItems | 1 | -"),
        ({"maxItems": 1}, "maxItems | 1 | -"),
        ({"minProperties": 1}, "minProperties | 1 | -"),
        ({"maxProperties": 1}, "maxProperties | 1 | -"),
        ({"exclusiveMinimum": 0}, "exclusiveMinimum | 0 | -"),
        ({"exclusiveMaximum": 9}, "exclusiveMaximum | 9 | -"),
        ({"minimum": 0, "exclusiveMinimum": True}, "exclusiveMinimum | 0 | -"),
        ({"maximum": 9, "exclusiveMaximum": True}, "exclusiveMaximum | 9 | -"),
        ({"uniqueItems": True}, "uniqueItems | yes | -"),
        ({"readOnly": True}, "readOnly | yes | -"),
        ({"writeOnly": True}, "writeOnly | yes | -"),
        ({"deprecated": True}, "deprecated | yes | -"),
        ({"default": "a"}, 'default | "a" | -'),
        ({"nullable": True}, "nullable | yes | no"),
        ({"type": ["string", "null"]}, "nullable | yes | no"),
        ({"enum": ["b", "a"]}, "words | a b | -"),
        ({"const": "a"}, "words | a | -"),
        ({"dependentRequired": {"a": ["b"]}}, 'dependentRequired | {"a": ["b"]} | -'),
        ({"discriminator": {"propertyName": "kind"}}, "discriminator | propertyName=kind | -"),
        (
            {"discriminator": {"propertyName": "kind", "mapping": {"a": "#/x/A"}}},
            "discriminator | a=A propertyName=kind | -",
        ),
        ({"exclusiveMinimum": True}, "exclusiveMinimum | true | -"),
        ({"required": ["a"]}, "required besides | a | -"),
        ({"additionalProperties": False}, "open to other fields | no | -"),
        ({"additionalProperties": {"type": "string"}}, "other fields | present | -"),
        ({"not": {"maxLength": 3}}, "not | present | -"),
        ({"items": {"type": "string"}}, "[] | present | -"),
        ({"properties": {"a": {}}}, ".a | present | -"),
        ({"oneOf": [{"minLength": 3}, {"maxLength": 1}]}, "alternatives of oneOf | 2 | -"),
        ({"anyOf": [{"minLength": 3}, {"maxLength": 1}]}, "anyOf 2 | present | -"),
        ({"$ref": "#/components/schemas/Gone"}, "dangling reference | yes | -"),
        ({"$ref": "other.json#/components/schemas/Gone"}, "dangling reference | yes | -"),
    ],
)
def test_a_keyword_is_seen_in_request_and_answer(field: Node, row: str) -> None:
    rows = seen(document(**field))
    assert f"{REQUEST} {row}" in rows
    assert f"{ANSWER} {row}" in rows


@pytest.mark.parametrize(
    ("field", "row"),
    [
        ({"additionalProperties": {"type": "integer"}}, "other fields type | integer | string"),
        ({"not": {"type": "integer"}}, "not type | integer | string"),
        ({"items": {"type": "integer"}}, "[] type | integer | string"),
        ({"oneOf": [{"minLength": 2}, {"type": "integer"}]}, "oneOf 2 type | integer | string"),
    ],
)
def test_a_change_inside_a_schema_that_another_holds_is_seen(field: Node, row: str) -> None:
    before = {
        "additionalProperties": {"type": "string"},
        "not": {"type": "string"},
        "items": {"type": "string"},
        "oneOf": [{"minLength": 2}, {"type": "string"}],
    }
    ((keyword, _),) = field.items()
    assert f"{REQUEST} {row}" in seen(document(**field), document(**{keyword: before[keyword]}))


ORIGINAL = {"type": "string", "maxLength": 16}


@pytest.mark.parametrize(
    "field",
    [
        {"allOf": [ORIGINAL]},
        {"allOf": [{"allOf": [ORIGINAL]}]},
        {"allOf": [{"type": "string"}, {"maxLength": 16}, {"maxLength": 20}]},
        {"$ref": "#/components/schemas/Field"},
        {"allOf": [{"$ref": "#/components/schemas/Field"}]},
        {"oneOf": [ORIGINAL]},
        {"anyOf": [{"$ref": "#/components/schemas/Field"}]},
        {**ORIGINAL, "type": ["string"], "nullable": False, "minLength": 0, "deprecated": False},
        {**ORIGINAL, "maxLength": 16.0},
        {**ORIGINAL, "description": "Other words"},
    ],
)
def test_how_it_is_written_makes_no_difference(field: Node) -> None:
    changed = document()
    changed["components"]["schemas"]["Field"] = ORIGINAL
    request(changed)["properties"]["field"] = field
    assert seen(changed) == []


@pytest.mark.parametrize(
    "field",
    [
        {"anyOf": [ORIGINAL, {"type": "null"}]},
        {"oneOf": [{"type": "null"}, ORIGINAL]},
        {"oneOf": [ORIGINAL, {"enum": [None]}]},
        {**ORIGINAL, "type": ["null", "string"]},
        {"nullable": True, "allOf": [{"$ref": "#/components/schemas/Field"}]},
        {"allOf": [{**ORIGINAL, "nullable": True}]},
    ],
)
def test_null_is_null_however_it_is_allowed(field: Node) -> None:
    changed = document()
    changed["components"]["schemas"]["Field"] = {"maxLength": 16}
    request(changed)["properties"]["field"] = field
    rows = seen(changed)
    assert f"{REQUEST} nullable | yes | no" in rows
    assert [row for row in rows if " type " not in row and " nullable " not in row] == []


@pytest.mark.parametrize(
    ("member", "row"),
    [
        ({"required": ["other"]}, "request application/json required besides | other | -"),
        ({"properties": {"other": {}}}, "request application/json .other | present | -"),
        ({"properties": {"field": {"maxLength": 5}}}, f"{REQUEST} maxLength | 5 | 16"),
        ({"properties": {"field": {"type": "integer"}}}, f"{REQUEST} type | nothing | string"),
        ({"properties": {"field": {"pattern": "^a"}}}, f"{REQUEST} pattern | ^a | -"),
        ({"additionalProperties": False}, "request application/json open to other fields | no | yes"),
        ({"allOf": [{"minProperties": 2}]}, "request application/json minProperties | 2 | -"),
    ],
)
def test_what_comes_through_allof_is_seen(member: Node, row: str) -> None:
    changed = document()
    schema = request(changed)
    inner = dict(schema)
    schema.clear()
    schema["allOf"] = [inner, member]
    assert row in seen(changed)


def test_limits_of_several_members_are_the_tightest_of_them() -> None:
    tight = {"minimum": 5, "maximum": 6, "type": "integer", "enum": [5], "pattern": "a and b"}
    loose: list[Node] = [
        {"minimum": 5, "maximum": 9, "type": "number", "enum": [4, 5], "pattern": "b"},
        {"minimum": 1, "maximum": 6, "type": ["integer", "string"], "enum": [5, 6], "pattern": "a"},
    ]
    before, changed = document(), document()
    request(before)["properties"]["field"] = tight
    request(changed)["properties"]["field"] = {"allOf": loose}
    assert seen(changed, before) == []


def test_what_either_member_rules_out_is_ruled_out() -> None:
    either = {"anyOf": [{"minLength": 9}, {"pattern": "^a"}]}
    changed = document(**{"not": {"minLength": 9}, "allOf": [{"not": {"pattern": "^a"}}]})
    assert seen(changed, document(**{"not": either})) == []


def test_the_order_of_alternatives_makes_no_difference() -> None:
    kinds: list[Node] = [{"minLength": 3}, {"maxLength": 1}, {"pattern": "^a"}]
    assert seen(document(oneOf=kinds), document(oneOf=kinds[::-1])) == []


def test_two_groups_of_alternatives_are_both_compared() -> None:
    one: Node = {"oneOf": [{"minLength": 3}, {"maxLength": 1}]}
    other: Node = {"oneOf": [{"pattern": "^a"}, {"pattern": "^b"}]}
    rows = seen(document(**one, allOf=[other]), document(**one))
    assert f"{REQUEST} alternatives of oneOf+ | 2 | -" in rows
    assert f"{REQUEST} oneOf+ 1 | present | -" in rows


def test_a_list_of_words_beside_any_string_is_open() -> None:
    words = {"type": "string", "enum": ["a"]}
    changed = document()
    request(changed)["properties"]["field"] = {"anyOf": [words, {"type": ["string", "null"]}]}
    row = flat(changed).rows[REQUEST]
    assert "words" not in flat(document()).rows[REQUEST]
    assert (row["words"], row["open to other words"], row["nullable"]) == ("a", "yes", "yes")


def test_two_lists_of_words_are_one() -> None:
    lists: list[Node] = [{"type": "string", "enum": ["b", "a"]}, {"type": "string", "enum": ["a", "c"]}]
    changed, before = document(), document()
    request(changed)["properties"]["field"] = {"oneOf": lists}
    request(before)["properties"]["field"] = {"type": "string", "enum": ["a", "b", "c"]}
    assert seen(changed, before) == []


def test_the_word_none_is_not_null() -> None:
    words, null = (document(enum=["Outcome", value]) for value in ("None", None))
    assert f"{REQUEST} words | None Outcome | Outcome null" in seen(words, null)


def test_a_schema_that_holds_itself_comes_to_an_end() -> None:
    changed = document()
    changed["components"]["schemas"]["Tree"] = {
        "type": "object",
        "properties": {"inner": {"$ref": "#/components/schemas/Tree"}},
    }
    request(changed)["properties"]["tree"] = {"$ref": "#/components/schemas/Tree"}
    rows = flat(changed).rows
    assert rows["request application/json .tree .inner"]["recursive"] == "yes"
    assert "request application/json .tree .inner .inner" not in rows


def test_a_reference_to_itself_leads_nowhere() -> None:
    changed = document()
    changed["components"]["schemas"]["Field"] = {"$ref": "#/components/schemas/Field"}
    request(changed)["properties"]["field"] = {"$ref": "#/components/schemas/Field"}
    assert flat(changed).rows[REQUEST]["recursive"] == "yes"


def test_a_schema_may_be_a_mere_yes_or_no() -> None:
    anything, yes, no = document(), document(), document()
    request(anything)["properties"]["field"] = {}
    request(yes)["properties"]["field"] = True
    request(no)["properties"]["field"] = False
    assert seen(yes, anything) == []
    assert seen(no, anything) == [f"{REQUEST} not | present | -"]


def test_prose_is_kept_apart_and_its_line_breaks_mean_nothing() -> None:
    def texts(**field: Any) -> list[str]:
        return flat(document(**field)).texts.get(REQUEST, [])

    assert texts(description="At most\n  16 letters.\n") == texts(description="At most 16 letters.")
    assert texts(description="At most 16 letters.") != texts(description="At most 15 letters.")
    assert texts(allOf=[{"description": "a"}]) == texts(description="a")
    assert texts(example="a") != texts(example="b")
    answered = copy.deepcopy(document())
    operation(answered)["responses"]["200"]["description"] = "Done"
    assert flat(answered).texts["answer 200"] == ["description Done"]
