"""One operation of an OpenAPI document, 3.0 or 3.1, as flat rows: a place, an attribute, a value.

Two documents that mean the same give the same rows, whatever their references, names and nesting. Only what
a machine obeys becomes a row: descriptions, summaries and examples do not.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from contract_tests.contract import follow

ABSENT = "-"
# Attributes of a schema that limit what fits, as JSON Schema spells them.
_LIMITS = ("format", "pattern", "minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum")

Rows = dict[str, dict[str, str]]


class Shape(NamedTuple):
    """A schema without its references, its null and its alternatives."""

    schema: Mapping[str, Any]
    nullable: bool
    open_words: bool


def flatten(document: Mapping[str, Any], path: str, method: str, *, form: int = 0) -> Rows:
    """Return `{place: {attribute: value}}` for one operation.

    Args:
        document: A whole OpenAPI document.
        path: The operation's key under `paths`.
        method: Its HTTP method.
        form: Which alternative of the request body to show, where there are several.
    """
    whole = dict(document)
    item = whole["paths"][path]
    operation = item[method]
    rows: Rows = {}
    for server in whole["servers"]:
        # Where the fixed part of an address stands, in server or path, makes no difference on the wire.
        rows[f"{method.upper()} {server['url']}{path}"] = {"present": "yes"}
    for requirement in operation.get("security", whole.get("security", [])):
        for name in requirement:
            scheme = whole["components"]["securitySchemes"][name]
            rows[f"security {name}"] = {key: str(scheme.get(key, ABSENT)) for key in ("type", "scheme")}
    for reference in [*item.get("parameters", []), *operation.get("parameters", [])]:
        parameter = follow(whole, reference)
        place = f"parameter {parameter['in']} {parameter['name']}"
        rows[place] = {"required": _word(parameter.get("required", False))}
        _add(rows, whole, place, parameter["schema"])
    if "requestBody" in operation:
        body = follow(whole, operation["requestBody"])
        rows["request"] = {"required": _word(body.get("required", False))}
        _add_content(rows, whole, "request", body, form)
    for status, reference in operation["responses"].items():
        response = follow(whole, reference)
        rows[f"answer {status}"] = {"present": "yes"}
        for name, header in response.get("headers", {}).items():
            rows[f"answer {status} header {name}"] = {"present": "yes"}
            _add(rows, whole, f"answer {status} header {name}", follow(whole, header)["schema"])
        _add_content(rows, whole, f"answer {status}", response, form)
    return rows


def _add_content(rows: Rows, document: dict[str, Any], place: str, holder: dict[str, Any], form: int) -> None:
    for kind, media in holder.get("content", {}).items():
        rows[f"{place} {kind}"] = {"present": "yes"}
        # A media type without a schema promises nothing about its body.
        if "schema" not in media:
            continue
        schema = follow(document, media["schema"])
        alternatives = schema.get("oneOf", [schema])
        _add(rows, document, f"{place} {kind}", alternatives[min(form, len(alternatives) - 1)])


def _add(rows: Rows, document: dict[str, Any], place: str, raw: Mapping[str, Any]) -> None:
    schema, nullable, open_words = _shape(document, raw)
    row = rows.setdefault(place, {})
    row["type"] = _types(schema)
    row["nullable"] = _word(nullable)
    row |= {name: str(schema[name]) for name in _LIMITS if name in schema}
    if "default" in schema:
        row["default"] = json.dumps(schema["default"])
    if "enum" in schema:
        # Not str(): the null of a list and the word None are different things.
        row["words"] = " ".join(sorted(w if isinstance(w, str) else json.dumps(w) for w in schema["enum"]))
        row["open to other words"] = _word(open_words)
    if "items" in schema:
        _add(rows, document, f"{place} []", schema["items"])
    if row["type"] == "object":
        row["open to other fields"] = _word(schema.get("additionalProperties", True) is not False)
    for name, field in schema.get("properties", {}).items():
        start = f"{place} .{name}"
        rows[start] = {"required": _word(name in schema.get("required", ()))}
        _add(rows, document, start, field)


def _shape(document: dict[str, Any], raw: Mapping[str, Any]) -> Shape:
    schema = follow(document, raw)
    kinds = schema.get("type", ())
    nullable = (
        bool(schema.get("nullable", False))
        or kinds == "null"
        or "null" in (kinds if isinstance(kinds, list) else ())
    )
    branches = [_shape(document, branch) for branch in (*schema.get("anyOf", ()), *schema.get("oneOf", ()))]
    if not branches:
        return Shape(schema, nullable, open_words=False)
    nullable = nullable or any(branch.nullable for branch in branches)
    real = [branch.schema for branch in branches if branch.schema.get("type") != "null"]
    words = [branch for branch in real if "enum" in branch]
    # A list of words beside any string: the list is what is known, not what is allowed.
    return Shape((words or real)[0], nullable, open_words=len(real) > len(words))


def _types(schema: Mapping[str, Any]) -> str:
    kinds = schema.get("type", "object" if "properties" in schema else ABSENT)
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return " ".join(sorted(kind for kind in kinds if kind != "null"))


def _word(value: object) -> str:
    return "yes" if value else "no"
