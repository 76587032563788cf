"""Guards the connections of any transport whose inside is known."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TypeVar

import httpx

from connect_sms._lazy import LazyModule

if TYPE_CHECKING:
    from httpx_aiohttp import AiohttpTransport

    from . import aiohttp_connections, clean_connections
else:  # both load much that a transport of the caller's own does not need
    aiohttp_connections = LazyModule("connect_sms._transport.aiohttp_connections")
    clean_connections = LazyModule("connect_sms._transport.clean_connections")

T = TypeVar("T")


def guarded(made: T) -> T:
    """Guard the connections of a transport; one of another kind is left as it is."""
    loaded = sys.modules.get("httpx_aiohttp")
    on_aiohttp: type[AiohttpTransport] | None = getattr(loaded, "AiohttpTransport", None)
    if isinstance(made, httpx.HTTPTransport | httpx.AsyncHTTPTransport):
        clean_connections.guard(made)
    elif on_aiohttp is not None and isinstance(made, on_aiohttp):
        aiohttp_connections.guard(made)
    return made
