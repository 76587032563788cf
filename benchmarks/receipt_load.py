"""Somebody who posts receipts as fast as they are answered, and keeps the time of each answer."""

from __future__ import annotations

import asyncio
import json
import socket
from functools import partial
from time import perf_counter
from urllib.parse import urlsplit

from benchmarks.receipt_server import SECRET

_HEAD = (
    "POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: " + SECRET + "\r\n"
    "Content-Type: application/json; charset=utf-8\r\nAccept: */*\r\nContent-Length: {length}\r\n\r\n"
)


def body(name: str) -> bytes:
    """A receipt as 8x8 posts it."""
    payload = {
        "umid": name,
        "batchId": "0f9d1c3e-5a5b-4a53-8d7e-6a5c2f3b1e90",
        "clientMessageId": f"order-{name}",
        "clientBatchId": "sale",
        "subAccountId": "acme_hq",
        "source": "ACME",
        "destination": "447700900123",
        "status": {
            "state": "delivered",
            "detail": "delivered_to_recipient",
            "timestamp": "2026-07-01T12:00:00.00Z",
        },
        "price": {"total": 0.04, "perSms": 0.04, "currency": "EUR"},
        "smsCount": 1,
    }
    return json.dumps(
        {
            "namespace": "SMS",
            "eventType": "outbound_message_status_changed",
            "description": "The status of a message has changed",
            "payload": payload,
        }
    ).encode()


class _Sender(asyncio.Protocol):
    """One connection: the next request goes out when the one before is answered."""

    def __init__(self, requests: list[bytes], seconds: list[float], done: asyncio.Future[None]) -> None:
        self._requests, self._seconds, self._done = requests, seconds, done
        self._got = b""
        self._started = 0.0
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._transport = transport
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        """A connection that ends before its work is done is an error of the measurement."""
        if not self._done.done():
            self._done.set_exception(exc or ConnectionError("the receiver hung up"))

    def data_received(self, data: bytes) -> None:
        """Take note of an answer; all of them are alike and end in the same word."""
        self._got += data
        if not self._got.endswith(b"\r\n\r\ndurable"):
            return
        assert self._got.startswith(b"HTTP/1.1 200 ")
        self._seconds.append(perf_counter() - self._started)
        self._got = b""
        self._next()

    def _next(self) -> None:
        if not self._requests:
            self._done.set_result(None)
            self._transport.close()
            return
        request = self._requests.pop()
        self._started = perf_counter()
        self._transport.write(request)


def post(url: str, path: str, run: str, connections: int, count: int) -> tuple[float, list[float]]:
    """Post so many receipts over so many connections: seconds in all, and of each."""
    parts = urlsplit(url)
    requests: list[bytes] = []
    for number in range(count):
        content = body(f"{run}-{number * 7919 % count:08}")
        head = _HEAD.format(path=path, host=parts.netloc, length=len(content))
        requests.append(head.encode() + content)
    seconds: list[float] = []

    async def go() -> float:
        loop = asyncio.get_running_loop()
        waiting = [loop.create_future() for _ in range(connections)]
        started = perf_counter()
        for done in waiting:
            await loop.create_connection(
                partial(_Sender, requests, seconds, done), parts.hostname or "", parts.port or 0
            )
        await asyncio.gather(*waiting)
        return perf_counter() - started

    return asyncio.run(go()), seconds
