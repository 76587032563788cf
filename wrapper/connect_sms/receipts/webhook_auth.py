"""Verifies that a webhook request comes from 8x8, as far as that is possible.

8x8 signs nothing: with each receipt it sends the ``Authorization`` value that is registered in the account.
The value is compared in constant time, and two values may be valid at once during a rotation.
Requests can also be limited to a list of networks.
"""

from __future__ import annotations

import hmac
import ipaddress
import warnings
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TypeAlias

from connect_sms.errors.base import ConfigurationError
from connect_sms.models.private import clears_locals
from connect_sms.models.redaction import told

_Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
_Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


class UnprotectedReceiver(UserWarning):
    """The receiver accepts every request: anyone with its URL can forge receipts."""


class WebhookAuth:
    """The credentials that a request needs. Immutable; its repr shows no value.

    Args:
        authorization: The registered value or values, each the whole header, for example
            ``"Basic dXNlcjpwYXNz"``. Any of them is accepted, so that a new one can be registered with 8x8
            before the old one is removed.
        networks: Addresses or networks (``"203.0.113.0/24"``) that receipts may come from; any, when empty.
        trusted_proxies: The number of your own proxies in front. Each adds one address to the end of
            ``X-Forwarded-For``; only these are trusted. With 0 the header is ignored.

    Raises:
        ConfigurationError: A value is empty, a network is invalid, or the number of proxies is negative.

    Warns:
        UnprotectedReceiver: Neither a value nor a network is set.
    """

    __slots__ = ("_accepted", "_networks", "_proxies")

    @clears_locals
    def __init__(
        self,
        authorization: str | Sequence[str] = (),
        networks: Iterable[str | _Network] = (),
        *,
        trusted_proxies: int = 0,
    ) -> None:
        values = (authorization,) if isinstance(authorization, str) else tuple(authorization)
        if not all(isinstance(value, str) and value.strip() for value in values):
            raise ConfigurationError("authorization must be the registered value; leave it out to set none")
        if trusted_proxies < 0:
            raise ConfigurationError("trusted_proxies must be 0 or the number of your own proxies in front")
        self._accepted = tuple(value.strip().encode("utf-8", "surrogateescape") for value in values)
        self._networks = tuple(_network(network) for network in networks)
        self._proxies = trusted_proxies
        if not self._accepted and not self._networks:
            warnings.warn(
                "the receiver accepts every request: set the Authorization value that is registered with "
                "8x8, or anybody who finds its URL can forge receipts",
                UnprotectedReceiver,
                stacklevel=3,  # over the wrapper
            )

    def __repr__(self) -> str:
        return (
            f"<WebhookAuth: {len(self._accepted)} authorization values, {len(self._networks)} networks, "
            f"{self._proxies} trusted proxies>"
        )

    @property
    def protects(self) -> bool:
        """False when every request is accepted."""
        return bool(self._accepted or self._networks)

    def check(self, headers: Mapping[str, str], peer: str | None) -> bool:
        """Whether a request is accepted.

        Args:
            headers: Its headers, in any case.
            peer: The address at the other end of the connection; None when it is not known.

        Returns:
            True when it has one of the values, if any is set, and comes from one of the networks, if any
            is set.
        """
        seen = {str(name).lower(): str(value) for name, value in headers.items()}
        # Both are checked each time: the duration must not reveal which of the two failed.
        is_known = self._matches(seen.get("authorization", ""))
        return self._comes_from_a_network(seen.get("x-forwarded-for", ""), peer) and is_known

    def _matches(self, shown: str) -> bool:
        given = shown.strip().encode("utf-8", "surrogateescape")
        # No early exit, so that the duration does not reveal which value nearly matched.
        matches = [hmac.compare_digest(given, value) for value in self._accepted]
        return any(matches) or not matches

    def _comes_from_a_network(self, forwarded: str, peer: str | None) -> bool:
        if not self._networks:
            return True
        origin = _address(self._origin(forwarded, peer))
        return origin is not None and any(
            origin.version == network.version and origin in network for network in self._networks
        )

    def _origin(self, forwarded: str, peer: str | None) -> str | None:
        if not self._proxies:
            return peer
        # The last entry was written by the nearest proxy, the one before it by the next. Entries before
        # those of our own proxies are the sender's claim.
        entries = [entry.strip() for entry in forwarded.split(",") if entry.strip()]
        return entries[-self._proxies] if len(entries) >= self._proxies else None


def _network(given: str | _Network) -> _Network:
    with suppress(ValueError):
        return ipaddress.ip_network(given, strict=False)
    # Raised here: inside `except`, the other error would be its context, and that holds the value.
    raise ConfigurationError(f"{told(given)} is not an address or network such as 203.0.113.0/24")


def _address(written: str | None) -> _Address | None:
    """An address as proxies and servers write it: with a port, in brackets, or IPv4 within IPv6."""
    said = written or ""
    if said.startswith("["):
        said = said[1:].partition("]")[0]
    elif said.count(":") == 1:
        said = said.partition(":")[0]
    try:
        address = ipaddress.ip_address(said)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
