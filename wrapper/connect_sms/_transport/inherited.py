"""What a forked child has inherited of its parent's connections, and may not use.

Its copy of the parent's event loop shares with it the kernel's list of watched sockets (epoll). If that loop
runs in the child, it reads answers that are meant for the parent; if it closes a connection, the parent hears
no more of it. aiohttp's sockets are on that list all the time; httpx's own transport puts one there only
while it waits for it.
"""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING, Any, Final

import httpx

from connect_sms._fork import notice_fork
from connect_sms.errors.base import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Keeps its other end open, so that nothing can ever be read.
_silent: Final[list[socket.socket]] = []


def check_process(pid: int, transport: object) -> None:
    """Refuse a transport of the caller's in a forked child: nobody can tell what it shares with the parent.

    Args:
        pid: The process that the client was made in.
        transport: The caller's transport; None when there is none.

    Raises:
        ConfigurationError: It is another process, and the transport is not an `httpx.MockTransport`.
    """
    notice_fork()
    if pid != os.getpid() and not isinstance(transport, httpx.MockTransport | None):
        raise ConfigurationError(
            "nothing was sent: the process was forked, and its parent may be using the connections of "
            "transport=; make the client in each process"
        )


def unplug(transport: object) -> None:
    """Put a silent socket in the place of each that httpx-aiohttp's transport has open; others have none."""
    connector = getattr(getattr(transport, "client", None), "connector", None)
    for number in {*_sockets_of(connector)}:
        if not _silent:
            _silent.extend(socket.socketpair())
            _silent[0].setblocking(False)
        os.dup2(_silent[0].fileno(), number, inheritable=False)


def _sockets_of(connector: Any) -> Iterator[int]:  # noqa: ANN401  aiohttp may not be installed
    # aiohttp has no public name for its connections.
    idle = [protocol for kept in getattr(connector, "_conns", {}).values() for protocol, *_ in kept]
    for protocol in (*idle, *getattr(connector, "_acquired", ())):
        transport = getattr(protocol, "transport", None)
        found = None if transport is None else transport.get_extra_info("socket")
        if found is not None and found.fileno() >= 0:
            yield found.fileno()
