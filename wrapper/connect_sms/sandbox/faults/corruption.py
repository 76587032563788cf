"""Corrupted content: a fault's changes to the JSON of a correct response."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from connect_sms.sandbox.json import is_array, is_object

if TYPE_CHECKING:
    from collections.abc import Callable


def _each_object(value: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:  # noqa: ANN401
    if is_object(value):
        return change({key: _each_object(entry, change) for key, entry in value.items()})
    if is_array(value):
        return [_each_object(entry, change) for entry in value]
    return value


_UNDOCUMENTED: Final = {
    "code": "PONDERING", "state": "pondering", "detail": "pondered_by_operator",
    "encoding": "GSM9", "direction": "sideways", "currency": "XTS",
}  # fmt: skip


def _unknown_words(content: dict[str, Any]) -> Any:  # noqa: ANN401
    return _each_object(
        content,
        lambda entry: {
            k: _UNDOCUMENTED[k] if k in _UNDOCUMENTED and isinstance(v, str) else v for k, v in entry.items()
        },
    )


def _extra_fields(content: dict[str, Any]) -> Any:  # noqa: ANN401
    return _each_object(content, lambda entry: {**entry, "tomorrow": {"is": ["another", "day"]}})


_NEVER_NULL: Final = frozenset(
    {"umid", "destination", "batchId", "acceptedCount", "rejectedCount", "code", "state", "status"}
)


def _null_fields(content: dict[str, Any]) -> Any:  # noqa: ANN401
    return _each_object(
        content,
        lambda entry: {
            k: v if k in _NEVER_NULL or (k == "messages" and v) else None for k, v in entry.items()
        },
    )


def _with_items(content: dict[str, Any], change: Callable[[list[Any]], list[Any]]) -> dict[str, Any]:
    items = content.get("messages")
    return {**content, "messages": change(items)} if is_array(items) else content


def _wrong_counts(content: dict[str, Any]) -> dict[str, Any]:
    if "acceptedCount" not in content:
        return content
    return {**content, "acceptedCount": content["acceptedCount"] + 3, "rejectedCount": 1}


CORRUPTIONS: Final[dict[str, Callable[[dict[str, Any]], Any]]] = {
    "unknown-words": _unknown_words,
    "extra-fields": _extra_fields,
    "null-fields": _null_fields,
    "repeated-umids": lambda c: _with_items(
        c, lambda items: [{**item, "umid": items[0]["umid"]} for item in items]
    ),
    "missing-items": lambda c: _with_items(c, lambda items: items[::2]),
    "reordered-items": lambda c: _with_items(c, lambda items: items[::-1]),
    "wrong-counts": _wrong_counts,
}
"""By fault: the function that changes the content of a correct response."""
