"""httpx-aiohttp's transport, which here says when it writes a request. Loaded with the extra alone."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final

import aiohttp
from httpx_aiohttp import AiohttpTransport

from .exchange import AIOHTTP_FIRST_WRITE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    import httpx

    Trace = Callable[[str, Mapping[str, Any]], Awaitable[None]]

__all__ = ["AiohttpTransport", "TracingAiohttpTransport"]

_current: Final[ContextVar[Trace | None]] = ContextVar("connect_sms_trace", default=None)


class TracingAiohttpTransport(AiohttpTransport):
    """Calls the extension ``trace`` as httpcore does, just before it writes a request's first byte.

    aiohttp has signals for that, at a price for each request: where no proxy is in use, its exceptions say
    the same.
    """

    def get_client(self) -> aiohttp.ClientSession:
        """The session, with our signal."""
        session = super().get_client()
        signals = aiohttp.TraceConfig()
        signals.on_request_headers_sent.append(_about_to_write)
        signals.freeze()
        session.trace_configs.append(signals)
        return session

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request."""
        token = _current.set(request.extensions.get("trace"))
        try:
            return await super().handle_async_request(request)
        finally:
            _current.reset(token)


async def _about_to_write(*_: object) -> None:
    # aiohttp's name for it is early: it calls this before it serializes the headers. A request for a tunnel
    # has no signals.
    trace = _current.get()
    if trace is not None:
        await trace(AIOHTTP_FIRST_WRITE, {})
