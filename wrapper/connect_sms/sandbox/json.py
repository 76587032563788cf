"""JSON, by orjson if it is installed."""

from __future__ import annotations

import json
from typing import Any, TypeGuard

try:
    import orjson
except ImportError:
    orjson = None  # type: ignore[assignment]


def dumps(value: object) -> bytes:
    """JSON as compact UTF-8."""
    if orjson is not None:
        return orjson.dumps(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def loads(body: bytes) -> Any:  # noqa: ANN401 - JSON is anything
    """The value of a JSON text.

    Raises:
        ValueError: It is not JSON in UTF-8, or holds half a surrogate pair.
    """
    if orjson is not None:
        return orjson.loads(body)
    value = json.loads(body.decode(), parse_constant=_no_constant)
    json.dumps(value, ensure_ascii=False).encode()
    return value


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether a JSON value is an object."""
    return isinstance(value, dict)


def is_array(value: object) -> TypeGuard[list[Any]]:
    """Whether a JSON value is an array."""
    return isinstance(value, list)
