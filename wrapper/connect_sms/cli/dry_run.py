"""Dry runs: the request that a command would send, built by the library's own flows and never sent."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from connect_sms.text.counting import segments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connect_sms._transport.effects import Request
    from connect_sms.text.counting import Encoding, Segments

    from .output import Output

_HEADERS_SHOWN: Final = ("authorization", "accept", "content-type", "user-agent")


@lru_cache(maxsize=4096)
def cached_segments(text: str, encoding: Encoding) -> Segments:
    """The size of a text; cached, as a batch repeats its texts."""
    return segments(text, encoding)


def request_document(request: Request, out: Output) -> dict[str, Any]:
    """A request as JSON: numbers masked, and the key as ``***``."""

    def masked(message: dict[str, Any]) -> dict[str, Any]:
        return {**message, "destination": out.number(message["destination"])}

    body: dict[str, Any] = json.loads(request.body)
    if "messages" in body:
        body["messages"] = [masked(message) for message in body["messages"]]
    else:
        body = masked(body)
    headers = {name.decode(): value.decode() for name, value in request.headers}
    headers["authorization"] = "Bearer ***"
    shown = {name: headers[name] for name in _HEADERS_SHOWN if name in headers}
    return {"method": request.method, "url": request.url, "headers": shown, "body": body}


def request_lines(shown: dict[str, Any]) -> Iterator[str]:
    """A request as text: request line, headers, body."""
    yield f"{shown['method']} {shown['url']}"
    for name, value in shown["headers"].items():
        yield f"{name.title()}: {value}"
    yield ""
    yield from json.dumps(shown["body"], ensure_ascii=False, indent=2).split("\n")
