"""httpx transports that ask a sandbox directly: no socket, no server, no waiting.

Every fault works here too and raises what httpx raises for it over a socket. Real time never passes: a stall
is a `ReadTimeout` at once when it would outlast the caller's read timeout, and no time at all otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from .replies import Reply
    from .sandbox import Sandbox

__all__ = ["AsyncSandboxTransport", "SandboxTransport"]


class _Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that ends with an error, if it is to."""

    def __init__(self, body: bytes, ending: httpx.TransportError | None) -> None:
        self._body = body
        self._ending = ending

    def __iter__(self) -> Iterator[bytes]:
        yield self._body
        if self._ending is not None:
            raise self._ending

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._body
        if self._ending is not None:
            raise self._ending


class SandboxTransport(httpx.BaseTransport):
    """A transport for `httpx.Client`.

    Args:
        sandbox: who answers.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request, or raise what a real connection would."""
        request.read()
        return _answer(self._sandbox, request)


class AsyncSandboxTransport(httpx.AsyncBaseTransport):
    """A transport for `httpx.AsyncClient`.

    Args:
        sandbox: who answers.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request, or raise what a real connection would."""
        await request.aread()
        return _answer(self._sandbox, request)


def _answer(sandbox: Sandbox, request: httpx.Request) -> httpx.Response:
    path = request.url.raw_path.partition(b"?")[0].decode("ascii")
    headers = {name.lower(): value for name, value in request.headers.items()}
    reply = sandbox.service.handle(request.method, path, headers, request.content)
    if reply.refused:
        raise httpx.ConnectError("Connection refused (sandbox)", request=request)
    patience = request.extensions.get("timeout", {}).get("read")
    if reply.hold and patience is not None and reply.hold >= patience:
        raise httpx.ReadTimeout("No answer in time (sandbox)", request=request)
    if reply.ending == "none":
        raise _broken(reply, request)
    length = len(reply.body) if reply.declared is None else max(reply.declared, 0)
    named = [("content-type", reply.content_type), ("content-length", str(length)), *reply.headers]
    body, ending = reply.body[:length], None
    if reply.ending == "part":
        body, ending = body[: len(body) // 2], _broken(reply, request)
    elif length > len(reply.body):
        ending = _broken(reply, request)
    return httpx.Response(reply.status, headers=named, stream=_Body(body, ending), request=request)


def _broken(reply: Reply, request: httpx.Request) -> httpx.TransportError:
    if reply.reset:
        return httpx.ReadError("Connection reset (sandbox)", request=request)
    return httpx.RemoteProtocolError("Connection closed too early (sandbox)", request=request)
