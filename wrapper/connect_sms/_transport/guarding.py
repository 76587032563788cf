"""Guards the connections of any transport whose inside is known."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TypeVar

import httpx

from connect_sms._lazy import LazyModule

if TYPE_CHECKING:
    from . import aiohttp_connections, clean_connections
else:  # both load much that a transport of the caller's own does not need
    aiohttp_connections = LazyModule("connect_sms._transport.aiohttp_connections")
    clean_connections = LazyModule("connect_sms._transport.clean_connections")

T = TypeVar("T")


def guarded(made: T) -> T:
    """Guard the connections of a transport, or of a client's transports; others are left as they are."""
    inner: Any = made
    if isinstance(made, httpx.Client | httpx.AsyncClient):
        transports = [inner._transport, *inner._mounts.values()]  # noqa: SLF001  not public
    else:
        transports = [inner]
    for transport in transports:
        if isinstance(transport, httpx.HTTPTransport | httpx.AsyncHTTPTransport):
            clean_connections.guard(transport)
        elif _is_on_aiohttp(transport):
            aiohttp_connections.guard(transport)
    return made


def _is_on_aiohttp(transport: object) -> bool:
    loaded = sys.modules.get("httpx_aiohttp")
    return loaded is not None and isinstance(transport, loaded.AiohttpTransport)
