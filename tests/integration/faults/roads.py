"""The way to the server, and what may be wrong with it."""

from __future__ import annotations

import socket
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final
from unittest import mock

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

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
