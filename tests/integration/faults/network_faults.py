"""The way to the server, and what may be wrong with it."""

from __future__ import annotations

import socket
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final
from unittest import mock

from connect_sms.sandbox import SandboxServer

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

NAME: Final = "sms.invalid"


def until(holds: Callable[[], bool]) -> None:
    """Wait for something, by asking."""
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline, "the sandbox never saw the request"
        time.sleep(0.002)


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


_idle: Final[list[SandboxServer]] = []
"""Servers between two runs: as many as there ever were runs at a time."""


@contextmanager
def borrowed_server(settings: Mapping[str, Any]) -> Generator[SandboxServer]:
    """A server that listens and remembers nothing; it is lent to one run at a time."""
    try:
        server = _idle.pop()
    except IndexError:
        server = SandboxServer(**settings)
        server.start()
    try:
        yield server
    finally:
        server.reset()
        _idle.append(server)


@contextmanager
def closing_servers() -> Generator[None]:
    """Close at the end what nobody will borrow any more."""
    yield
    while _idle:
        _idle.pop().close()


def port_of(server: SandboxServer) -> int:
    """Where it listens."""
    return int(server.url.rpartition(":")[2])


@contextmanager
def name_not_known(unknown: list[bool]) -> Generator[None]:
    """A resolver that does not know our name, until it does."""
    real = socket.getaddrinfo

    def resolve(host: Any, *args: Any, **options: Any) -> Any:
        if host not in {NAME, NAME.encode()}:
            return real(host, *args, **options)
        if unknown:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return real("127.0.0.1", *args, **options)

    with mock.patch("socket.getaddrinfo", resolve):
        yield
