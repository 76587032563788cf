"""The list of keywords is closed: what nobody taught the comparison is an error, wherever it stands."""

from collections.abc import Callable
from typing import Any

import pytest

from contract_tests.vendor_drift.compare import compare_documents
from contract_tests.vendor_drift.keywords import OBJECTS, UnknownKeywordError, check_keywords
from contract_tests.vendor_drift.small import PATH, Node, both, document, operation, request


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda d: request(d).update({"if": {}}), "'if' is no known schema keyword"),
        (
            lambda d: request(d)["properties"]["field"].update({"x-nullable": True}),
            "field: 'x-nullable' is no known",
        ),
        (lambda d: request(d).update(allOf=[{"prefixItems": []}]), "allOf/0: 'prefixItems' is no known"),
        (lambda d: request(d).update(additionalProperties={"$defs": {}}), "'$defs' is no known"),
        (lambda d: operation(d).update({"x-rate-limit": 1}), "'x-rate-limit' is no known operation keyword"),
        (lambda d: operation(d)["parameters"][0].update(collectionFormat="csv"), "'collectionFormat' is no"),
        (lambda d: d["paths"][PATH].update(query={}), "'query' is no known path item keyword"),
        (lambda d: d.update(jsonSchemaDialect="x"), "#: 'jsonSchemaDialect' is no known document keyword"),
        (lambda d: d["components"].update(examples={}, mediaTypes={}), "'mediaTypes' is no known"),
        (
            lambda d: d["components"]["schemas"].update(Unused={"contains": {}}),
            "Unused: 'contains' is no known",
        ),
        (
            lambda d: request(d)["properties"]["field"].update(required=True),
            "required: a bool is no such value",
        ),
        (lambda d: request(d).update(discriminator="kind"), "discriminator: a str is no such value"),
        (
            lambda d: request(d)["properties"]["field"].update(maxLength="16"),
            "maxLength: a str is no such value",
        ),
        (lambda d: request(d).update(properties=[]), "properties: not an object but a list"),
        (lambda d: d.update(servers={}), "servers: not a list but a dict"),
    ],
)
def test_an_unknown_keyword_is_refused(change: Callable[[Node], Any], complaint: str) -> None:
    changed = document()
    change(changed)
    with pytest.raises(UnknownKeywordError, match="the file holds") as caught:
        check_keywords(changed, "the file")
    assert complaint in str(caught.value)


def test_every_unknown_keyword_is_named() -> None:
    changed = document()
    request(changed).update({"if": {}, "then": {}})
    with pytest.raises(UnknownKeywordError) as caught:
        check_keywords(changed, "the file")
    assert len(str(caught.value).splitlines()) == 3


def test_names_are_no_keywords() -> None:
    changed = document()
    request(changed)["properties"]["if"] = {"$ref": "#/components/schemas/then"}
    changed["components"]["schemas"]["then"] = True
    operation(changed)["callbacks"] = {"x-done": {"$ref": "#/components/callbacks/x"}}
    check_keywords(changed, "the file")


@pytest.mark.parametrize("side", [0, 1])
def test_neither_document_is_compared_with_a_keyword_that_is_unknown(side: int) -> None:
    documents = both()
    documents[side]["x-new"] = True
    with pytest.raises(UnknownKeywordError, match="'x-new'"):
        compare_documents(*documents)


def test_what_stands_under_a_keyword_is_of_a_kind_that_is_listed() -> None:
    kinds = {kind.strip("[]{}") for keywords in OBJECTS.values() for kind in keywords.values()}
    assert kinds - {""} == OBJECTS.keys() - {"document"}
