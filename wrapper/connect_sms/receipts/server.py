"""Serves a receiver, in the foreground or in a background thread."""

# ruff: noqa: TC001  at run time too, so that `typing.get_type_hints` finds every name

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from connect_sms._lazy import LazyModule
from connect_sms._serving.sockets import listen_on, url_of
from connect_sms._validation.hosts import is_loopback
from connect_sms.errors.base import MissingExtra

from .webhook_app import Receiver

if TYPE_CHECKING:
    from connect_sms._serving import uvicorn
else:
    uvicorn = LazyModule("connect_sms._serving.uvicorn")  # an extra

DEFAULT_PORT: Final = 8289


def serve(
    receiver: Receiver,
    host: str = "127.0.0.1",
    port: int = DEFAULT_PORT,
    *,
    head_deadline: float = 10.0,
    echo: Callable[[str], object] = print,
) -> None:
    """Serve a receiver until Ctrl-C, SIGTERM or SIGHUP; requests in progress are answered first.

    Args:
        receiver: The receiver.
        host: Where to listen; loopback by default. Put a TLS proxy in front.
        port: 0 chooses a free one.
        head_deadline: Seconds within which a connection must deliver the head of its request.
        echo: Prints a line.

    Raises:
        OSError: The port is taken.
        MissingExtra: uvicorn is not installed.
    """
    server = _server_class()
    listening = listen_on(host, port)
    monitoring = "; GET /healthz, /metrics" if receiver.monitoring else ""
    echo(f"receiving on {url_of(host, listening)} (POST anywhere{monitoring})")
    if not is_loopback(host):
        echo("CAUTION: other machines reach this without TLS; the Authorization value travels in the clear")
    try:
        asyncio.run(server(receiver, head_deadline=head_deadline).serve(sockets=[listening]))
    except KeyboardInterrupt:
        pass
    finally:
        listening.close()
    echo("stopped")


def in_thread(
    receiver: Receiver, host: str = "127.0.0.1", port: int = 0, *, head_deadline: float = 10.0
) -> uvicorn.ServerInThread:
    """A server for a receiver that runs while its ``with`` block lasts; ``.url`` says where.

    Raises:
        MissingExtra: uvicorn is not installed.
    """
    server = _server_class()
    return uvicorn.ServerInThread(lambda: server(receiver, head_deadline=head_deadline), host, port)


def _server_class() -> type[uvicorn.Server]:
    try:
        return uvicorn.Server
    except ImportError:
        raise MissingExtra("serving receipts", extra="receipts") from None
