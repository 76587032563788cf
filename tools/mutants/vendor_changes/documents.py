"""Changes that stand beside the operations: servers, security, prose, and keywords that nobody knows."""

from typing import Any

from contract_tests.vendor_drift.posing import Node, Vendor
from tools.mutants.vendor_changes._change import Change, Make, found, put, sending, source, umid

_OTHER_HOST = [{"url": "https://api.example.com"}]
_OAUTH: Node = {
    "type": "oauth2",
    "flows": {
        "clientCredentials": {"tokenUrl": "https://a.example/token", "scopes": {"send": "", "read": ""}}
    },
}


def _document(vendor: Vendor) -> Node:
    return vendor.document


def _scheme(vendor: Vendor) -> Node:
    schemes: Node = vendor.document["components"]["securitySchemes"]
    return vendor.open(schemes["apiKey"])


def _send(vendor: Vendor) -> Node:
    return vendor.sending


def _path(vendor: Vendor) -> Node:
    return vendor.item("/{subAccountId}/messages")


def _variable(**keywords: Any) -> list[Node]:
    variable = {"default": "8x8.com", **keywords}
    return [{"url": "https://sms.{host}", "variables": {"host": variable}}]


def _with_oauth(*demands: Node) -> Make:
    def change(vendor: Vendor) -> None:
        vendor.document["components"]["securitySchemes"]["oauth"] = _OAUTH
        vendor.sending["security"] = list(demands)

    return change


def _key_in_a_header(vendor: Vendor) -> None:
    scheme = _scheme(vendor)
    scheme.clear()
    scheme.update({"type": "apiKey", "in": "header", "name": "X-Key"})


def _only_for_the_whole(vendor: Vendor) -> None:
    del vendor.sending["security"]
    vendor.document["security"] = [{}]


def _example_by_reference(vendor: Vendor) -> None:
    vendor.document["components"]["examples"] = {"One": {"value": {"umid": "1"}}}
    vendor.answer(vendor.status)["examples"] = {"one": {"$ref": "#/components/examples/One"}}


def _first(vendor: Vendor, name: str) -> Node:
    node: Node = vendor.document[name][0]
    return node


CHANGES = (
    # Servers
    Change("a server at another host", lambda v: _first(v, "servers").update(url="https://api.example.com")),
    Change("a new server", lambda v: v.document["servers"].append({"url": "https://sms.8x8.example"})),
    Change("servers in another order", lambda v: v.document["servers"].reverse()),
    Change("a server gone", lambda v: v.document["servers"].pop()),
    Change("servers gone", lambda v: v.document.pop("servers")),
    Change("a server of one operation", put(_send, servers=_OTHER_HOST)),
    Change("a server of one path", put(_path, servers=_OTHER_HOST)),
    Change("a server with a variable", put(_document, servers=_variable())),
    Change(
        "a server of one operation with a choice", put(_send, servers=_variable(enum=["8x8.com", "8x8.uk"]))
    ),
    # Security
    Change("an operation without security", put(_send, security=[])),
    Change("an operation with security or without", put(_send, security=[{"apiKey": []}, {}])),
    Change("security only for the whole document", _only_for_the_whole),
    Change("another way to show the key", put(_scheme, scheme="basic")),
    Change("a key in a header", _key_in_a_header),
    Change("a scheme gone", lambda v: v.document["components"].pop("securitySchemes")),
    Change("OAuth beside the key", _with_oauth({"apiKey": [], "oauth": []})),
    Change("OAuth instead of the key", _with_oauth({"oauth": ["send"]})),
    Change("OAuth or the key", _with_oauth({"apiKey": []}, {"oauth": ["send"]})),
    Change("a scope", put(_send, security=[{"apiKey": ["send"]}])),
    Change(
        "security of the document that each operation overrides",
        put(_document, security=[{}]),
        survives="every operation of both files names its own security, so the document's is never asked for",
    ),
    # Prose, examples and names
    Change("prose of an operation", put(_send, description="Sends one message, and bills it twice.")),
    Change("a summary of an operation", put(_send, summary="Send")),
    Change("an operation under another name", put(_send, operationId="sendIt")),
    Change("an operation under another tag", put(_send, tags=["Other"])),
    Change("prose of a field in a request", put(source, description="At most 6 letters.")),
    Change("prose of a field in an answer", put(umid, description="Lives for a day.")),
    Change("a title of a schema", put(sending, title="Sms")),
    Change("an example of a field", put(source, example="SHOP")),
    Change("an example by reference", _example_by_reference),
    Change("examples of an answer", lambda v: v.answer(v.status).update(examples={"one": {"value": {}}})),
    Change("prose of a parameter", lambda v: v.parameter(v.status, "umid").update(description="Not a UUID.")),
    Change("prose of an answer", lambda v: v.open(v.status["responses"]["404"]).update(description="No.")),
    Change("prose of the key", put(_scheme, description="Expires after a year.")),
    Change("prose of the document", lambda v: v.document["info"].update(description="Retired in 2027.")),
    Change("a version of the document", lambda v: v.document["info"].update(version="2")),
    Change("a version of OpenAPI", put(_document, openapi="3.0.3")),
    Change("prose of a server", lambda v: _first(v, "servers").update(description="Asia")),
    Change("tags of the document", put(_document, tags=[{"name": "New"}])),
    Change("a page outside", put(_document, externalDocs={"url": "https://developer.example.com"})),
    Change(
        "a link", lambda v: v.open(v.sending["responses"]["200"]).update(links={"more": {"operationId": "x"}})
    ),
    # What nobody knows
    Change("an unknown keyword of a schema", put(sending, **{"if": {"required": ["source"]}})),
    Change("an unknown keyword deep in an answer", put(umid, contentEncoding="base64")),
    Change("patterns of fields", put(found, patternProperties={"^x-": {"type": "string"}})),
    Change("an extension of a schema", put(source, **{"x-nullable": True})),
    Change("an extension of an operation", put(_send, **{"x-rate-limit": 10})),
    Change("an unknown keyword of the document", put(_document, jsonSchemaDialect="https://example.com")),
    Change("a list where an object belongs", put(sending, properties=[])),
    # What needs no notice
    Change(
        "an object that no longer says that it is one",
        lambda v: sending(v).pop("type"),
        survives="its fields say so as well; no reader tells the two apart",
    ),
    Change(
        "a schema that nothing refers to",
        lambda v: v.document["components"]["schemas"].update(Unused={"type": "string"}),
        survives="no request and no answer holds it",
    ),
)
