"""Two whole documents: each operation is held against its counterpart, and what has none is named."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from contract_tests.contract import load
from contract_tests.vendor_drift.compare import Comparison, compare_documents
from contract_tests.vendor_drift.posing import posing_as_vendor
from contract_tests.vendor_drift.severity import Direction, Severity
from contract_tests.vendor_drift.small import PATH, Node, both, request
from contract_tests.vendor_drift.vendor_file import PREFIX

THERE = PREFIX + PATH
#: What the vendor has and ours does not.
MORE = f"DELETE {THERE} | - | present"


def item(vendor: Node) -> Node:
    found: Node = vendor["paths"][THERE]
    return found


def compared(change: Callable[[Node], Any] = lambda _: None) -> Comparison:
    ours, vendor = both()
    change(vendor)
    return compare_documents(ours, vendor)


def rows(found: Comparison) -> list[str]:
    return [str(row) for row in found.differences]


def prose(found: Comparison) -> list[str]:
    before = compared().prose
    return [
        place
        for place in sorted(found.prose.keys() | before.keys())
        if found.prose.get(place) != before.get(place)
    ]


def test_two_that_mean_the_same_differ_in_what_one_has_beyond() -> None:
    assert rows(compared()) == [MORE]


@pytest.mark.parametrize(
    ("change", "row"),
    [
        (lambda v: v["paths"].clear(), f"makeThing: POST {THERE} | present | -"),
        (lambda v: v.pop("paths"), f"makeThing: POST {THERE} | present | -"),
        (lambda v: item(v).pop("post"), f"makeThing: POST {THERE} | present | -"),
        (lambda v: v["paths"].update({"/v2": {"post": {}}}), "POST /v2 | - | present"),
        (lambda v: item(v).update(get={}), f"GET {THERE} | - | present"),
    ],
    ids=["paths gone", "no paths", "operation gone", "path new", "operation new"],
)
def test_paths_and_operations_that_come_or_go_are_seen(change: Callable[[Node], Any], row: str) -> None:
    assert row in rows(compared(change))


def test_an_operation_that_is_gone_leaves_references_to_it_that_lead_nowhere() -> None:
    reference = "#/paths/" + THERE.replace("/", "~1").replace("{", "%7B") + "/delete/responses/204"

    def refer(vendor: Node) -> None:
        item(vendor)["post"]["responses"]["204"] = {"$ref": reference}

    def refer_and_go(vendor: Node) -> None:
        refer(vendor)
        del item(vendor)["delete"]

    assert rows(compared(refer)) == ["makeThing: answer 204 | - | present", MORE]
    gone = compared(refer_and_go)
    assert rows(gone) == ["makeThing: answer 204 | - | present"]
    ours, vendor = both()
    ours["paths"][PATH]["post"]["responses"]["204"] = {"description": "Gone"}
    refer_and_go(vendor)
    assert rows(compare_documents(ours, vendor)) == ["makeThing: answer 204 dangling reference | - | yes"]


def test_a_difference_has_its_direction_and_its_severity() -> None:
    def change(vendor: Node) -> None:
        schema = item(vendor)["post"]["requestBody"]["content"]["application/json"]["schema"]
        schema["properties"]["field"]["maxLength"] = 11

    found = {str(row): row for row in compared(change).differences}
    row = found["makeThing: request application/json .field maxLength | 16 | 11"]
    assert (row.direction, row.severity) == (Direction.REQUEST, Severity.ERROR)


def test_each_form_of_our_body_is_held_against_the_vendors() -> None:
    ours, vendor = both()
    media = ours["paths"][PATH]["post"]["requestBody"]["content"]["application/json"]
    media["schema"] = {"oneOf": [request(ours), {"type": "object", "properties": {"list": {}}}]}
    found = rows(compare_documents(ours, vendor))
    assert "makeThing: request application/json forms | 2 | -" in found
    assert "makeThing form 2: request application/json .field | - | present" in found
    assert "makeThing form 2: request application/json .list | present | -" in found
    assert [row for row in found if row.startswith("makeThing form 2: answer")] == []


@pytest.mark.parametrize(
    ("change", "places"),
    [
        (lambda v: item(v)["post"].update(summary="Other words"), ["makeThing: operation"]),
        (lambda v: item(v)["post"]["parameters"][0].update(example="a"), ["makeThing: parameter path id"]),
        (lambda v: v["info"].update(version="2"), ["document"]),
        (lambda v: v.update(tags=[{"name": "new"}]), ["document"]),
        (lambda v: item(v)["delete"].update(deprecated=True), [f"DELETE {THERE}"]),
        (lambda v: item(v)["delete"].update(summary="Other words"), [f"DELETE {THERE}"]),
    ],
)
def test_other_prose_is_seen_at_its_place(change: Callable[[Node], Any], places: list[str]) -> None:
    found = compared(change)
    assert prose(found) == places
    assert rows(found) == [MORE]


def test_no_hash_looks_like_a_number() -> None:
    assert all(digest.isalpha() and len(digest) == 12 for digest in compared().prose.values())


def test_a_webhook_of_one_side_is_seen() -> None:
    posted: Node = {"post": {"description": "Somebody wrote", "responses": {}}}
    found = compared(lambda v: v.update(webhooks={"wroteIn": posted}))
    assert rows(found) == [MORE, "webhook wroteIn | - | present"]
    assert prose(found) == ["webhook wroteIn POST operation"]


def test_an_operation_that_ours_lacks_is_named() -> None:
    ours, vendor = both()
    ours["paths"].clear()
    assert rows(compare_documents(ours, vendor)) == [f"POST {THERE} | - | present", MORE]


def test_the_contract_does_not_differ_from_itself() -> None:
    status = f"{PREFIX}/{{subAccountId}}/messages/{{umid}}"
    assert rows(compare_documents(load(), posing_as_vendor())) == [f"DELETE {status} | - | present"]


def test_a_change_deep_in_the_contract_is_seen_in_every_operation_and_form_it_touches() -> None:
    ours = copy.deepcopy(load())
    ours["components"]["schemas"]["SenderId"]["maxLength"] = 11
    found = [row for row in rows(compare_documents(ours, posing_as_vendor())) if "DELETE" not in row]
    assert found == [
        "sendMessage: request application/json .source maxLength | 11 | 16",
        "sendBatch: request application/json .messages [] .source maxLength | 11 | 16",
        "sendBatch: request application/json .template .source maxLength | 11 | 16",
        "sendBatch of destinations: request application/json .template .source maxLength | 11 | 16",
        "sendBatchAtCataloguePath: request application/json .messages [] .source maxLength | 11 | 16",
        "sendBatchAtCataloguePath: request application/json .template .source maxLength | 11 | 16",
        "sendBatchAtCataloguePath form 2: request application/json .template .source maxLength | 11 | 16",
    ]
