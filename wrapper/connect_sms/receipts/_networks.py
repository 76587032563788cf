"""Where a request comes from: addresses, networks, and what proxies write of them."""

from __future__ import annotations

import ipaddress
from contextlib import suppress
from typing import TypeAlias

from connect_sms.errors.base import ConfigurationError
from connect_sms.models.redaction import shown_value

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


def network_of(given: str | Network) -> Network:
    """A network, or one address as a network.

    Raises:
        ConfigurationError: It is none.
    """
    with suppress(ValueError):
        return ipaddress.ip_network(given, strict=False)
    # Raised here: inside `except`, the other error would be its context, and that holds the value.
    raise ConfigurationError(f"{shown_value(given)} is not an address or network such as 203.0.113.0/24")


def origin_of(forwarded: str, peer: str | None, proxies: int) -> Address | None:
    """The address that a request comes from, as far as it can be believed.

    Args:
        forwarded: ``X-Forwarded-For``, its lines joined.
        peer: The address at the other end of the connection.
        proxies: How many of your own proxies add an entry.
    """
    if not proxies:
        return _address(peer or "")
    # The last entry was written by the nearest proxy, the one before it by the next. Entries before
    # those of our own proxies are the sender's claim.
    entries = [entry.strip() for entry in forwarded.split(",") if entry.strip()]
    return _address(entries[-proxies]) if len(entries) >= proxies else None


def is_in(origin: Address, network: Network) -> bool:
    """Whether an address belongs to a network."""
    return origin.version == network.version and origin in network


def _address(written: str) -> Address | None:
    """An address as proxies and servers write it: with a port, in brackets, or IPv4 within IPv6."""
    if written.startswith("["):
        written = written[1:].partition("]")[0]
    elif written.count(":") == 1:
        written = written.partition(":")[0]
    try:
        address = ipaddress.ip_address(written)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
