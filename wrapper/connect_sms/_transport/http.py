"""Connections. The only module that imports httpx.

What the transport raises is turned into a `TransportFailure` that says whether anything can have reached the server, and
is then forgotten: an exception of the transport's carries the request, and with it the key and the text.
"""

from __future__ import annotations

import importlib.util
import logging
import ssl
import sys
from contextvars import ContextVar
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.request import getproxies

import attrs
import httpx

from connect_sms.errors.base import ConfigurationError
from connect_sms.models.responses import RawResponse

from .effects import TransportFailure

if TYPE_CHECKING:
    from collections.abc import Callable

    from .effects import Request


C = TypeVar("C", httpx.Client, httpx.AsyncClient)

#: httpx raises these before it has written the first byte of a request.
_BEFORE_SENDING: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)

#: The same of aiohttp's, by name so that it need not be imported. httpx-aiohttp reports a connection that
#: broke *after* the request as a ConnectTimeout; only aiohttp's own exception tells the two apart.
_BEFORE_SENDING_AIOHTTP: Final = frozenset(
    {"ClientConnectorError", "ConnectionTimeoutError", "ClientHttpProxyError"}
)

_MAX_KEEPALIVE_SECONDS: Final = 30.0

#: Until the first request nobody can tell under which event loop a client will be used.
_NO_LOOP_YET: Final = object()

#: True while a file is fetched whose address is its own permission.
_downloading: ContextVar[bool] = ContextVar("connect_sms_downloading", default=False)


def _is_no_download(_: logging.LogRecord) -> bool:
    return not _downloading.get()


# httpx logs every address at INFO; who has the link to a log has the log.
logging.getLogger("httpx").addFilter(_is_no_download)

#: Bytes of a refusal to keep when a file was expected.
_LONGEST_REFUSAL: Final = 65_536


@attrs.frozen
class Connection:
    """How to reach the server.

    Attributes:
        proxy: URL of a proxy. None means what the environment says (``HTTPS_PROXY`` and so on).
        tls: Certificates to trust and to show. None means the usual public authorities.
        transport: A transport of httpx's to use in place of real connections.
        max_connections: Connections open at once; further requests wait for a free one.
    """

    proxy: str | None = attrs.field(default=None, repr=False)
    tls: ssl.SSLContext | None = attrs.field(default=None, repr=False)
    transport: Any = attrs.field(default=None, repr=False)
    max_connections: int = 100

    @classmethod
    def taken_from(cls, options: dict[str, Any]) -> Connection:
        """A connection of these among a client's options, which are taken out of them."""
        names = options.keys() & {field.name for field in attrs.fields(cls)}
        return cls(**{name: options.pop(name) for name in names})

    def over_socks(self) -> bool:
        """True when a SOCKS proxy is to be used, which aiohttp would take for one that speaks HTTP."""
        proxies = getproxies().values() if self.proxy is None else [self.proxy]
        return any(str(proxy).lower().startswith("socks") for proxy in proxies)

    def options(self) -> dict[str, Any]:
        """As arguments for a client of httpx's."""
        return {
            "proxy": self.proxy,
            "verify": True if self.tls is None else self.tls,
            "transport": self.transport,
            "limits": httpx.Limits(
                max_connections=self.max_connections,
                max_keepalive_connections=self.max_connections,
                keepalive_expiry=_MAX_KEEPALIVE_SECONDS,
            ),
            "follow_redirects": False,
        }


class BlockingPool:
    """Connections that block; safe to share between threads."""

    def __init__(self, connection: Connection) -> None:
        _check_transport(connection.transport, httpx.BaseTransport, "SmsClient")
        self._client = _make(httpx.Client, connection)

    def send(self, request: Request) -> RawResponse | TransportFailure:
        """Send one request and read the whole answer."""
        if self._client.is_closed:
            raise _closed()
        ready = _build(request)
        if isinstance(ready, TransportFailure):
            return ready
        try:
            response = self._client.send(ready)
        except Exception as problem:  # noqa: BLE001  a custom transport may raise anything
            fault = _failure(problem)
        else:
            return RawResponse(response.status_code, response.headers, response.content)
        return fault

    def download(self, request: Request, take: Callable[[bytes], bool]) -> RawResponse | TransportFailure:
        """Send one request and pass the body on as it comes."""
        if self._client.is_closed:
            raise _closed()
        ready = _build(request)
        if isinstance(ready, TransportFailure):
            return ready
        try:
            response = self._open(ready)
            intake = _Intake(response, take)
            try:
                for piece in response.iter_bytes():
                    if not intake.wants_more_after(piece):
                        break
            finally:
                response.close()
        except Exception as problem:  # noqa: BLE001  a custom transport may raise anything
            fault = _failure(problem)
        else:
            return intake.reply()
        return fault

    def close(self) -> None:
        """Close every connection."""
        self._client.close()

    def _open(self, request: httpx.Request) -> httpx.Response:
        unlogged = _downloading.set(True)
        try:
            return self._client.send(request, stream=True)
        finally:
            _downloading.reset(unlogged)


