"""Who may ask a sandbox: on loopback what was addressed to this machine, and no page of another site.

The owner of a page may point the page's name at 127.0.0.1 afterwards (DNS rebinding). To the browser the
sandbox is then the page's own server, and the page could read every text. Still, that name is sent as Host.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from connect_sms._validation.hosts import is_loopback

if TYPE_CHECKING:
    from collections.abc import Collection

    from .raw_responses import Scope

ANY_HOST: Final = "*"

_without_port = re.compile(r"(\[[^\]]*\]|[^:]*)(?::[0-9]*)?").fullmatch


def wrong_host(scope: Scope, allowed: Collection[str]) -> str | None:
    """Why a request is not answered because of its Host header; None when it is answered.

    Args:
        scope: The ASGI scope of the request.
        allowed: Names that are answered besides those of this machine; ``*`` is every name.
    """
    server = scope.get("server")
    if ANY_HOST in allowed or server is None or not is_loopback(server[0]):
        return None
    allowed = {_normal(name) for name in allowed}
    for host in _header(scope, b"host"):
        found = _without_port(host)
        name = "" if found is None else _normal(found[1])
        if not (is_loopback(name) or name.endswith(".localhost") or name in allowed):
            return (
                f"This sandbox answers to localhost, 127.0.0.1 and [::1], and this request is to {host!r}: "
                "a page of another site could have sent it. If the name is yours: connect-sms sandbox "
                "--allow-host NAME, or hosts={NAME} in Python"
            )
    return None


def wrong_origin(scope: Scope) -> str | None:
    """Why a control request is not answered because of its Origin header; None when it is answered."""
    hosts = [host.lower() for host in _header(scope, b"host")]
    for origin in _header(scope, b"origin"):
        if _netloc(origin) not in hosts:
            return "This request comes from a page of another site, which may not control the sandbox"
    return None


def _netloc(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return None


def _normal(host: str) -> str:
    return host.lower().strip("[]").removesuffix(".")


def _header(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for found, value in scope["headers"] if found.lower() == name]
