"""Shared by ``sandbox`` and ``receipts serve``: the wait for their end, and the error at their start."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

from connect_sms.errors.base import InvalidArgument

from .exit_codes import Exit

if TYPE_CHECKING:
    from .output import Output
    from .signals import Interrupts


def wait_in_json(out: Output, stop: Interrupts) -> int:
    """Wait for a signal while a server runs in a thread, and print the last line.

    Only this thread may be interrupted, and only it writes that line.
    """
    try:
        with stop.allowed():
            Event().wait()
    except KeyboardInterrupt:
        pass
    return out.end(Exit.DONE, type="stopped")


def cannot_listen(host: str, port: int, fault: OSError) -> InvalidArgument:
    """The error for a host and a port on which nothing can listen."""
    why = fault.strerror or type(fault).__name__
    return InvalidArgument(
        f"cannot listen on {host} port {port}: {why}. --port 0 takes a free one", argument="port"
    )
