"""Rewritings that change no meaning: about none of them may anything be said."""

import copy

from contract_tests.vendor_drift.posing import Node, Vendor
from contract_tests.vendor_drift.references import follow
from tools.mutants.vendor_changes._change import Change, message, messages, put, sending, source, umid, wrap


def _inline(vendor: Vendor) -> None:
    """Put the target of every reference of a send in its place."""

    def inlined(node: object) -> object:
        node = follow(vendor.document, node)
        if isinstance(node, dict):
            return {key: inlined(value) for key, value in node.items()}
        return [inlined(value) for value in node] if isinstance(node, list) else node

    vendor.sending.update({key: inlined(value) for key, value in vendor.sending.items()})


def _extract(vendor: Vendor) -> None:
    """Give a schema a name, and refer to it."""
    vendor.document["components"].setdefault("schemas", {})["NewName"] = copy.deepcopy(source(vendor))
    sending(vendor)["properties"]["source"] = {"$ref": "#/components/schemas/NewName"}


def _split(vendor: Vendor) -> None:
    """Spread an object over two members of an `allOf`."""
    node = sending(vendor)
    required = node.pop("required")
    fields = node["properties"]
    half = {name: fields.pop(name) for name in list(fields)[::2]}
    node["allOf"] = [{"properties": half}, {"required": required[::-1]}]


def _reflow(vendor: Vendor) -> None:
    for node in _nodes(vendor.document):
        if isinstance(node.get("description"), str):
            node["description"] = "\n  ".join(node["description"].split()) + "\n"


def _reverse(vendor: Vendor) -> None:
    """Turn the order of every object round."""
    for node in _nodes(vendor.document):
        items = list(node.items())[::-1]
        node.clear()
        node.update(items)


def _parameters_of_the_path(vendor: Vendor) -> None:
    item = vendor.item("/{subAccountId}/messages/exports")
    item["parameters"] = item["post"].pop("parameters")


def _servers_of_the_operation(vendor: Vendor) -> None:
    vendor.sending["servers"] = copy.deepcopy(vendor.document["servers"])
    for server in vendor.sending["servers"]:
        server["url"] += "/"


def _security_of_the_document(vendor: Vendor) -> None:
    vendor.document["security"] = vendor.sending.pop("security")


def _style(vendor: Vendor) -> None:
    vendor.parameter(vendor.status, "umid").update(style="simple", explode=False)


def _nodes(node: object) -> list[Node]:
    if isinstance(node, list):
        return [found for value in node for found in _nodes(value)]
    if not isinstance(node, dict):
        return []
    return [node, *(found for value in node.values() for found in _nodes(value))]


REWRITINGS = (
    Change("a reference instead of its target", _extract),
    Change("the targets instead of the references", _inline),
    Change("allOf with one member around a field", wrap(source)),
    Change("allOf with one member around a body", wrap(sending)),
    Change("allOf around what a list holds", wrap(message)),
    Change("allOf within allOf", lambda v: (wrap(umid)(v), wrap(umid)(v))),
    Change("one of one", lambda v: sending(v)["properties"].update(source={"oneOf": [dict(source(v))]})),
    Change("an object in two halves", _split),
    Change("prose in other lines", _reflow),
    Change("another order", _reverse),
    Change("the type in a list", put(source, type=["string"])),
    Change("what holds anyway", put(source, nullable=False, deprecated=False, minLength=0, readOnly=False)),
    Change("what holds anyway of a list", put(messages, uniqueItems=False)),
    Change("the usual style of a parameter", _style),
    Change("parameters of the path instead of the operation", _parameters_of_the_path),
    Change("servers of the operation instead of the document", _servers_of_the_operation),
    Change("security of the document instead of the operation", _security_of_the_document),
)
