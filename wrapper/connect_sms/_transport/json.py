"""JSON in and out: orjson when it is installed (the extra `fast`), the standard library otherwise."""

from __future__ import annotations

import json
from typing import Any, cast

try:
    import orjson
except ImportError:  # pragma: no cover  depends on what is installed; both are tested

    def dumps(document: object) -> bytes:
        """Compact UTF-8. Raises TypeError or ValueError for what JSON cannot encode."""
        return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()

    def loads(body: bytes) -> Any:  # noqa: ANN401  JSON is anything
        """Raises ValueError or RecursionError for what is not JSON."""
        return json.loads(body)

else:

    def dumps(document: object) -> bytes:
        """Compact UTF-8. Raises TypeError or ValueError for what JSON cannot encode."""
        return orjson.dumps(document)

    def loads(body: bytes) -> Any:  # noqa: ANN401  JSON is anything
        """Raises ValueError for what is not JSON."""
        return orjson.loads(body)


def as_object(document: object) -> dict[str, Any]:
    """A JSON object, as such.

    Raises:
        TypeError: It is another type.
    """
    if not isinstance(document, dict):
        raise TypeError
    return cast("dict[str, Any]", document)
