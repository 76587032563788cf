"""Each difference has a direction and a severity: what can harm is told from what cannot."""

import pytest

from contract_tests.vendor_drift.severity import Direction, Severity, direction, of_attribute, of_place


@pytest.mark.parametrize(
    ("place", "way"),
    [
        ("request application/json .text", Direction.REQUEST),
        ("parameter path umid", Direction.REQUEST),
        ("operation", Direction.REQUEST),
        ("answer 200 application/json .umid", Direction.RESPONSE),
        ("callback {$request.body#/url} POST request application/json .umid", Direction.RESPONSE),
        ("callback {$request.body#/url} POST answer 200", Direction.REQUEST),
        ("webhook inbound POST request", Direction.RESPONSE),
        ("webhook inbound POST callback {$url} POST request", Direction.REQUEST),
    ],
)
def test_a_place_tells_which_way_the_data_goes(place: str, way: Direction) -> None:
    assert direction(place) is way


#: An attribute, what lets more through, and what lets less through.
WIDER_AND_NARROWER = [
    ("maxLength", "20", "16"),
    ("maxLength", "-", "16"),
    ("exclusiveMaximum", "9.5", "9"),
    ("minItems", "-", "1"),
    ("minimum", "-1", "0"),
    ("required", "no", "yes"),
    ("uniqueItems", "-", "yes"),
    ("nullable", "yes", "no"),
    ("open to other fields", "yes", "no"),
    ("pattern", "-", "^a$"),
    ("multipleOf", "-", "10"),
    ("format", "-", "uuid"),
    ("type", "-", "string"),
    ("type", "integer string", "string"),
    ("words", "a b", "a"),
    ("words", "-", "a"),
    ("dependentRequired", "-", '{"a": ["b"]}'),
]


@pytest.mark.parametrize(("attribute", "wider", "narrower"), WIDER_AND_NARROWER)
def test_less_in_a_request_and_more_in_a_response_is_an_error(
    attribute: str, wider: str, narrower: str
) -> None:
    loose, tight = {attribute: wider}, {attribute: narrower}
    assert of_attribute("request", attribute, loose, tight) is Severity.ERROR
    assert of_attribute("request", attribute, tight, loose) is Severity.INFO
    assert of_attribute("answer 200", attribute, tight, loose) is Severity.ERROR
    assert of_attribute("answer 200", attribute, loose, tight) is Severity.INFO


@pytest.mark.parametrize(
    ("attribute", "one", "other"),
    [
        ("pattern", "^a$", "^b$"),
        ("type", "string", "integer"),
        ("words", "a b", "b c"),
        ("default", "-", '"a"'),
        ("exclusiveMaximum", "-", "true"),
        ("deprecated", "-", "yes"),
        ("sunset", "-", "2027-06-30"),
        ("style", "-", "label"),
        ("discriminator", "-", "kind"),
    ],
)
def test_what_cannot_be_weighed_is_a_warning(attribute: str, one: str, other: str) -> None:
    for place in ("request", "answer 200"):
        assert of_attribute(place, attribute, {attribute: one}, {attribute: other}) is Severity.WARNING


def test_a_list_of_known_words_that_is_open_is_no_limit() -> None:
    ours = {"words": "a", "open to other words": "yes"}
    assert of_attribute("answer 200", "words", ours, {}) is Severity.INFO
    assert of_attribute("answer 200", "words", {**ours, "open to other words": "no"}, {}) is Severity.ERROR


@pytest.mark.parametrize("place", ["security ways", "security key", "callback {$url} POST security"])
def test_security_is_always_an_error(place: str) -> None:
    assert of_attribute(place, "ways", {"ways": "key"}, {"ways": "none"}) is Severity.ERROR
    assert of_place(place, vendor_has_it=True, required=False) is Severity.ERROR


@pytest.mark.parametrize(
    ("place", "sides", "severity"),
    [
        ("parameter query tenant", {"vendor_has_it": True, "required": True}, Severity.ERROR),
        ("parameter query tenant", {"vendor_has_it": True, "required": False}, Severity.INFO),
        ("request application/json .a", {"vendor_has_it": False, "required": False}, Severity.WARNING),
        ("answer 200 application/json .a", {"vendor_has_it": True, "required": True}, Severity.INFO),
        ("answer 200 application/json .a", {"vendor_has_it": False, "required": True}, Severity.ERROR),
        ("answer 200 application/json .a", {"vendor_has_it": False, "required": False}, Severity.INFO),
    ],
)
def test_a_place_that_one_side_lacks(place: str, sides: dict[str, bool], severity: Severity) -> None:
    assert of_place(place, **sides) is severity