class AsyncioPool:
    """Connections for an event loop."""

    def __init__(self, connection: Connection) -> None:
        _check_transport(connection.transport, httpx.AsyncBaseTransport, "AsyncSmsClient")
        self._connection = connection
        self._client = _make(_async_client_class(connection), connection)
        self._loop: object = _NO_LOOP_YET

    async def send(self, request: Request) -> RawResponse | TransportFailure:
        """Send one request and read the whole answer."""
        if self._client.is_closed:
            raise _closed()
        self._check_loop()
        ready = _build(request)
        if isinstance(ready, TransportFailure):
            return ready
        try:
            response = await self._client.send(ready)
        except Exception as problem:  # noqa: BLE001  a custom transport may raise anything
            fault = _failure(problem)
        else:
            return RawResponse(response.status_code, response.headers, response.content)
        return fault

    async def download(
        self, request: Request, take: Callable[[bytes], bool]
    ) -> RawResponse | TransportFailure:
        """Send one request and pass the body on as it comes."""
        if self._client.is_closed:
            raise _closed()
        self._check_loop()
        ready = _build(request)
        if isinstance(ready, TransportFailure):
            return ready
        try:
            response = await self._open(ready)
            intake = _Intake(response, take)
            try:
                async for piece in response.aiter_bytes():
                    if not intake.wants_more_after(piece):
                        break
            finally:
                await response.aclose()
        except Exception as problem:  # noqa: BLE001  a custom transport may raise anything
            fault = _failure(problem)
        else:
            return intake.reply()
        return fault

    async def aclose(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    async def _open(self, request: httpx.Request) -> httpx.Response:
        unlogged = _downloading.set(True)
        try:
            return await self._client.send(request, stream=True)
        finally:
            _downloading.reset(unlogged)

    def _check_loop(self) -> None:
        loop = _running_loop()
        if loop is self._loop:
            return
        if self._loop is _NO_LOOP_YET:
            if _under_trio() and type(self._client) is not httpx.AsyncClient:
                self._client = _make(httpx.AsyncClient, self._connection)
            self._loop = loop
        elif self._connection.transport is None:
            # Left to the transport this would be an error half-way, and a send of unknown outcome.
            raise ConfigurationError(
                "nothing was sent: this client belongs to another event loop; make one in each asyncio.run()"
            )


class _Intake:
    """Where the body of a download goes: to the caller when it is a file, else it is kept, to a point."""

    def __init__(self, response: httpx.Response, take: Callable[[bytes], bool]) -> None:
        self._response, self._take = response, take
        self._kept = bytearray()

    def wants_more_after(self, piece: bytes) -> bool:
        """Take a piece; False when no further one is wanted."""
        if self._response.status_code == httpx.codes.OK:
            return self._take(piece)
        self._kept += piece[: _LONGEST_REFUSAL - len(self._kept)]
        return len(self._kept) < _LONGEST_REFUSAL

    def reply(self) -> RawResponse:
        """What to give back."""
        return RawResponse(self._response.status_code, self._response.headers, bytes(self._kept))


def _running_loop() -> object:
    # asyncio is not imported for this: blocking callers do without.
    asyncio = sys.modules.get("asyncio")
    try:
        return None if asyncio is None else asyncio.get_running_loop()
    except RuntimeError:
        return None


def _under_trio() -> bool:
    trio = sys.modules.get("trio")
    return trio is not None and trio.lowlevel.in_trio_run()


def _async_client_class(connection: Connection) -> type[httpx.AsyncClient]:
    """The client on aiohttp's transport where that can be: it keeps its speed in a crowd."""
    if _under_trio() or connection.over_socks() or importlib.util.find_spec("httpx_aiohttp") is None:
        return httpx.AsyncClient
    from httpx_aiohttp import HttpxAiohttpClient  # noqa: PLC0415  an extra

    return HttpxAiohttpClient


@lru_cache(maxsize=64)
def _url(url: str) -> httpx.URL:
    # Parsing costs as much as encoding a message, and a send's URL never changes.
    return httpx.URL(url)


def _build(request: Request) -> httpx.Request | TransportFailure:
    timeout = request.timeout
    try:
        return httpx.Request(
            request.method,
            _url(request.url),
            headers=request.headers,
            content=request.body,
            extensions={
                "timeout": {
                    "connect": timeout.connect,
                    "pool": timeout.connect,
                    "read": timeout.read,
                    "write": timeout.read,
                }
            },
        )
    except Exception as problem:  # noqa: BLE001  a host that only httpx finds wrong, for one
        return TransportFailure(type(problem).__name__, not_sent=True)


def _failure(problem: Exception) -> TransportFailure:
    cause = problem.__cause__
    if cause is not None and type(cause).__module__.startswith("aiohttp"):
        names = {cls.__name__ for cls in type(cause).__mro__}
        return TransportFailure(type(cause).__name__, not_sent=not names.isdisjoint(_BEFORE_SENDING_AIOHTTP))
    return TransportFailure(type(problem).__name__, not_sent=isinstance(problem, _BEFORE_SENDING))


def _closed() -> ConfigurationError:
    return ConfigurationError("the client is closed; use it inside its `with` block, or make a new one")


def _check_transport(transport: object, wanted: type, client: str) -> None:
    if transport is not None and not isinstance(transport, wanted):
        msg = f"transport for {client} must be an httpx.{wanted.__name__}, not {type(transport).__name__}"
        raise ConfigurationError(msg)


def _make(kind: type[C], connection: Connection) -> C:
    _check_connection(connection)
    # A proxy URL may hold a password: nothing httpx says about it is passed on, not even as a context.
    try:
        return kind(**connection.options())
    except (httpx.InvalidURL, ValueError, TypeError, ImportError, OSError) as error:
        problem = type(error).__name__
    msg = f"proxy=, tls= or the proxy variables of the environment cannot be used ({problem})"
    if problem == "ImportError":
        msg += "; a SOCKS proxy needs the package socksio"
    raise ConfigurationError(msg)


def _check_connection(connection: Connection) -> None:
    problem = None
    if not isinstance(connection.proxy, str | None):
        problem = "proxy must be a URL as a str"
    elif not isinstance(connection.tls, ssl.SSLContext | None):
        problem = "tls must be an ssl.SSLContext"
    elif type(connection.max_connections) is not int or connection.max_connections < 1:
        problem = "max_connections must be a whole number from 1 upwards"
    if problem is not None:
        raise ConfigurationError(problem)
