"""The receiver to be measured, in a process of its own: receipts anywhere, and ``/noop`` that keeps nothing.

It writes its URL to stdout and ends when its stdin closes. A line on stdin is answered with the CPU seconds
that it has used so far.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

from connect_sms.receipts import Receiver, WebhookAuth, in_thread, open_store

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

SECRET = "Basic cmVjZWlwdHM6b25seQ=="


def beside_a_noop(receiver: Receiver) -> Any:  # noqa: ANN401  an ASGI application
    """The receiver, and beside it an application that reads a body and answers, on the same server."""

    async def application(
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ) -> None:
        if scope["type"] != "http" or scope["path"] != "/noop":
            await receiver(scope, receive, send)
            return
        while (await receive()).get("more_body", False):
            pass
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"7")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"durable"})

    return application


def main(place: str) -> None:
    """Serve until stdin closes."""
    with (
        open_store(place) as store,
        in_thread(beside_a_noop(Receiver(store, WebhookAuth(SECRET)))) as server,
    ):
        print(server.url, flush=True)
        for _ in sys.stdin:
            print(time.process_time(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
