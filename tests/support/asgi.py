"""The sandbox as an ASGI application, behind a blocking httpx client and without a socket."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx

from connect_sms.sandbox import SandboxApp

if TYPE_CHECKING:
    from connect_sms.sandbox import Sandbox


class AppTransport(httpx.BaseTransport):
    """Calls the ASGI application in an event loop of its own."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._asgi = httpx.ASGITransport(SandboxApp(sandbox))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        async def respond() -> httpx.Response:
            response = await self._asgi.handle_async_request(request)
            body = await response.aread()
            return httpx.Response(response.status_code, headers=response.headers, content=body)

        return asyncio.run(respond())
