"""A batch server that records what it was sent, and how often it saw each recipient."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import httpx

from tests.support import answer

Document = dict[str, Any]
Reply = httpx.Response | BaseException
Answerer = Callable[[Document], Reply]

ONE_BY_ONE = {"batch_size": 1, "batch_concurrency": 1}
TWO_BY_TWO = {"batch_size": 2, "batch_concurrency": 1}


def number(place: int) -> str:
    """A number for fiction."""
    return f"+4477009{place:05d}"


def numbers(count: int) -> list[str]:
    """So many numbers for fiction."""
    return [number(place) for place in range(count)]


def item(message: Mapping[str, Any], code: object = "QUEUED", **changes: Any) -> Document:
    """What 8x8 says of a message."""
    status = {"code": code, "description": "as told"}
    said = {
        "umid": f"umid-{message['destination'][-5:]}",
        "clientMessageId": message["clientMessageId"],
        "destination": message["destination"].removeprefix("+"),
        "encoding": "GSM7",
        "status": status,
    }
    return {**said, **changes}


def listing(items: object, accepted: object = 0, rejected: object = 0, **more: Any) -> httpx.Response:
    """A good answer that lists these items."""
    counts = {"acceptedCount": accepted, "rejectedCount": rejected}
    return answer(200, {"batchId": "batch-1", "clientBatchId": None, **counts, "messages": items, **more})


def accept(document: Document) -> httpx.Response:
    """Accept every message."""
    messages = document["messages"]
    return listing([item(message) for message in messages], accepted=len(messages))


class Server:
    """Gives its replies in turn, and then accepts everything.

    Args:
        replies: Each a response, something to raise, or a function of the request's JSON.

    Attributes:
        documents: The JSON of every request.
        paths: The path of every request.
        replied: The reply to every request.
    """

    def __init__(self, *replies: Reply | Answerer) -> None:
        self._replies = list(replies)
        self.documents: list[Document] = []
        self.paths: list[str] = []
        self.bodies: list[bytes] = []
        self.replied: list[Reply] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        document = json.loads(request.content)
        self.bodies.append(request.content)
        self.documents.append(document)
        self.paths.append(request.url.path)
        reply = self._replies.pop(0) if self._replies else accept
        if not isinstance(reply, httpx.Response | BaseException):
            reply = reply(document)
        self.replied.append(reply)
        if isinstance(reply, BaseException):
            raise reply
        return reply

    @property
    def messages(self) -> list[Document]:
        """Every message seen, in the order they came."""
        return [message for document in self.documents for message in document["messages"]]

    @property
    def sizes(self) -> list[int]:
        """How many messages each request carried."""
        return [len(document["messages"]) for document in self.documents]

    @property
    def seen(self) -> Counter[str]:
        """How often each number was seen."""
        return Counter(message["destination"] for message in self.messages)


def indexes(rows: Iterable[Any]) -> list[int]:
    """The positions of results."""
    return [row.index for row in rows]


def some_of_each(document: Document) -> httpx.Response:
    """Accept the first message, reject the second, and say of the third what nobody knows."""
    words = ["QUEUED", "REJECTED", "PARKED"]
    return listing([item(one, word) for one, word in zip(document["messages"], words, strict=False)])
