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
    from collections.abc import Iterator, Mapping

_PATIENCE: Final = 10.0


@attrs.frozen
class Loopback:
    """The server's doors: each a port, and a way to go wrong; see `benchmarks.server`."""

    ports: Mapping[str, int]

    def origin(self, door: str = "well") -> str:
        """The address of a door."""
        return f"http://127.0.0.1:{self.ports[door]}"

    def seen(self) -> dict[str, int]:
        """Requests that came through each door since this was last asked."""
        with build_opener(ProxyHandler({})).open(f"{self.origin()}/seen", timeout=_PATIENCE) as answer:
            return json.loads(answer.read())  # type: ignore[no-any-return]  # the server is ours


@contextmanager
def serving() -> Iterator[Loopback]:
    """A server of its own process, for as long as the block lasts."""
    command = [sys.executable, "-m", "benchmarks.server"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment()) as server:
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
