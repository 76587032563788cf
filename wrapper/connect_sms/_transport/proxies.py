"""The environment's proxies, and which of them a URL is fetched through."""

from __future__ import annotations

import ipaddress
import os
import re
from contextlib import suppress
from socket import inet_aton
from typing import TYPE_CHECKING, Final
from urllib.request import getproxies, getproxies_environment, proxy_bypass

from connect_sms._validation.hosts import address_of

if TYPE_CHECKING:
    from collections.abc import Callable

_PORTS: Final = {"http": 80, "https": 443}

#: An entry of NO_PROXY: scheme, host (an IPv6 address with or without brackets), network length, port.
_read_entry: Final = re.compile(
    r"(?:(?P<scheme>[a-z]+)://)?"
    r"(?:\[(?P<literal>[^\]]+)\]|(?P<bare>[0-9a-f]*:[0-9a-f:.]*:[0-9a-f:.]*(?:%\w+)?)|(?P<name>[^:/\[\]]+))"
    r"(?:/(?P<length>\d+))?(?::(?P<port>\d+))?/?"
).fullmatch


class EnvironmentProxies:
    """The proxies of the environment, as they were when this was made.

    Python's own reader finds them: ``https_proxy``, ``http_proxy`` and ``all_proxy`` in small or capital
    letters, small ones first; not ``HTTP_PROXY`` in a CGI script, where a visitor can set it; and without
    such variables the settings of macOS and Windows.
    """

    def __init__(self) -> None:
        found = getproxies()
        self._by_scheme = {
            scheme: proxy if "://" in proxy else f"http://{proxy}"
            for scheme, proxy in found.items()
            if scheme in {"http", "https", "all"}
        }
        self._is_excepted: Callable[[str, str, int | None], bool]
        if getproxies_environment():
            self._is_excepted = NoProxy(found.get("no", ""))
        else:
            self._is_excepted = _system_excepts

    def source_of(self, proxy: str) -> str:
        """What names a proxy, for an error."""
        schemes = [scheme for scheme, url in self._by_scheme.items() if url == proxy]
        names = (f"{scheme}_proxy" for scheme in schemes)
        # Small letters go first, as in Python's own reader.
        given = (form for name in names for form in (name, name.upper()) if os.environ.get(form))
        return next(given, "the proxy of the system's settings")

    def __bool__(self) -> bool:
        return bool(self._by_scheme)

    def proxy_for(self, scheme: str, host: str, port: int | None) -> str | None:
        """The proxy for a URL; None to connect directly, as always to this machine."""
        proxy = self._by_scheme.get(scheme) or self._by_scheme.get("all")
        if proxy is None or leads_here(host) or self._is_excepted(scheme, host, port):
            return None
        return proxy


def _system_excepts(scheme: str, host: str, port: int | None) -> bool:  # noqa: ARG001  as `NoProxy`
    return bool(proxy_bypass(host))


def leads_here(host: str) -> bool:
    """Whether a connection to a host ends on this machine, as far as its name tells.

    So do names under ``localhost`` (RFC 6761), the address 0.0.0.0, which connects to loopback, and short
    forms such as ``127.1`` that the system's resolver takes.
    """
    name = host.lower().rstrip(".")
    address = address_of(name)
    if address is None:
        with suppress(OSError, ValueError):  # a name; a name that is not ASCII
            address = ipaddress.IPv4Address(inet_aton(name))
    if address is None:
        return name == "localhost" or name.endswith(".localhost")
    return address.is_loopback or address.is_unspecified


class NoProxy:
    """The variable ``NO_PROXY``: hosts to connect to directly.

    Entries are separated by commas or spaces: a domain, which covers those under it, with or without a
    leading ``.`` or ``*.``; an IP address; a network (``10.0.0.0/8``, ``fe80::/10``); ``*`` for everything.
    Each may have a port, and a scheme in front. Entries that make no sense are passed over.

    Args:
        text: The variable's value.
    """

    def __init__(self, text: str) -> None:
        words = re.split(r"[,\s]+", text.lower())
        self._everything = "*" in words
        self._entries = [entry for word in words if (entry := _Entry.read(word)) is not None]

    def __call__(self, scheme: str, host: str, port: int | None) -> bool:
        """Whether it names the host of a URL; `port` None is that of the scheme."""
        name = _ascii(host.lower().rstrip("."))
        port = port or _PORTS.get(scheme)
        return self._everything or any(entry.names(scheme, name, port) for entry in self._entries)


class _Entry:
    def __init__(self, scheme: str | None, port: int | None) -> None:
        self._scheme, self._port = scheme, port
        self._network: ipaddress.IPv4Network | ipaddress.IPv6Network | None = None
        self._domain: str | None = None

    @classmethod
    def read(cls, word: str) -> _Entry | None:
        """An entry; None when it cannot be read."""
        parts = _read_entry(word)
        if parts is None:
            return None
        scheme, name, length, port = parts["scheme"], parts["name"], parts["length"], parts["port"]
        entry = cls(None if scheme == "all" else scheme, int(port) if port else None)
        address = address_of(name or parts["literal"] or parts["bare"])
        if address is not None:
            # A network length of an IPv4 address written as IPv6 would count from the wrong end.
            with suppress(ValueError):
                entry._network = ipaddress.ip_network(
                    f"{address}/{length or address.max_prefixlen}", strict=False
                )
        elif name and not length:
            entry._domain = _ascii(name.removeprefix("*").strip("."))
        return entry if entry._network or entry._domain else None

    def names(self, scheme: str, host: str, port: int | None) -> bool:
        """Whether it names this host."""
        if self._scheme not in {None, scheme} or self._port not in {None, port}:
            return False
        address = address_of(host)
        if address is not None:
            return self._network is not None and address in self._network
        return self._domain is not None and f".{host}".endswith(f".{self._domain}")


def _ascii(domain: str) -> str:
    with suppress(UnicodeError):
        return domain.encode("idna").decode("ascii")
    return domain
