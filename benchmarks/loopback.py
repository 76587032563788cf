"""Start the loopback server, and ask it what it has seen."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final
from urllib.request import ProxyHandler, build_opener

import attrs

from benchmarks.workers import environment

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

_PATIENCE: Final = 10.0


@attrs.frozen
class Loopback:
    """The server's doors: each a port, and a way to go wrong; see `benchmarks.server`."""

    ports: Mapping[str, int]

    def origin(self, door: str = "well") -> str:
        """The address of a door."""
        return f"http://127.0.0.1:{self.ports[door]}"

    def seen(self, door: str) -> tuple[int, int]:
        """Requests through a door since anybody last asked, and how many had an ``Idempotency-Key``."""
        with build_opener(ProxyHandler({})).open(f"{self.origin()}/seen", timeout=_PATIENCE) as answer:
            seen, keyed = json.loads(answer.read())[door]
            return seen, keyed


@contextmanager
def serving() -> Generator[Loopback]:
    """A server of its own process, for as long as the block lasts."""
    command = [sys.executable, "-m", "benchmarks.server"]
    with subprocess.Popen(
        command, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as server:
        assert server.stdout is not None
        try:
            yield Loopback(json.loads(server.stdout.readline()))
        finally:
            assert server.stdin is not None
            server.stdin.close()
            try:
                server.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                server.kill()
