"""A stateful stand-in for the 8x8 Connect SMS service, in memory, written from its documentation. Unofficial.

It never loads the contract, the generated code or the client, so that it can witness against all three.

- `Sandbox`: the stand-in itself: settings, clock, messages, acceptance log, faults.
- `SandboxServer`: one that listens on a port. `serve` runs one in the foreground.
- `SandboxTransport`, `AsyncSandboxTransport`: httpx transports that need no socket.
- `sms_sandbox`: the fixture of the pytest plugin.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .app import SandboxApp
    from .clock import Clock
    from .faults import KINDS, Fault
    from .inprocess import AsyncSandboxTransport, SandboxTransport
    from .journeys import TABLE
    from .messages import AcceptanceLog, Message
    from .receipts import Posted
    from .sandbox import Sandbox
    from .server import SandboxServer, serve
    from .service import RequestRecord
    from .settings import Settings

__all__ = [
    "KINDS",
    "TABLE",
    "AcceptanceLog",
    "AsyncSandboxTransport",
    "Clock",
    "Fault",
    "Message",
    "Posted",
    "RequestRecord",
    "Sandbox",
    "SandboxApp",
    "SandboxServer",
    "SandboxTransport",
    "Settings",
    "serve",
]

_HOMES = {
    "KINDS": "faults",
    "TABLE": "journeys",
    "AcceptanceLog": "messages",
    "AsyncSandboxTransport": "inprocess",
    "Clock": "clock",
    "Fault": "faults",
    "Message": "messages",
    "Posted": "receipts",
    "RequestRecord": "service",
    "Sandbox": "sandbox",
    "SandboxApp": "app",
    "SandboxServer": "server",
    "SandboxTransport": "inprocess",
    "Settings": "settings",
    "serve": "server",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        module = import_module(f".{home}", __name__)
    except ModuleNotFoundError as missing:
        if missing.name not in {"starlette", "uvicorn"}:
            raise
        from connect_sms.errors.base import MissingExtra  # noqa: PLC0415 - only on the way out

        raise MissingExtra(f"connect_sms.sandbox.{name}", extra="sandbox") from missing
    value = getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
