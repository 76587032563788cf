"""Verifies that a webhook request comes from 8x8, as far as that is possible.

8x8 signs nothing: with each receipt it sends the ``Authorization`` value that is registered in the account,
or a token that it fetched with the client credentials registered there. Whether a URL that a message gave
(``receipt_url=``) gets either is not documented, so a secret in the path of that URL can stand in for it.
Secrets are compared in constant time, and two may be valid at once during a rotation. Requests can also be
limited to a list of networks.
"""

from __future__ import annotations

import contextlib
import hmac
import inspect
import re
import warnings
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from connect_sms.errors.base import ConfigurationError
from connect_sms.models.private import clears_locals

from ._networks import Network, is_in, network_of, origin_of
from .webhook_request import HeaderPairs, WebhookRequest

Verifier: TypeAlias = Callable[[WebhookRequest], object | Awaitable[object]]

#: Characters that no server and no proxy rewrites in a path, and enough of them that nobody guesses it.
_is_path_secret: Final = re.compile(r"[A-Za-z0-9_-]{16,}").fullmatch

_unsendable: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]").search


class UnprotectedReceiver(UserWarning):
    """The receiver accepts every request: anyone with its URL can forge receipts."""


class WebhookAuth:
    """The credentials that a request needs. Immutable; its repr shows no value.

    A request is accepted when it comes from one of the networks, if any is set, and has one of the
    credentials, if any is set: a registered value, a secret path, or the verifier's consent.

    Args:
        authorization: The registered value or values, each the whole header, for example
            ``"Basic dXNlcjpwYXNz"``. Any of them is accepted, so that a new one can be registered with 8x8
            before the old one is removed. One beyond ASCII is accepted in UTF-8 and in Latin-1.
        networks: Addresses or networks (``"203.0.113.0/24"``) that receipts may come from; any, when empty.
        trusted_proxies: The number of your own proxies in front. Each adds one address to the end of
            ``X-Forwarded-For``; only these are trusted. With 0 the header is ignored.
        path_secret: A secret or secrets, any of them accepted as the last part of a URL's path, for URLs that
            messages give. At least 16 letters, digits, ``-`` and ``_``.
        verifier: Called with a `WebhookRequest` that has no registered value and no secret path, for tokens
            that 8x8 fetches with client credentials. It accepts by returning something true. May be a
            coroutine function; any other is called in a thread by `Receiver`. When it raises, the answer is
            503, so that 8x8 posts again.

    Raises:
        ConfigurationError: A value is empty or no header can carry it, a path secret is short or has other
            characters, a network is invalid, or the number of proxies is negative.

    Warns:
        UnprotectedReceiver: None of them is set.
    """

    __slots__ = ("_accepted", "_networks", "_path_secrets", "_proxies", "_values", "verifier")

    @clears_locals
    def __init__(
        self,
        authorization: str | Sequence[str] = (),
        networks: str | Iterable[str | Network] = (),
        *,
        trusted_proxies: int = 0,
        path_secret: str | Sequence[str] = (),
        verifier: Verifier | None = None,
    ) -> None:
        values, secrets = _several(authorization), _several(path_secret)
        if not all(isinstance(value, str) and value.strip() for value in values):
            raise ConfigurationError("authorization must be the registered value; leave it out to set none")
        if any(_unsendable(value.strip()) for value in values):
            raise ConfigurationError("authorization holds a control character, which no header can carry")
        if not all(isinstance(secret, str) and _is_path_secret(secret) for secret in secrets):
            raise ConfigurationError("path_secret must be 16 or more letters, digits, - and _")
        if not isinstance(trusted_proxies, int) or trusted_proxies < 0:
            raise ConfigurationError("trusted_proxies must be 0 or the number of your own proxies in front")
        self._values = len(values)
        self._accepted = tuple(
            dict.fromkeys(form for value in values for form in _on_the_wire(value.strip()))
        )
        self._path_secrets = tuple(secret.encode() for secret in secrets)
        self._networks = tuple(network_of(network) for network in _several(networks))
        self._proxies = trusted_proxies
        self.verifier = verifier
        if not self.protects:
            warnings.warn(
                "the receiver accepts every request: set the Authorization value that is registered with "
                "8x8, or anybody who finds its URL can forge receipts",
                UnprotectedReceiver,
                stacklevel=3,  # over the wrapper
            )

    def __repr__(self) -> str:
        return (
            f"<WebhookAuth: {self._values} authorization values, {len(self._path_secrets)} path secrets, "
            f"{'a' if self.verifier else 'no'} verifier, {len(self._networks)} networks, "
            f"{self._proxies} trusted proxies>"
        )

    @property
    def protects(self) -> bool:
        """False when every request is accepted."""
        return bool(self._networks or self._has_credentials)

    @property
    def _has_credentials(self) -> bool:
        return bool(self._accepted or self._path_secrets or self.verifier)

    def check(self, headers: Mapping[str, str] | HeaderPairs, peer: str | None, path: str = "/") -> bool:
        """Whether a request is accepted, for a view of your own: receivers do it themselves.

        Args:
            headers: Its headers, in any case.
            peer: The address at the other end of the connection; None when it is not known.
            path: The path of its URL.

        Raises:
            TypeError: The verifier is a coroutine function, which only `Receiver` and `WsgiReceiver` call.
        """
        request = WebhookRequest.of(headers, path=path, peer=peer)
        refusal = self.refusal(request)
        if refusal is None or not self.asks_verifier(request) or self.verifier is None:
            return refusal is None
        said = self.verifier(request)
        if inspect.isawaitable(said):
            if inspect.iscoroutine(said):
                said.close()
            raise TypeError("check cannot await the verifier: use Receiver or WsgiReceiver")
        return bool(said)

    def refusal(self, request: WebhookRequest) -> str | None:
        """What is wrong with a request, without a value of it; None when it is right.

        The verifier is not called: see `asks_verifier`.
        """
        # All are checked each time: the duration must not reveal which of them failed.
        network, credentials = self._wrong_network(request), self._wrong_credentials(request)
        return network or credentials

    def asks_verifier(self, request: WebhookRequest) -> bool:
        """Whether a refused request may still be accepted by the verifier."""
        return (
            self.verifier is not None
            and self._wrong_network(request) is None
            and len(request.all("authorization")) <= 1
        )

    def _wrong_credentials(self, request: WebhookRequest) -> str | None:
        shown = request.all("authorization")
        given = _as_bytes(shown[0].strip()) if len(shown) == 1 else b""
        last = _as_bytes(request.path.rstrip("/").rpartition("/")[2])
        # No early exit, so that the duration does not reveal which value nearly matched.
        matches = [hmac.compare_digest(given, value) for value in self._accepted]
        matches += [hmac.compare_digest(last, secret) for secret in self._path_secrets]
        if len(shown) > 1:
            return f"it has {len(shown)} Authorization headers"
        if any(matches) or not self._has_credentials:
            return None
        if not given:
            path = " and its path does not end in the secret" if self._path_secrets else ""
            return f"it has no Authorization header{path}"
        return "its Authorization value is not the registered one"

    def _wrong_network(self, request: WebhookRequest) -> str | None:
        if not self._networks:
            return None
        origin = origin_of(request.header("x-forwarded-for"), request.peer, self._proxies)
        if origin is None:
            return (
                f"X-Forwarded-For has no address from {self._proxies} proxies"
                if self._proxies
                else ("the address it comes from is not known")
            )
        if any(is_in(origin, network) for network in self._networks):
            return None
        return f"it comes from {origin}, which is in none of the networks"


def _several(given: Iterable[Any] | None) -> tuple[Any, ...]:
    """One or several; what is neither, None for a variable that is not set, is one to be refused."""
    return tuple(given) if isinstance(given, Iterable) and not isinstance(given, str | bytes) else (given,)


def _on_the_wire(value: str) -> Iterable[bytes]:
    """A value as senders write it: beyond ASCII some take UTF-8, some Latin-1."""
    yield value.encode("utf-8", "surrogateescape")
    with contextlib.suppress(UnicodeEncodeError):
        yield value.encode("latin-1")


def _as_bytes(shown: str) -> bytes:
    """The bytes of a header: servers decode them as Latin-1, and a caller may give proper text."""
    try:
        return shown.encode("latin-1")
    except UnicodeEncodeError:
        return shown.encode("utf-8", "surrogateescape")
