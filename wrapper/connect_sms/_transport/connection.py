"""Connection settings: proxy, TLS, transport, number of connections."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.request import getproxies, proxy_bypass

import httpx

from connect_sms.errors.base import ConfigurationError

from .guarding import guarded

if TYPE_CHECKING:
    from typing import Self

T = TypeVar("T")

_MAX_KEEPALIVE_SECONDS: Final = 30.0


class Connection:
    """Connection settings.

    Attributes:
        proxy: URL of a proxy. None means that of the environment (``HTTPS_PROXY`` and so on).
        tls: Certificates to trust and to present. None means the usual public authorities.
        transport: An httpx transport to use instead of real connections.
        max_connections: Maximum number of open connections; further requests wait.
    """

    OPTIONS: Final = ("proxy", "tls", "transport", "max_connections")

    def __init__(
        self,
        proxy: str | None = None,
        tls: ssl.SSLContext | None = None,
        transport: Any = None,  # noqa: ANN401  of two kinds; the pools check which
        max_connections: int = 100,
    ) -> None:
        self.proxy = proxy
        self.tls = tls
        self.transport = guarded(transport)
        self.max_connections = max_connections

    @classmethod
    def taken_from(cls, options: dict[str, Any]) -> Self:
        """The connection settings among a client's options; they are removed from `options`."""
        return cls(**{name: options.pop(name) for name in cls.OPTIONS if name in options})

    def over_socks(self) -> bool:
        """True for a SOCKS proxy, which aiohttp would treat as an HTTP proxy."""
        proxies = getproxies().values() if self.proxy is None else [self.proxy]
        return any(str(proxy).lower().startswith("socks") for proxy in proxies)

    def proxy_for(self, url: httpx.URL) -> str | None:
        """The proxy through which a URL is fetched."""
        if self.proxy is not None or proxy_bypass(url.host):
            return self.proxy
        found = getproxies()
        proxy = found.get(url.scheme) or found.get("all")
        return proxy if proxy is None or "://" in proxy else f"http://{proxy}"

    def check_transport(self, wanted: type, client: str) -> None:
        """Refuse a transport of the wrong kind.

        Raises:
            ConfigurationError: It is for the other client, or not a transport.
        """
        if self.transport is not None and not isinstance(self.transport, wanted):
            kind = type(self.transport).__name__
            raise ConfigurationError(f"transport for {client} must be an httpx.{wanted.__name__}, not {kind}")

    def make(self, kind: type[T], **more: Any) -> T:
        """An httpx client or transport with these connection settings.

        Raises:
            ConfigurationError: A setting is invalid.
        """
        self._check()
        options = {
            "verify": True if self.tls is None else self.tls,
            "limits": httpx.Limits(
                max_connections=self.max_connections,
                max_keepalive_connections=self.max_connections,
                keepalive_expiry=_MAX_KEEPALIVE_SECONDS,
            ),
            **more,
        }
        # A proxy URL may hold a password: nothing of httpx's error is passed on, not even as a context.
        try:
            return guarded(kind(**options))
        except (httpx.InvalidURL, ValueError, TypeError, ImportError, OSError) as error:
            problem = type(error).__name__
        msg = f"proxy=, tls= or the proxy variables of the environment cannot be used ({problem})"
        if problem == "ImportError":
            msg += "; a SOCKS proxy needs the package socksio"
        raise ConfigurationError(msg)

    def make_client(self, kind: type[T]) -> T:
        """An httpx client with these connection settings.

        Raises:
            ConfigurationError: A setting is invalid.
        """
        return self.make(kind, proxy=self.proxy, transport=self.transport, follow_redirects=False)

    def _check(self) -> None:
        problem = None
        if not isinstance(self.proxy, str | None):
            problem = "proxy must be a URL as a str"
        elif not isinstance(self.tls, ssl.SSLContext | None):
            problem = "tls must be an ssl.SSLContext"
        elif type(self.max_connections) is not int or self.max_connections < 1:
            problem = "max_connections must be a whole number from 1 upwards"
        if problem is not None:
            raise ConfigurationError(problem)
