"""Two whole documents: each operation is held against its counterpart, and what has none is named."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from contract_tests.contract import load
from contract_tests.vendor_drift.compare import Comparison, compare_documents
from contract_tests.vendor_drift.posing import Node, Vendor, posing_as_vendor
from contract_tests.vendor_drift.severity import Direction, Severity
from contract_tests.vendor_drift.vendor_file import PREFIX

#: Our contract against itself in the vendor's place.
BEFORE = compare_documents(load(), posing_as_vendor())


def changed(change: Callable[[Vendor], Any]) -> Comparison:
    vendor = Vendor(posing_as_vendor())
    change(vendor)
    return compare_documents(load(), vendor.document)


def news(found: Comparison, before: Comparison = BEFORE) -> list[str]:
    return [str(row) for row in found.differences if row not in before.differences]


def prose(found: Comparison) -> list[str]:
    places = sorted(found.prose.keys() | BEFORE.prose.keys())
    return [place for place in places if found.prose.get(place) != BEFORE.prose.get(place)]


def test_the_contract_does_not_differ_from_itself() -> None:
    assert [str(row) for row in BEFORE.differences] == [
        f"DELETE {PREFIX}/{{subAccountId}}/messages/{{umid}} | - | present"
    ]


def test_a_change_deep_in_the_contract_is_seen_in_every_operation_and_form_it_touches() -> None:
    ours = copy.deepcopy(load())
    ours["components"]["schemas"]["SenderId"]["maxLength"] = 11
    assert news(compare_documents(ours, posing_as_vendor())) == [
        "sendMessage: request application/json .source maxLength | 11 | 16",
        "sendBatch: request application/json .messages [] .source maxLength | 11 | 16",
        "sendBatch: request application/json .template .source maxLength | 11 | 16",
        "sendBatch of destinations: request application/json .template .source maxLength | 11 | 16",
        "sendBatchAtCataloguePath: request application/json .messages [] .source maxLength | 11 | 16",
        "sendBatchAtCataloguePath: request application/json .template .source maxLength | 11 | 16",
        "sendBatchAtCataloguePath form 2: request application/json .template .source maxLength | 11 | 16",
    ]


def test_a_difference_has_its_direction_and_its_severity() -> None:
    def change(vendor: Vendor) -> None:
        vendor.field(vendor.body(vendor.sending), "source")["maxLength"] = 11
        vendor.field(vendor.answer(vendor.status))["required"] = ["umid"]

    rows = {str(row): row for row in changed(change).differences}
    source = rows["sendMessage: request application/json .source maxLength | 16 | 11"]
    status = rows["getMessage: answer 200 application/json .status required | yes | no"]
    assert (source.direction, source.severity) == (Direction.REQUEST, Severity.ERROR)
    assert (status.direction, status.severity) == (Direction.RESPONSE, Severity.ERROR)


MESSAGES = f"{PREFIX}/{{subAccountId}}/messages"


@pytest.mark.parametrize(
    ("change", "row"),
    [
        (lambda v: v.paths.pop(f"{MESSAGES}/batch"), f"sendBatch: POST {MESSAGES}/batch | present | -"),
        (
            lambda v: v.paths[f"{MESSAGES}/{{umid}}"].pop("get"),
            f"getMessage: GET {MESSAGES}/{{umid}} | present | -",
        ),
        (lambda v: v.paths.update({"/api/v2/sms": {"post": {}}}), "POST /api/v2/sms | - | present"),
        (lambda v: v.paths[MESSAGES].update(get={}), f"GET {MESSAGES} | - | present"),
        (
            lambda v: v.paths[f"{MESSAGES}/{{umid}}"].pop("delete"),
            "sendMessage: answer 429 dangling reference | - | yes",
        ),
    ],
    ids=["path gone", "operation gone", "path new", "operation new", "operation gone that others refer to"],
)
def test_paths_and_operations_that_come_or_go_are_seen(change: Callable[[Vendor], Any], row: str) -> None:
    assert row in news(changed(change))


def test_a_gone_operation_that_ours_never_had_is_gone_from_the_list() -> None:
    gone = changed(lambda v: v.paths[f"{MESSAGES}/{{umid}}"].pop("delete"))
    assert BEFORE.differences[0] not in gone.differences


def test_a_file_without_any_path_is_compared_all_the_same() -> None:
    assert len(news(changed(lambda v: v.document.pop("paths")))) == 6


def test_an_operation_that_ours_lacks_is_named() -> None:
    ours = copy.deepcopy(load())
    del ours["paths"]["/{subAccountId}/messages"]
    assert f"POST {MESSAGES} | - | present" in news(compare_documents(ours, posing_as_vendor()))


@pytest.mark.parametrize(
    ("change", "places"),
    [
        (
            lambda v: v.field(v.answer(v.status), "umid").update(description="Other words"),
            ["getMessage: answer 200 application/json .umid"],
        ),
        (lambda v: v.status.update(summary="Other words"), ["getMessage: operation"]),
        (lambda v: v.document["info"].update(version="2"), ["document"]),
        (
            lambda v: v.paths[f"{MESSAGES}/{{umid}}"]["delete"].update(deprecated=True),
            [f"DELETE {MESSAGES}/{{umid}}"],
        ),
    ],
    ids=["of a field", "of an operation", "of the document", "of what ours does not have"],
)
def test_other_prose_is_seen_at_its_place(change: Callable[[Vendor], Any], places: list[str]) -> None:
    found = changed(change)
    assert prose(found) == places
    assert news(found) == []


def test_a_webhook_of_one_side_is_seen() -> None:
    posted: Node = {"post": {"description": "Somebody wrote", "responses": {}}}
    found = changed(lambda v: v.document.setdefault("webhooks", {}).update(wroteIn=posted))
    assert news(found) == ["webhook wroteIn | - | present"]
    assert prose(found) == ["webhook wroteIn POST operation"]
