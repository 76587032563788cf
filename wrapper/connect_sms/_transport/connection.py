"""Connection settings: proxy, TLS, transport, number of connections."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any, Final, TypeVar

import httpx

from connect_sms.errors.base import ConfigurationError

from .guarding import guarded
from .proxies import EnvironmentProxies
from .tls import default_context
from .trust import evidence_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from .trust import Evidence

T = TypeVar("T")

_MAX_KEEPALIVE_SECONDS: Final = 30.0


class Connection:
    """Connection settings.

    Attributes:
        proxy: URL of a proxy for everything. None means those of the environment (``HTTPS_PROXY`` and so on),
            which are read once, and never used for this machine.
        tls: Certificates to trust and to present. None means the usual public authorities, or those in
            ``SSL_CERT_FILE`` or ``SSL_CERT_DIR``.
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
        self._environment = EnvironmentProxies() if proxy is None and transport is None else None
        self._proxies: dict[tuple[str, bytes, int | None], str | None] = {}

    @classmethod
    def taken_from(cls, options: dict[str, Any]) -> Self:
        """The connection settings among a client's options; they are removed from `options`."""
        return cls(**{name: options.pop(name) for name in cls.OPTIONS if name in options})

    @property
    def may_use_proxy(self) -> bool:
        """Whether there is any proxy, whatever it is for."""
        return self.transport is None and (self.proxy is not None or bool(self._environment))

    @property
    def evidence(self) -> Evidence:
        """How a failure on these connections shows that nothing was sent."""
        if self.transport is not None:
            return evidence_of(self.transport)
        return "writes" if self.may_use_proxy else "exceptions"

    def proxy_for(self, url: httpx.URL) -> str | None:
        """The proxy through which a URL is fetched."""
        if self.proxy is not None or not self._environment:
            return self.proxy
        origin = (url.scheme, url.raw_host, url.port)
        if origin not in self._proxies:
            self._proxies[origin] = self._environment.proxy_for(url.scheme, url.host, url.port)
        return self._proxies[origin]

    def check_transport(self, wanted: type, client: str) -> None:
        """Refuse a transport of the wrong kind.

        Raises:
            ConfigurationError: It is for the other client, or not a transport.
        """
        if self.transport is not None and not isinstance(self.transport, wanted):
            kind = type(self.transport).__name__
            raise ConfigurationError(f"transport for {client} must be an httpx.{wanted.__name__}, not {kind}")

    def check(self) -> None:
        """Refuse settings that cannot work.

        Raises:
            ConfigurationError: A setting, or a variable of the environment that stands in for it, is invalid.
        """
        problem = None
        if not isinstance(self.proxy, str | None):
            problem = "proxy must be a URL as a str"
        elif not isinstance(self.tls, ssl.SSLContext | None):
            problem = "tls must be an ssl.SSLContext"
        elif type(self.max_connections) is not int or self.max_connections < 1:
            problem = "max_connections must be a whole number from 1 upwards"
        if problem is not None:
            raise ConfigurationError(problem)
        if self.transport is None and self.tls is None:
            self.tls = default_context()

    def check_proxy(self, base_url: str) -> None:
        """Refuse a proxy that cannot be used, before it is needed.

        Args:
            base_url: Where most requests will go.

        Raises:
            ConfigurationError: The proxy for it is invalid.
        """
        if self.may_use_proxy:
            self.make(httpx.HTTPTransport, self.proxy_for(httpx.URL(base_url)))

    def make(self, kind: Callable[..., T], proxy: str | None) -> T:
        """A transport with these settings.

        Args:
            kind: Its class.
            proxy: The URL of its proxy; None to connect directly.

        Raises:
            ConfigurationError: The proxy, or a variable of the environment, is invalid.
        """
        limits = httpx.Limits(
            max_connections=self.max_connections,
            max_keepalive_connections=self.max_connections,
            keepalive_expiry=_MAX_KEEPALIVE_SECONDS,
        )
        # A proxy URL may hold a password: nothing of httpx's error is passed on, not even as a context.
        try:
            through = None if proxy is None else self._through(proxy)
            made = kind(verify=self.tls, limits=limits, proxy=through, trust_env=False)
            return guarded(made)
        except (httpx.InvalidURL, ValueError, TypeError, ImportError, OSError) as error:
            problem = type(error).__name__
        whose = "proxy=" if proxy is None or self._environment is None else self._environment.source_of(proxy)
        socks = problem == "ImportError"
        advice = "a SOCKS proxy needs the package socksio" if socks else "a proxy is http://host:port"
        raise ConfigurationError(f"{whose} cannot be used ({problem}); {advice}")

    def _through(self, proxy: str) -> httpx.Proxy:
        through = httpx.Proxy(proxy)
        if not through.url.host:
            raise httpx.InvalidURL("no host")  # with which httpx would fail at each request
        if through.url.scheme == "https":
            through.ssl_context = self.tls
        return through
