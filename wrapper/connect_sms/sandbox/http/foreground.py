"""Runs a sandbox in the foreground, and shows its traffic."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from connect_sms._serving.sockets import listen_on, url_of
from connect_sms._validation.hosts import is_loopback
from connect_sms.sandbox.api.routing import BASE_PATH
from connect_sms.sandbox.faults.kinds import HEADER
from connect_sms.sandbox.sandbox import Sandbox
from connect_sms.sandbox.settings import DEFAULT_KEY
from connect_sms.sandbox.webhooks.delivery import DeliveryAttempt

from .server import LOOPBACK, HttpServer

if TYPE_CHECKING:
    from connect_sms.sandbox.request_log import RequestRecord

DEFAULT_PORT: Final = 8288


def serve(
    host: str = LOOPBACK,
    port: int = DEFAULT_PORT,
    *,
    sandbox: Sandbox | None = None,
    echo: Callable[[str], object] = print,
) -> None:
    """Run a sandbox in the foreground until Ctrl-C, and print a masked line for each request and receipt.

    Args:
        host: Where to listen; loopback by default.
        port: 0 chooses a free one.
        sandbox: The sandbox to run; a new one when not given.
        echo: Prints a line.

    Raises:
        OSError: The port is taken.
    """
    sandbox = sandbox or Sandbox()
    listening = listen_on(host, port)
    url = url_of(host, listening)
    settings = sandbox.settings
    echo(f"8x8 Connect SMS sandbox (unofficial) on {url}")
    echo(f"  base URL     {url}{BASE_PATH}")
    is_default = settings.api_key == DEFAULT_KEY and not settings.accounts
    echo(f"  key          {DEFAULT_KEY if is_default else 'as configured'}")
    echo(f"  sub-account  {'as configured' if settings.accounts else settings.sub_account_id}")
    echo(f"  faults       header {HEADER}, or POST {url}/_sandbox/faults")
    if not is_loopback(host):
        echo("  CAUTION      other machines can reach this; it has no real access control")
    sandbox.listen(lambda event: echo(line_of(event)))
    try:
        # uvicorn has stopped, however it passes on Ctrl-C.
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(HttpServer(sandbox, host).serve(sockets=[listening]))
        echo("stopped")
    finally:
        listening.close()
        sandbox.close()


def line_of(event: RequestRecord | DeliveryAttempt) -> str:
    """A line about a request or an attempt to post, without numbers, texts or keys."""
    clock = time.strftime("%H:%M:%S", time.gmtime(event.at))
    if isinstance(event, DeliveryAttempt):
        return f"{clock}  receipt {event.what:<12} {event.result!s:<8} attempt {event.attempt}  {event.umid}"
    details = [event.about]
    if event.code is not None:
        details.append(f"code {event.code}")
    if event.fault is not None:
        details.append(f"fault {event.fault}")
    milliseconds = event.seconds * 1000
    about = "  ".join(filter(None, details))
    return f"{clock}  {event.operation or '-':<7} {event.status or '---'}  {milliseconds:6.1f} ms  {about}"
