"""Right answers spoilt: on the wire, or in what they say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from .jsons import dumps, is_array, is_object
from .replies import GATEWAY_PAGE, HTML, Reply, bounded

if TYPE_CHECKING:
    from collections.abc import Callable

    from .faults import Fault
    from .settings import Settings

__all__ = ["spoil"]

_WRONG_BY: Final = 10


def spoil(reply: Reply, fault: Fault, content: dict[str, Any] | None, settings: Settings) -> Reply:
    """A right answer, spoilt on the wire or in its content.

    Args:
        reply: the right answer.
        fault: what to do to it.
        content: the value of its body.
        settings: bounds.
    """
    kind = fault.kind
    if kind == "slow":
        return replace(reply, hold=bounded(fault, 1.0, settings))
    if kind in {"reset-answer", "truncated-answer"}:
        return replace(reply, ending="part", reset=kind == "reset-answer")
    if kind == "wrong-length":
        off = -_WRONG_BY if fault.form == "short" else _WRONG_BY
        return replace(reply, declared=len(reply.body) + off)
    if kind == "not-json":
        return Reply(reply.status, GATEWAY_PAGE, content_type=HTML)
    if kind == "empty-answer":
        return Reply(reply.status)
    change = _CHANGES.get(kind)
    if change is None or content is None:
        return reply
    return replace(reply, body=dumps(change(content)))


def _each_object(value: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:  # noqa: ANN401
    if is_object(value):
        return change({key: _each_object(entry, change) for key, entry in value.items()})
    if is_array(value):
        return [_each_object(entry, change) for entry in value]
    return value


_STRANGE: Final = {
    "code": "PONDERING", "state": "pondering", "detail": "pondered_by_operator",
    "encoding": "GSM9", "direction": "sideways", "currency": "XTS",
}  # fmt: skip


def _strange_words(content: dict[str, Any]) -> Any:  # noqa: ANN401
    return _each_object(
        content,
        lambda entry: {
            k: _STRANGE[k] if k in _STRANGE and isinstance(v, str) else v for k, v in entry.items()
        },
    )


def _more_fields(content: dict[str, Any]) -> Any:  # noqa: ANN401
    return _each_object(content, lambda entry: {**entry, "tomorrow": {"is": ["another", "day"]}})


_KEPT: Final = frozenset(
    {"umid", "destination", "batchId", "acceptedCount", "rejectedCount", "code", "state", "status"}
)


def _nulls(content: dict[str, Any]) -> Any:  # noqa: ANN401
    return _each_object(
        content,
        lambda entry: {k: v if k in _KEPT or (k == "messages" and v) else None for k, v in entry.items()},
    )


def _with_items(content: dict[str, Any], change: Callable[[list[Any]], list[Any]]) -> dict[str, Any]:
    items = content.get("messages")
    return {**content, "messages": change(items)} if is_array(items) else content


def _wrong_counts(content: dict[str, Any]) -> dict[str, Any]:
    if "acceptedCount" not in content:
        return content
    return {**content, "acceptedCount": content["acceptedCount"] + 3, "rejectedCount": 1}


_CHANGES: Final[dict[str, Callable[[dict[str, Any]], Any]]] = {
    "unknown-words": _strange_words,
    "extra-fields": _more_fields,
    "null-fields": _nulls,
    "repeated-umids": lambda c: _with_items(
        c, lambda items: [{**item, "umid": items[0]["umid"]} for item in items]
    ),
    "missing-items": lambda c: _with_items(c, lambda items: items[::2]),
    "reordered-items": lambda c: _with_items(c, lambda items: items[::-1]),
    "wrong-counts": _wrong_counts,
}
