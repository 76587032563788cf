"""The contract as data, for every layer that looks at it."""

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import yaml

ROOT = Path(__file__).resolve().parent.parent
CONTRACT = ROOT / "openapi.yaml"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


class Operation(NamedTuple):
    """One operation with the address it stands under."""

    path: str
    method: str
    body: dict[str, Any]


class Example(NamedTuple):
    """One example with the schema it must fit."""

    where: str
    value: Any
    schema: dict[str, Any]


@functools.cache
def load(path: Path = CONTRACT) -> dict[str, Any]:
    """Read a contract, once."""
    document: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return document


def follow(document: dict[str, Any], node: Any) -> Any:
    """Replace a reference by what it points at, however many references that takes."""
    while isinstance(node, dict) and "$ref" in node:
        found: Any = document
        for part in unquote(node["$ref"]).removeprefix("#/").split("/"):
            key = part.replace("~1", "/").replace("~0", "~")
            found = found[int(key)] if isinstance(found, list) else found[key]
        node = found
    return node


def operations(document: dict[str, Any]) -> dict[str, Operation]:
    """Every operation of a document by its operationId."""
    return {
        item[method]["operationId"]: Operation(path, method, item[method])
        for path, item in document["paths"].items()
        for method in METHODS
        if method in item
    }


def examples(document: dict[str, Any]) -> Iterator[Example]:
    """Every example of the components: of bodies, headers, parameters and schemas."""
    components = document["components"]
    for kind in ("requestBodies", "responses"):
        for name, part in components[kind].items():
            for media in part.get("content", {}).values():
                for key, example in media.get("examples", {}).items():
                    yield Example(f"{kind} {name} {key}", example["value"], media["schema"])
    for kind in ("parameters", "headers"):
        for name, part in components[kind].items():
            yield Example(f"{kind} {name}", part["example"], part["schema"])
    for name, schema in components["schemas"].items():
        for value in schema.get("examples", ()):
            yield Example(f"schemas {name}", value, schema)
