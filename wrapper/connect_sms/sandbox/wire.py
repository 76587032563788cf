"""Putting a reply on a connection, also one that breaks the rules of HTTP.

An ASGI server will not send a wrong length or reset a connection, so the sandbox's own server hands the
connection itself to the application, as the ASGI extension `EXTENSION`.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    from .replies import Reply

    Scope = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
    Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

__all__ = ["EXTENSION", "deliver"]

EXTENSION: Final = "connect_sms.wire"

_RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)


async def deliver(reply: Reply, scope: Scope, receive: Receive, send: Send) -> None:
    """Send a reply, whole or spoilt.

    Raises:
        RuntimeError: the fault needs the connection, and the server does not hand it out.
    """
    if reply.hold and await _client_left(receive, reply.hold):
        return
    if reply.is_ordinary:
        await send({"type": "http.response.start", "status": reply.status, "headers": _headers(reply)})
        await send({"type": "http.response.body", "body": reply.body})
        return
    transport = _transport(scope)
    if reply.ending != "none":
        body = reply.body[: len(reply.body) // 2] if reply.ending == "part" else reply.body
        # In one write: what a client makes of bytes too many must not depend on when they come.
        transport.write(_head(reply) + body)
    if reply.reset:
        # Lingering for 0 s makes close() send RST, where abort() alone may send FIN.
        sock = cast("socket.socket", transport.get_extra_info("socket"))
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        transport.abort()
    else:
        transport.close()
    await _until_disconnected(receive)


def _transport(scope: Scope) -> asyncio.Transport:
    connection = scope.get("extensions", {}).get(EXTENSION)
    if connection is None:
        raise RuntimeError("this fault needs the connection: run the sandbox with SandboxServer or serve()")
    return cast("asyncio.Transport", connection.transport)


def _headers(reply: Reply) -> list[tuple[bytes, bytes]]:
    length = len(reply.body) if reply.declared is None else max(reply.declared, 0)
    named = [("content-type", reply.content_type), ("content-length", str(length)), *reply.headers]
    if not reply.is_ordinary:
        named.append(("connection", "close"))
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in named]


def _head(reply: Reply) -> bytes:
    lines = [f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}".encode()]
    lines += [name + b": " + value for name, value in _headers(reply)]
    return b"\r\n".join(lines) + b"\r\n\r\n"


async def _until_disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _client_left(receive: Receive, seconds: float) -> bool:
    try:
        await asyncio.wait_for(_until_disconnected(receive), seconds)
    except TimeoutError:
        return False
    return True
