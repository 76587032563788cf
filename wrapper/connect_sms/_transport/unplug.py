"""Takes the parent's sockets away from aiohttp in a forked child.

The child has a copy of the parent's event loop, which shares with it the kernel's list of watched sockets
(epoll). If that loop runs in the child, it reads answers that are meant for the parent; if it closes a
connection, the parent hears no more of it. httpx's own transport watches a socket only while it waits.
"""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Keeps its other end open, so that nothing can ever be read.
_silent: Final[list[socket.socket]] = []


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
