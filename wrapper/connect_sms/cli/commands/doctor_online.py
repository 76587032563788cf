"""``doctor --online``: checks DNS, TLS, the key and the clock over the network."""

from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from connect_sms._transport.proxies import EnvironmentProxies
from connect_sms._transport.tls import default_context
from connect_sms.errors.base import ConnectSmsError
from connect_sms.errors.calls import ApiError, AuthenticationFailed, NotFound, PermissionDenied

from .doctor_findings import Finding

if TYPE_CHECKING:
    from urllib.parse import SplitResult

    from connect_sms.cli.account import Account

#: A UMID of no message; its status request checks the key, and sends nothing.
UNUSED_UMID: Final = "00000000-0000-0000-0000-000000000000"

_TIMEOUT: Final = 5.0
_MAX_SKEW: Final = 60.0


def ask_the_network(account: Account) -> list[Finding]:
    """Connect to the service like a send, without sending anything."""
    with account.client() as sms:
        url = urlsplit(sms.settings.base_url)
        host = url.hostname or ""
        if EnvironmentProxies().proxy_for(url.scheme, host, url.port) is not None:
            findings = [
                Finding("connection", "note", "through a proxy, so DNS and TLS are the proxy's affair")
            ]
        else:
            findings = _connection(url, host)
        try:
            sms.status(UNUSED_UMID)
        except NotFound as found:
            return [*findings, Finding("key", "ok", "8x8 takes the key for this sub-account"), *_clock(found)]
        except (AuthenticationFailed, PermissionDenied) as refused:
            return [*findings, Finding("key", "wrong", str(refused)), *_clock(refused)]
        except ConnectSmsError as error:
            return [*findings, Finding("service", "wrong", str(error))]
        return [*findings, Finding("key", "ok", "8x8 takes the key for this sub-account")]


def _connection(url: SplitResult, host: str) -> list[Finding]:
    port = url.port or (443 if url.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as fault:
        return [Finding("DNS", "wrong", f"{host} has no address: {fault.strerror or type(fault).__name__}")]
    addresses = sorted({str(entry[4][0]) for entry in found})
    findings = [Finding("DNS", "ok", f"{host} is {', '.join(addresses)}")]
    try:
        with socket.create_connection((host, port), timeout=_TIMEOUT) as plain:
            if url.scheme != "https":
                return [*findings, Finding("TLS", "note", "none: the base URL is plain http")]
            with default_context().wrap_socket(plain, server_hostname=host) as secure:
                return [*findings, _tls(secure.version())]
    except ssl.SSLCertVerificationError as fault:
        return [*findings, Finding("TLS", "wrong", f"the certificate is not trusted: {fault.verify_message}")]
    except OSError as fault:
        why = fault.strerror or type(fault).__name__
        return [*findings, Finding("connection", "wrong", f"{host} port {port}: {why}")]


def _tls(version: str | None) -> Finding:
    found = f"{version}, the certificate is trusted"
    if version == "TLSv1.3":
        return Finding("TLS", "ok", found)
    return Finding(
        "TLS",
        "note",
        f"{found}; 8x8 refuses messages to Singapore below TLS 1.3",
        fix="look for an old proxy or firewall on the way",
    )


def _clock(answer: ApiError) -> list[Finding]:
    """The difference to 8x8's clock, on which `scheduled` and `expiry` depend."""
    if answer.response is None or "date" not in answer.response.headers:
        return []
    try:
        theirs = parsedate_to_datetime(answer.response.headers["date"])
    except ValueError:
        return []
    skew = (datetime.now(UTC) - theirs.astimezone(UTC)).total_seconds()
    if abs(skew) <= _MAX_SKEW:
        return [Finding("clock", "ok", f"within {_MAX_SKEW:g} s of the server's")]
    which = "ahead of" if skew > 0 else "behind"
    return [Finding("clock", "wrong", f"{abs(skew):.0f} s {which} the server's: scheduled times will be off")]
