"""A vendor's file of our own making: our contract under the vendor's addresses, with an operation more.

With it the comparison can be tried where the real file is absent, and its changes can be written into tests.
"""

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from contract_tests.contract import load
from contract_tests.vendor_drift.references import follow
from contract_tests.vendor_drift.vendor_file import PREFIX

Node = dict[str, Any]


def posing_as_vendor(contract: Mapping[str, Any] | None = None) -> Node:
    """Our contract, or another one of its form, as a file of the vendor's."""
    whole: Node = copy.deepcopy(dict(contract or load()))
    whole["paths"] = {f"{PREFIX}{path}": item for path, item in whole["paths"].items()}
    for server in whole["servers"]:
        server["url"] = server["url"].removesuffix(PREFIX)
    # Something that ours does not have, and that another operation refers to.
    status = whole["paths"][f"{PREFIX}/{{subAccountId}}/messages/{{umid}}"]
    status["delete"] = {
        "summary": "Call off a message",
        "security": [{"apiKey": []}],
        "parameters": status["get"]["parameters"],
        "responses": {"200": {"description": "Called off"}, "429": status["get"]["responses"]["429"]},
    }
    there = f"{PREFIX}/{{subAccountId}}/messages/{{umid}}".replace("/", "~1")
    sending = whole["paths"][f"{PREFIX}/{{subAccountId}}/messages"]["post"]
    sending["responses"]["429"] = {"$ref": f"#/paths/{there}/delete/responses/429"}
    return whole


class Vendor:
    """A document of the vendor's to be changed, and the way to its parts, wherever they are written."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        """Take a copy of a document."""
        self.document: Node = copy.deepcopy(dict(document))

    @property
    def paths(self) -> Node:
        """All path items by path."""
        found: Node = self.document["paths"]
        return found

    def item(self, path: str) -> Node:
        """The path item below the fixed part of the address."""
        found: Node = self.paths[PREFIX + path]
        return found

    @property
    def sending(self) -> Node:
        """The operation that sends one message."""
        found: Node = self.item("/{subAccountId}/messages")["post"]
        return found

    @property
    def status(self) -> Node:
        """The operation that asks for the status of a message."""
        found: Node = self.item("/{subAccountId}/messages/{umid}")["get"]
        return found

    @property
    def batch(self) -> Node:
        """The operation that sends many messages."""
        found: Node = self.item("/{subAccountId}/messages/batch")["post"]
        return found

    @property
    def export(self) -> Node:
        """The operation that orders a log."""
        found: Node = self.item("/{subAccountId}/messages/exports")["post"]
        return found

    def outside(self) -> tuple[str, str]:
        """The address of an operation that our contract does not have."""
        return f"{PREFIX}/{{subAccountId}}/messages/{{umid}}", "delete"

    def body(self, operation: Node) -> Node:
        """The media type of an operation's request."""
        return self._json(operation["requestBody"])

    def answer(self, operation: Node, status: str = "200") -> Node:
        """The media type of an operation's answer."""
        return self._json(operation["responses"][status])

    def field(self, holder: Node, *names: str) -> Node:
        """A field of the schema under a media type, or that schema itself; `[]` for what a list holds."""
        schema = self.open(holder["schema"])
        for name in names:
            schema = self.open(schema["items"] if name == "[]" else schema["properties"][name])
        return schema

    def open(self, node: Any) -> Node:
        """What a node means: without its reference, and the first of its alternatives."""
        found: Node = follow(self.document, node)
        for kind in ("oneOf", "anyOf"):
            if kind in found and "properties" not in found:
                return self.open(found[kind][0])
        return found

    def parameter(self, operation: Node, name: str) -> Node:
        """A parameter of an operation."""
        found: Iterable[Node] = (self.open(node) for node in operation["parameters"])
        return next(parameter for parameter in found if parameter["name"] == name)

    def _json(self, holder: Any) -> Node:
        found: Node = self.open(holder)["content"]["application/json"]
        return found
