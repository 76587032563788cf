"""A small OpenAPI document for tests of the comparison: one operation, one field."""

import copy
from typing import Any

from contract_tests.vendor_drift.compare import compare
from contract_tests.vendor_drift.flatten import Flat, flatten
from contract_tests.vendor_drift.vendor_file import PREFIX

Node = dict[str, Any]

PATH = "/v1/{id}/things"


def document(**field: Any) -> Node:
    """A 3.0 document; what is given goes into the schema of its one field, asked and answered."""
    schema = {"type": "string", "maxLength": 16, **field}
    body = {"type": "object", "required": ["field"], "properties": {"field": schema}}
    return {
        "openapi": "3.0.1",
        "info": {"title": "Small", "version": "1"},
        "servers": [{"url": "https://a.example"}],
        "security": [{"key": []}],
        "components": {"schemas": {}, "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
        "paths": {
            PATH: {
                "post": {
                    "operationId": "makeThing",
                    "parameters": [
                        {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
                    ],
                    "requestBody": {"content": {"application/json": {"schema": body}}},
                    "responses": {
                        "200": {
                            "description": "",
                            "content": {"application/json": {"schema": copy.deepcopy(schema)}},
                        }
                    },
                }
            }
        },
    }


def operation(whole: Node) -> Node:
    """The operation of a small document."""
    found: Node = whole["paths"][PATH]["post"]
    return found


def request(whole: Node) -> Node:
    """The schema of its request."""
    found: Node = operation(whole)["requestBody"]["content"]["application/json"]["schema"]
    return found


def flat(whole: Node) -> Flat:
    """The operation as rows."""
    return flatten(whole, PATH, "post")


def seen(changed: Node, before: Node | None = None) -> list[str]:
    """What the comparison says of a changed document and the one from before."""
    return [str(difference) for difference in compare(flat(changed).rows, flat(before or document()).rows)]


def both() -> tuple[Node, Node]:
    """Two documents that mean the same: ours, and the vendor's, which has an operation more."""
    ours, vendor = document(), document()
    ours["servers"][0]["url"] += PREFIX
    item = vendor["paths"].pop(PATH)
    vendor["paths"][PREFIX + PATH] = item
    item["delete"] = {"responses": {"204": {"description": "Gone"}}}
    return ours, vendor
