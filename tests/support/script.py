"""A server that does as it is told: answers in turn, and keeps every request it saw."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest

Answerer = Callable[[httpx.Request], httpx.Response]
Reply = httpx.Response | BaseException | Answerer

#: More than any test makes: a client that asks without end fails, and does not fill the memory.
_MOST_REQUESTS = 10_000

UMID = "6c4b8a3e-0000-4000-8000-000000000001"


class Script:
    """Gives its replies in turn; the last one serves every further request.

    Args:
        replies: Each a response, something to raise, or a function of the request.

    Attributes:
        requests: Every request seen.
    """

    def __init__(self, *replies: Reply) -> None:
        self._replies = list(replies)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if len(self.requests) > _MOST_REQUESTS:
            pytest.fail(f"over {_MOST_REQUESTS:,} requests")
        reply = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
        if isinstance(reply, httpx.Response):
            # A fresh one each time: a response is read once.
            return httpx.Response(reply.status_code, headers=reply.headers, content=reply.content)
        if isinstance(reply, BaseException):
            raise reply
        return reply(request)

    @property
    def seen(self) -> int:
        """How many requests came."""
        return len(self.requests)

    @property
    def documents(self) -> list[Any]:
        """The JSON of every request."""
        return [json.loads(request.content) for request in self.requests]


def answer(
    status: int = 200, document: Any = None, headers: Mapping[str, str] | None = None
) -> httpx.Response:
    """An answer with a JSON body, or with none."""
    content = b"" if document is None else json.dumps(document).encode()
    return httpx.Response(
        status, headers={"content-type": "application/json", **(headers or {})}, content=content
    )


def queued(request: httpx.Request) -> httpx.Response:
    """Accept a single message, as 8x8 does."""
    sent = json.loads(request.content)
    return answer(
        200,
        {
            "umid": UMID,
            "clientMessageId": sent["clientMessageId"],
            "destination": sent["destination"],
            "encoding": "GSM7",
            "status": {"code": "QUEUED", "description": "SMS is accepted and queued for processing"},
        },
    )


def rejected(description: str | None = "Expiry time is already reached") -> Answerer:
    """Refuse a single message with 200, as 8x8 does."""

    def reply(request: httpx.Request) -> httpx.Response:
        sent = json.loads(request.content)
        status = {"code": "REJECTED", "description": description}
        return answer(200, {"umid": UMID, "clientMessageId": sent["clientMessageId"], "status": status})

    return reply


def state(word: str | None, detail: str | None = None, **more: Any) -> httpx.Response:
    """A message's status, as the status call gives it."""
    return answer(200, {"umid": UMID, "status": {"state": word, "detail": detail}, **more})
