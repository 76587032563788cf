"""httpx transports that call a sandbox directly: no socket, no server, no waiting.

Every fault works here too and raises the httpx error of a socket. No real time passes: a stall longer than
the caller's read timeout raises `ReadTimeout` at once, and a shorter one takes no time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol

import httpx

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from connect_sms.sandbox.api.responses import Response
    from connect_sms.sandbox.api.service import Service


class HasService(Protocol):
    """The part of a sandbox that a transport uses."""

    service: Service


class _Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that may end with an error."""

    def __init__(self, body: bytes, error: httpx.TransportError | None) -> None:
        self._body = body
        self._error = error

    def __iter__(self) -> Iterator[bytes]:
        yield self._body
        if self._error is not None:
            raise self._error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self:
            yield chunk


class SandboxTransport(httpx.BaseTransport):
    """A transport for `httpx.Client`.

    Args:
        sandbox: The sandbox that answers.
    """

    connect_errors_mean_not_sent: ClassVar[bool] = True

    def __init__(self, sandbox: HasService) -> None:
        self._sandbox = sandbox

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request, or raise the error of a real connection."""
        request.read()
        return _respond(self._sandbox.service, request)


class AsyncSandboxTransport(httpx.AsyncBaseTransport):
    """A transport for `httpx.AsyncClient`.

    Args:
        sandbox: The sandbox that answers.
    """

    connect_errors_mean_not_sent: ClassVar[bool] = True

    def __init__(self, sandbox: HasService) -> None:
        self._sandbox = sandbox

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request, or raise the error of a real connection."""
        await request.aread()
        return _respond(self._sandbox.service, request)


def _respond(service: Service, request: httpx.Request) -> httpx.Response:
    path = request.url.raw_path.partition(b"?")[0].decode("ascii")
    headers = {name.lower(): value for name, value in request.headers.items()}
    response = service.handle(request.method, path, headers, request.content)
    if response.refused:
        raise httpx.ConnectError("Connection refused (sandbox)", request=request)
    read_timeout = request.extensions.get("timeout", {}).get("read")
    if response.hold and read_timeout is not None and response.hold >= read_timeout:
        raise httpx.ReadTimeout("No answer in time (sandbox)", request=request)
    if response.ending == "none":
        raise _broken(response, request)
    body, error = response.body[: response.length], None
    if response.ending == "part":
        body, error = body[: len(body) // 2], _broken(response, request)
    elif response.length > len(response.body):
        error = _broken(response, request)
    return httpx.Response(
        response.status, headers=response.named_headers, stream=_Body(body, error), request=request
    )


def _broken(response: Response, request: httpx.Request) -> httpx.TransportError:
    if response.reset:
        return httpx.ReadError("Connection reset (sandbox)", request=request)
    return httpx.RemoteProtocolError("Connection closed too early (sandbox)", request=request)
