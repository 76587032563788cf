"""Which hosts are this machine."""

from __future__ import annotations

import ipaddress

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


def address_of(host: str) -> IPAddress | None:
    """The IP address that a host is, in brackets or not; None for a name.

    An IPv4 address inside an IPv6 one (``::ffff:127.0.0.1``) is returned as IPv4.
    """
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    try:
        found = ipaddress.ip_address(bare)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def is_loopback(host: str) -> bool:
    """Whether a host name or address is loopback."""
    address = address_of(host)
    return host.lower() == "localhost" if address is None else address.is_loopback
