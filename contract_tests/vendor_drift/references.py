"""References inside a document, followed one step at a time so that none is lost and none goes in circles."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

#: Stands in an object whose reference leads nowhere, such as into a path that is gone.
DANGLING = "dangling reference"


def look_up(document: Mapping[str, Any], reference: str) -> Any:
    """What a reference points at, or an object that says that it leads nowhere."""
    start, _, pointer = reference.partition("#/")
    found: Any = document
    try:
        for part in unquote(pointer).split("/"):
            key = part.replace("~1", "/").replace("~0", "~")
            found = found[int(key)] if isinstance(found, list) else found[key]
    except (LookupError, TypeError, ValueError):
        return {DANGLING: True}
    return {DANGLING: True} if start else found


def follow(document: Mapping[str, Any], node: Any) -> Any:
    """Replace a reference by what it points at, however many references that takes."""
    seen: set[str] = set()
    while isinstance(node, Mapping) and "$ref" in node:
        if node["$ref"] in seen:
            return {DANGLING: True}
        seen.add(node["$ref"])
        node = look_up(document, node["$ref"])
    return node
