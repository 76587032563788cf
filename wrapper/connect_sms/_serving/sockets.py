"""Listening sockets, for the sandbox and the receipt server."""

from __future__ import annotations

import socket
from typing import Final

BACKLOG: Final = 2048
"""The listen backlog: connections that may wait while the server is busy or starting."""


def listen_on(host: str, port: int) -> socket.socket:
    """Open a listening socket.

    Args:
        host: An address of this machine.
        port: The port; 0 chooses a free one.

    Raises:
        OSError: The port is taken, or the host is not of this machine.
        OverflowError: There is no such port.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio switches Nagle's delay off only where the protocol is named; with it an answer takes 40 ms.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except (OSError, OverflowError):
        listening.close()
        raise
    return listening


def url_of(host: str, listening: socket.socket) -> str:
    """The URL of a listening socket."""
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{listening.getsockname()[1]}"
