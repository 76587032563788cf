"""Changes inside schemas, keyword by keyword, in what is sent and in what comes back."""

from typing import Any

from contract_tests.vendor_drift.posing import Vendor
from tools.mutants.vendor_changes._change import (
    Change,
    code,
    drop,
    found,
    limit,
    message,
    messages,
    put,
    sending,
    source,
    umid,
    wrap,
)

_WORDS: dict[str, Any] = {"type": "string", "maxLength": 5}


def _recursive(vendor: Vendor) -> None:
    vendor.document["components"].setdefault("schemas", {})["Tree"] = {
        "type": "object",
        "properties": {"inner": {"$ref": "#/components/schemas/Tree"}},
    }
    found(vendor)["properties"]["tree"] = {"$ref": "#/components/schemas/Tree"}


def _referred(vendor: Vendor) -> None:
    vendor.document["components"].setdefault("schemas", {})["Extra"] = {"required": ["source"]}
    wrap(sending, {"$ref": "#/components/schemas/Extra"})(vendor)


def _beside_a_reference(vendor: Vendor) -> None:
    vendor.document["components"].setdefault("schemas", {})["Name"] = {"type": "string", "maxLength": 16}
    sending(vendor)["properties"]["source"] = {"$ref": "#/components/schemas/Name", "minLength": 3}


def _nested(vendor: Vendor) -> None:
    wrap(sending, {"allOf": [{"allOf": [{"properties": {"source": {"minLength": 3}}}]}]})(vendor)


CHANGES = (
    # Strings
    Change("a shorter text in a request", put(source, maxLength=11)),
    Change("a longer text in a request", put(source, maxLength=20)),
    Change("a text without a limit", drop(source, "maxLength")),
    Change("a text of a length at least", put(source, minLength=3)),
    Change("a text in an answer that is limited", put(umid, maxLength=36)),
    Change("a pattern in a request", put(source, pattern="^[A-Z]+$")),
    Change("a pattern in an answer", put(umid, pattern="^[0-9a-f-]+$")),
    Change("a format in a request", put(source, format="hostname")),
    Change("a format in an answer", put(umid, format="uuid")),
    # Types and values
    Change("another type in a request", put(source, type="integer")),
    Change("another type in an answer", put(umid, type="integer")),
    Change("null in a request", put(source, nullable=True)),
    Change("null in a request, as a type", put(source, type=["string", "null"])),
    Change("null in an answer", put(umid, nullable=True)),
    Change("two types", put(source, type=["string", "integer"])),
    Change("a list of words in a request", put(source, enum=["ACME", "SHOP"])),
    Change("a list of words in an answer", put(umid, enum=["a"])),
    Change("a constant in a request", put(source, const="ACME")),
    Change("a constant in an answer", put(umid, const="a")),
    Change("a default", put(source, default="ACME")),
    # Numbers
    Change("a multiple of a number", put(limit, multipleOf=10)),
    Change("a multiple in an answer", put(code, multipleOf=100)),
    Change("a higher minimum", put(limit, minimum=100)),
    Change("a maximum", put(limit, maximum=5000)),
    Change("a maximum in an answer", put(code, maximum=4999)),
    Change("a bound that is left out, as a flag", put(limit, minimum=0, exclusiveMinimum=True)),
    Change("an upper bound that is left out, as a flag", put(limit, maximum=99, exclusiveMaximum=True)),
    Change("a bound that is left out, as a number", put(limit, exclusiveMinimum=0)),
    Change("an upper bound that is left out, as a number", put(limit, exclusiveMaximum=1000)),
    # Lists
    Change("a shorter list", put(messages, maxItems=500)),
    Change("a longer list at least", put(messages, minItems=2)),
    Change("a list without a limit", drop(messages, "maxItems")),
    Change("a list without repetitions", put(messages, uniqueItems=True)),
    Change("other things in a list", put(messages, items={"type": "string"})),
    # Objects
    Change("a new field that is optional", lambda v: sending(v)["properties"].update(campaign=_WORDS)),
    Change(
        "a field required in a request",
        lambda v: sending(v).update(required=["destination", "text", "source"]),
    ),
    Change("a field no longer required in a request", put(sending, required=["destination"])),
    Change("a required name without a field", lambda v: sending(v)["required"].append("tenant")),
    Change("a field gone from a request", lambda v: sending(v)["properties"].pop("clientIp")),
    Change("a field deep in a request gone", lambda v: message(v)["properties"].pop("clientMessageId")),
    Change("a field new in an answer", lambda v: found(v)["properties"].update(route=_WORDS)),
    Change("a field gone from an answer", lambda v: found(v)["properties"].pop("smsCount")),
    Change("an id no longer promised in an answer", lambda v: found(v)["required"].remove("umid")),
    Change("few fields at least", put(sending, minProperties=3)),
    Change("few fields at most", put(sending, maxProperties=3)),
    Change("few fields at least in an answer", put(found, minProperties=3)),
    Change("a closed answer", put(found, additionalProperties=False)),
    Change("further fields of one kind in a request", put(sending, additionalProperties=_WORDS)),
    Change("further fields of one kind in an answer", put(found, additionalProperties=_WORDS)),
    Change("a field that needs another", put(sending, dependentRequired={"source": ["country"]})),
    Change("a field of an answer that needs another", put(found, dependentRequired={"price": ["smsCount"]})),
    Change("a field only to be read", put(source, readOnly=True)),
    Change("a field only to be written", put(source, writeOnly=True)),
    Change("a field of an answer only to be written", put(umid, writeOnly=True)),
    Change("a field deprecated in a request", put(source, deprecated=True)),
    Change("a field deprecated in an answer", put(umid, deprecated=True)),
    # Several schemas as one
    Change("a value that is ruled out", put(source, **{"not": {"enum": ["SPAM"]}})),
    Change("a field that is ruled out", put(sending, **{"not": {"required": ["source"]}})),
    Change("a value ruled out in an answer", put(umid, **{"not": {"maxLength": 3}})),
    Change("a field required through allOf", wrap(sending, {"required": ["source"]})),
    Change("a field required through allOf by reference", _referred),
    Change("a field new in a request through allOf", wrap(sending, {"properties": {"campaign": _WORDS}})),
    Change("a field returned through allOf", wrap(found, {"properties": {"route": _WORDS}})),
    Change("a field promised through allOf", wrap(found, {"required": ["clientBatchId"]})),
    Change("a field limited through allOf", wrap(source, {"maxLength": 5})),
    Change("a field limited three levels down", _nested),
    Change("a limit beside a reference", _beside_a_reference),
    Change("null beside allOf", wrap(source, nullable=True)),
    Change("one of two kinds", put(source, oneOf=[{"pattern": "^[A-Z]+$"}, {"pattern": "^[0-9]+$"}])),
    Change("any of two kinds in an answer", put(umid, anyOf=[{"maxLength": 3}, {"minLength": 9}])),
    Change(
        "one of two sets of fields", put(sending, anyOf=[{"required": ["source"]}, {"required": ["country"]}])
    ),
    Change(
        "a field that tells the kinds apart",
        put(
            sending,
            discriminator={"propertyName": "encoding"},
            oneOf=[{"required": ["source"]}, {"required": ["country"]}],
        ),
    ),
    Change(
        "a field that tells the kinds apart in an answer",
        put(found, discriminator={"propertyName": "direction"}),
    ),
    Change(
        "the names of kinds",
        put(
            found,
            discriminator={"propertyName": "direction", "mapping": {"outbound": "#/components/schemas/X"}},
        ),
    ),
    Change("a field that holds itself", _recursive),
)
