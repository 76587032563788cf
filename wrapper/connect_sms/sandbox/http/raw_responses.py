"""Sends a response over a connection, even one that violates HTTP.

An ASGI server does not send a wrong length or reset a connection, so the sandbox's own server passes the
connection itself to the application, as the ASGI extension `EXTENSION`.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    from connect_sms.sandbox.api.responses import Response

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

EXTENSION: Final = "connect_sms.connection"

_RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)


async def send_response(response: Response, scope: Scope, receive: Receive, send: Send) -> None:
    """Send a response, whole or broken.

    Raises:
        RuntimeError: The fault needs the connection, and the server does not provide it.
    """
    if response.hold and await _client_left(receive, response.hold):
        return
    if response.is_ordinary:
        await send({"type": "http.response.start", "status": response.status, "headers": _headers(response)})
        await send({"type": "http.response.body", "body": response.body})
        return
    transport = _transport(scope)
    if response.ending != "none":
        body = response.body[: len(response.body) // 2] if response.ending == "part" else response.body
        # In one write: a client's handling of surplus bytes must not depend on timing.
        transport.write(_head(response) + body)
    if response.reset:
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


def _headers(response: Response) -> list[tuple[bytes, bytes]]:
    named = response.named_headers
    if not response.is_ordinary:
        named.append(("connection", "close"))
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in named]


def _head(response: Response) -> bytes:
    lines = [f"HTTP/1.1 {response.status} {HTTPStatus(response.status).phrase}".encode()]
    lines += [name + b": " + value for name, value in _headers(response)]
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
