"""The closed list of keywords that the comparison understands. One that is not on it is an error.

Each kind of object of OpenAPI 3.0 and 3.1 has its keywords, and each keyword the kind of what stands under
it: `""` for a value that is taken as it is, `"[kind]"` for a list, `"{kind}"` for a map. Whoever adds a
keyword here has to see to it that `flatten` turns it into a row or into text that is hashed.
"""

from collections.abc import Iterator, Mapping
from typing import Any

_PROSE = dict.fromkeys(("title", "summary", "description", "example", "examples", "x-examples"), "")
_STYLE = dict.fromkeys(("style", "explode", "allowReserved"), "")
_SHOWN = {"schema": "schema", "content": "{media type}", "required": "", "deprecated": "", **_STYLE, **_PROSE}
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

#: Keywords of a schema that limit what fits: attributes of its row under their own name.
LIMITS = (
    "format",
    "pattern",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
)
#: Keywords of a schema that say something when true, and nothing when false or absent.
FLAGS = ("uniqueItems", "readOnly", "writeOnly", "deprecated")

OBJECTS: dict[str, dict[str, str]] = {
    "document": {
        "openapi": "",
        "info": "",
        "servers": "[server]",
        "paths": "{path item}",
        "webhooks": "{path item}",
        "x-webhooks": "{path item}",
        "components": "components",
        "security": "",
        "tags": "",
        "externalDocs": "",
    },
    "server": {"url": "", "description": "", "variables": "{server variable}"},
    "server variable": {"default": "", "enum": "", "description": ""},
    "components": {
        "schemas": "{schema}",
        "parameters": "{parameter}",
        "headers": "{header}",
        "requestBodies": "{request body}",
        "responses": "{response}",
        "securitySchemes": "{security scheme}",
        "callbacks": "{{path item}}",
        "pathItems": "{path item}",
        "links": "",
        "examples": "",
    },
    "path item": {
        "summary": "",
        "description": "",
        "servers": "[server]",
        "parameters": "[parameter]",
        **dict.fromkeys(_METHODS, "operation"),
    },
    "operation": {
        "tags": "",
        "summary": "",
        "description": "",
        "externalDocs": "",
        "operationId": "",
        "parameters": "[parameter]",
        "requestBody": "request body",
        "responses": "{response}",
        "callbacks": "{{path item}}",
        "deprecated": "",
        "x-sunset": "",
        "security": "",
        "servers": "[server]",
    },
    "parameter": {"name": "", "in": "", "allowEmptyValue": "", **_SHOWN},
    "header": _SHOWN,
    "request body": {"description": "", "content": "{media type}", "required": "", "x-examples": ""},
    "media type": {"schema": "schema", "encoding": "{encoding}", **_PROSE},
    "encoding": {"contentType": "", "headers": "{header}", **_STYLE},
    "response": {"description": "", "headers": "{header}", "content": "{media type}", "links": ""},
    "security scheme": dict.fromkeys(
        ("type", "description", "name", "in", "scheme", "bearerFormat", "flows", "openIdConnectUrl"), ""
    ),
    "schema": {
        "type": "",
        "nullable": "",
        "enum": "",
        "const": "",
        "default": "",
        "required": "",
        "dependentRequired": "",
        "discriminator": "",
        "externalDocs": "",
        "properties": "{schema}",
        "additionalProperties": "schema",
        "items": "schema",
        "not": "schema",
        "allOf": "[schema]",
        "anyOf": "[schema]",
        "oneOf": "[schema]",
        **dict.fromkeys((*LIMITS, *FLAGS), ""),
        **_PROSE,
    },
}


_LISTS = ("required", "enum")
_MAPS = ("dependentRequired", "discriminator")


class UnknownKeywordError(ValueError):
    """A document says something that the comparison does not understand, so that it can vouch for nothing."""


def check_keywords(document: Mapping[str, Any], name: str) -> None:
    """Refuse a document with a keyword that the comparison does not know.

    Args:
        document: A whole OpenAPI document.
        name: What to call it in the error.

    Raises:
        UnknownKeywordError: It names every such place.
    """
    if problems := list(_problems(document, "document", "#")):
        raise UnknownKeywordError(
            f"{name} holds what the comparison does not understand; "
            "teach it in contract_tests/vendor_drift/keywords.py and flatten.py:\n  " + "\n  ".join(problems)
        )


def _problems(node: Any, kind: str, place: str) -> Iterator[str]:
    if not kind or (kind == "schema" and isinstance(node, bool)):
        return
    if kind.startswith("["):
        if not isinstance(node, list):
            yield f"{place}: not a list but a {type(node).__name__}"
            return
        for number, value in enumerate(node):
            yield from _problems(value, kind[1:-1], f"{place}/{number}")
        return
    if not isinstance(node, dict):
        yield f"{place}: not an object but a {type(node).__name__}"
        return
    for key, value in node.items():
        if key == "$ref" and isinstance(value, str):
            continue
        if kind.startswith("{"):
            # A map: its keys are names, such as those of fields, and what stands under each is of one kind.
            yield from _problems(value, kind[1:-1], f"{place}/{key}")
        else:
            yield from _of_keyword(kind, key, value, place)


def _of_keyword(kind: str, key: str, value: Any, place: str) -> Iterator[str]:
    if key not in OBJECTS[kind]:
        yield f"{place}: {key!r} is no known {kind} keyword"
    elif kind == "schema" and not _is_of_its_type(key, value):
        yield f"{place}/{key}: a {type(value).__name__} is no such value"
    else:
        yield from _problems(value, OBJECTS[kind][key], f"{place}/{key}")


def _is_of_its_type(keyword: str, value: Any) -> bool:
    if keyword in _LISTS or keyword in _MAPS:
        return isinstance(value, list if keyword in _LISTS else dict)
    return keyword not in {*LIMITS} - {"format", "pattern"} or isinstance(value, int | float)
