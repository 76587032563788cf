"""A dry run: the real client, with every check it makes, on a transport that sends nothing and says yes."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, Final, cast
from uuid import uuid4

import attrs
import httpx

from connect_sms.text.counting import Encoding, Segments, segments

_HEADERS_SHOWN: Final = ("authorization", "accept", "content-type", "user-agent")


@attrs.frozen(repr=False)
class Draft:
    """A request that would have gone out.

    Attributes:
        method: Its HTTP method.
        url: Its URL.
        headers: Those the library sets; the key shows as ``***``.
        body: Its JSON, as sent.
    """

    method: str
    url: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The messages it carries."""
        return cast("list[dict[str, Any]]", self.body.get("messages", [self.body]))


class Paper(httpx.BaseTransport):
    """Takes requests and sends none of them.

    Attributes:
        first: The first request.
        requests: How many there were.
        drafted: The messages of the last request, by their clientMessageId.
    """

    def __init__(self) -> None:
        self.first: Draft | None = None
        self.requests = 0
        self.drafted: dict[str, dict[str, Any]] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer as 8x8 answers when it takes everything."""
        headers = {name: request.headers[name] for name in _HEADERS_SHOWN if name in request.headers}
        headers["authorization"] = "Bearer ***"
        body = json.loads(request.read())
        draft = Draft(request.method, str(request.url), headers, body)
        self.first = self.first or draft
        self.requests += 1
        self.drafted.update((message["clientMessageId"], message) for message in draft.messages)
        answers = [
            {
                "umid": str(uuid4()),
                "clientMessageId": message["clientMessageId"],
                "destination": message["destination"],
                "status": {"code": "QUEUED"},
            }
            for message in draft.messages
        ]
        if "messages" not in body:
            return httpx.Response(200, json=answers[0])
        counts = {"batchId": str(uuid4()), "acceptedCount": len(answers), "rejectedCount": 0}
        return httpx.Response(200, json={**counts, "messages": answers})


@lru_cache(maxsize=4096)
def counted(text: str, encoding: Encoding) -> Segments:
    """What a text takes; remembered, for a batch repeats its texts."""
    return segments(text, encoding)


def segments_of(message: dict[str, Any]) -> Segments:
    """What a drafted message takes."""
    return counted(message["text"], message.get("encoding", "AUTO"))
