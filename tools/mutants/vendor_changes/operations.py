"""Changes of paths, operations, parameters, bodies and answers."""

from typing import Any

from contract_tests.vendor_drift.posing import Node, Vendor
from contract_tests.vendor_drift.vendor_file import PREFIX
from tools.mutants.vendor_changes._change import Change, Make, drop, put, sending

_WORDS: dict[str, Any] = {"type": "string"}
_OK: dict[str, Any] = {"responses": {"200": {"description": ""}}, "security": [{"apiKey": []}]}
_MESSAGES = f"{PREFIX}/{{subAccountId}}/messages"


def _status(vendor: Vendor) -> Node:
    return vendor.status


def _umid(vendor: Vendor) -> Node:
    return vendor.parameter(vendor.status, "umid")


def _answer(vendor: Vendor) -> Node:
    return vendor.open(vendor.status["responses"]["200"])


def _body(vendor: Vendor) -> Node:
    return vendor.open(vendor.sending["requestBody"])


def _new_parameter(**keywords: Any) -> Make:
    parameter = {"name": "verbose", "in": "query", "schema": _WORDS, **keywords}
    return lambda vendor: vendor.status["parameters"].append(parameter)


def _new_header(**keywords: Any) -> Make:
    return lambda v: _answer(v).setdefault("headers", {}).update(Sunset={"schema": _WORDS, **keywords})


def _path_parameter(vendor: Vendor) -> None:
    vendor.paths[_MESSAGES]["parameters"] = [{"name": "trace", "in": "query", "schema": _WORDS}]


def _move(old: str, new: str) -> Make:
    return lambda vendor: vendor.paths.update({new: vendor.paths.pop(old)})


def _outside_is_gone(vendor: Vendor) -> None:
    path, method = vendor.outside()
    del vendor.paths[path][method]


def _outside_changes(vendor: Vendor) -> None:
    path, method = vendor.outside()
    vendor.paths[path][method]["responses"]["403"] = {"description": ""}


def _method(vendor: Vendor) -> None:
    item = vendor.paths[_MESSAGES]
    item["put"] = item.pop("post")


def _with_callback(vendor: Vendor, schema: Node) -> None:
    body = {"content": {"application/json": {"schema": schema}}}
    item = {"post": {"requestBody": body, **_OK}}
    vendor.status["callbacks"] = {"changed": {"{$request.query.url}": item}}


def _reference_to_itself(vendor: Vendor) -> None:
    itself = {"$ref": "#/components/schemas/Itself"}
    vendor.document["components"]["schemas"]["Itself"] = itself
    sending(vendor)["properties"]["source"] = itself


CHANGES = (
    # Paths and operations
    Change("a new path", lambda v: v.paths.update({"/api/v1/senders": {"get": _OK}})),
    Change(
        "a new path under the next version", lambda v: v.paths.update({"/api/v2/messages": {"post": _OK}})
    ),
    Change("a new operation on a known path", lambda v: v.paths[_MESSAGES].update(get=_OK)),
    Change("an operation gone", lambda v: v.paths[f"{_MESSAGES}/{{umid}}"].pop("get")),
    Change("a path gone", lambda v: v.paths.pop(f"{_MESSAGES}/batch")),
    Change("all paths gone", lambda v: v.paths.clear()),
    Change("an operation gone that others refer to", _outside_is_gone),
    Change("an operation changed that ours does not have", _outside_changes),
    Change("a path renamed", _move(_MESSAGES, f"{PREFIX}/{{subAccountId}}/sms")),
    Change("a path under another version", _move(_MESSAGES, _MESSAGES.replace("v1", "v2"))),
    Change("another method", _method),
    Change("an operation deprecated", put(_status, deprecated=True)),
    Change("the end of an operation", put(_status, **{"x-sunset": "2027-06-30"})),
    # Parameters
    Change("a new parameter", _new_parameter()),
    Change("a new parameter that is required", _new_parameter(required=True)),
    Change("a new header that is required", _new_parameter(**{"in": "header", "required": True})),
    Change("a parameter gone", lambda v: v.status["parameters"].pop()),
    Change("a parameter of the whole path", _path_parameter),
    Change("a parameter in another place", put(_umid, **{"in": "query"})),
    Change("a parameter limited", lambda v: _umid(v)["schema"].update(maxLength=36)),
    Change("a parameter with a format", lambda v: _umid(v)["schema"].update(format="uuid")),
    Change("a parameter deprecated", put(_umid, deprecated=True)),
    Change("a parameter in another style", put(_umid, style="label")),
    Change("a parameter taken apart", put(_umid, explode=True)),
    Change("a parameter with reserved characters", put(_umid, allowReserved=True)),
    Change("a parameter that may be empty", put(_umid, allowEmptyValue=True)),
    Change("a parameter as JSON", put(_umid, content={"application/json": {"schema": _WORDS}})),
    # Bodies
    Change(
        "a body that is required or not", lambda v: _body(v).update(required=not _body(v).get("required"))
    ),
    Change("a body gone", lambda v: v.sending.pop("requestBody")),
    Change("a body of another kind", lambda v: _body(v)["content"].update({"application/xml": {}})),
    Change("a body no longer of a kind", lambda v: _body(v)["content"].pop("application/json")),
    Change(
        "how a field of a body is written",
        lambda v: v.body(v.sending).update(encoding={"text": {"contentType": "text/plain"}}),
    ),
    Change(
        "a further form of a body",
        lambda v: v.body(v.sending).update(schema={"oneOf": [dict(sending(v)), {"type": "array"}]}),
    ),
    # Answers
    Change("a new answer", lambda v: v.status["responses"].update({"409": {"description": ""}})),
    Change("an answer for all else", lambda v: v.status["responses"].update(default={"description": ""})),
    Change("an answer gone", lambda v: v.status["responses"].pop("404")),
    Change(
        "a status that is another",
        lambda v: v.export["responses"].update({"200": v.export["responses"].pop("202")}),
    ),
    Change("an answer without a body", drop(_answer, "content")),
    Change("an answer of another kind", lambda v: _answer(v)["content"].update({"text/csv": {}})),
    Change("a new header of an answer", _new_header()),
    Change("a new header that is required of an answer", _new_header(required=True)),
    Change("a header of an answer deprecated", _new_header(deprecated=True)),
    # What is posted
    Change("a callback", lambda v: _with_callback(v, {"type": "object"})),
    Change("a callback with a field", lambda v: _with_callback(v, {"properties": {"umid": _WORDS}})),
    Change(
        "the callbacks of a send",
        put(lambda v: v.sending, callbacks={"x": {"{$request.body#/url}": {"post": _OK}}}),
    ),
    Change("a webhook", lambda v: v.document.update(webhooks={"inbound": {"post": _OK}})),
    Change(
        "a webhook, as an extension", lambda v: v.document.update({"x-webhooks": {"inbound": {"post": _OK}}})
    ),
    # References
    Change(
        "a reference that leads nowhere", lambda v: v.status["responses"].update({"401": {"$ref": "#/gone"}})
    ),
    Change(
        "a reference to another file",
        lambda v: sending(v)["properties"].update(source={"$ref": "common.json#/Source"}),
    ),
    Change("a reference to itself", _reference_to_itself),
)
