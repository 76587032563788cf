"""An unofficial, stateful sandbox of the 8x8 Connect SMS service, in memory.

It is written from the public documentation. It never loads the contract, the generated code or the client,
so that tests against it can find mistakes in all three.

- `Sandbox`: the service with its settings, clock, messages, acceptance log and faults.
- `SandboxServer`: a sandbox that listens on a port. `serve` runs one in the foreground.
- `SandboxTransport`, `AsyncSandboxTransport`: httpx transports that need no socket.
- `check_transport`: whether another httpx transport says "not sent" only of what was not sent.
- `sms_sandbox`: the fixture of the pytest plugin.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connect_sms._lazy import lazy_names
from connect_sms.errors.base import MissingExtra

if TYPE_CHECKING:
    from .acceptance_log import AcceptanceLog
    from .clock import SandboxClock
    from .faults.kinds import KINDS, Fault
    from .http.app import SandboxApp
    from .http.foreground import serve
    from .http.server import SandboxServer
    from .http.transport import AsyncSandboxTransport, SandboxTransport
    from .messages import SandboxMessage
    from .request_log import RequestRecord
    from .sandbox import Sandbox
    from .scenarios import SCENARIOS
    from .settings import OAuthClient, SandboxSettings
    from .transports.check import TransportFinding, TransportReport, check_transport
    from .webhooks.delivery import DeliveryAttempt

__all__ = [
    "KINDS",
    "SCENARIOS",
    "AcceptanceLog",
    "AsyncSandboxTransport",
    "DeliveryAttempt",
    "Fault",
    "OAuthClient",
    "RequestRecord",
    "Sandbox",
    "SandboxApp",
    "SandboxClock",
    "SandboxMessage",
    "SandboxServer",
    "SandboxSettings",
    "SandboxTransport",
    "TransportFinding",
    "TransportReport",
    "check_transport",
    "serve",
]

_load, __dir__, _ = lazy_names(
    __name__,
    {
        "acceptance_log": ("AcceptanceLog",),
        "clock": ("SandboxClock",),
        "faults.kinds": ("KINDS", "Fault"),
        "http.app": ("SandboxApp",),
        "http.foreground": ("serve",),
        "http.server": ("SandboxServer",),
        "http.transport": ("AsyncSandboxTransport", "SandboxTransport"),
        "messages": ("SandboxMessage",),
        "request_log": ("RequestRecord",),
        "sandbox": ("Sandbox",),
        "scenarios": ("SCENARIOS",),
        "settings": ("OAuthClient", "SandboxSettings"),
        "transports.check": ("TransportFinding", "TransportReport", "check_transport"),
        "webhooks.delivery": ("DeliveryAttempt",),
    },
)


def __getattr__(name: str) -> Any:  # noqa: ANN401  a module's attribute is anything
    try:
        return _load(name)
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] not in {"starlette", "uvicorn"}:
            raise
        raise MissingExtra(f"connect_sms.sandbox.{name}", extra="sandbox") from missing
