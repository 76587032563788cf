"""Receipts made durable, beside the limits: the same server keeping nothing, and the disk alone.

And `send_and_confirm` for one code, through a sandbox and a receiver, beside the time the message travels.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import TYPE_CHECKING, Final

import attrs

from benchmarks.disk import flushes
from benchmarks.page import Page, Target
from benchmarks.receipt_load import post
from benchmarks.receipt_server import SECRET
from benchmarks.workers import environment
from connect_sms.receipts import open_store

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from benchmarks.loopback import Loopback

_ROUNDS: Final = 7
_CONNECTIONS: Final = (1, 16, 64, 256)
_TARGET: Final = 64
_PATIENCE: Final = 30

#: Sandbox seconds in a real one; a message is delivered 2 sandbox seconds after it was sent.
_FACTOR: Final = 20
_TRAVEL: Final = 2.0 / _FACTOR
_CODES: Final = 100

_SANDBOX: Final = """
import sys
from connect_sms.sandbox import SandboxServer
url, secret, factor = sys.argv[1:]
account = {"receipt_url": url, "receipt_authorization": secret}
with SandboxServer(factor=float(factor), log_size=100, **account) as server:
    print(server.base_url, flush=True)
    sys.stdin.read()
"""


@attrs.frozen
class Taken:
    """One round: receipts a second by the clock, and per CPU second of the server; the seconds of each."""

    rate: float
    per_core: float
    seconds: Sequence[float]


class Served:
    """The receiver's process."""

    def __init__(self, process: subprocess.Popen[str], place: Path) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._asking, self._telling = process.stdin, process.stdout
        self.place = place
        self.url = self._telling.readline().strip()

    def cpu(self) -> float:
        """CPU seconds it has used so far."""
        print(file=self._asking, flush=True)
        return float(self._telling.readline())

    def take(self, path: str, run: str, connections: int, count: int) -> Taken:
        """Post so many receipts."""
        before = self.cpu()
        elapsed, seconds = post(self.url, path, run, connections, count)
        return Taken(count / elapsed, count / (self.cpu() - before), seconds)


@contextmanager
def _process(*command: str) -> Generator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, *command],
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
        assert process.stdin is not None
        process.stdin.close()
        process.wait(_PATIENCE)
    finally:
        process.kill()
        process.wait(_PATIENCE)


@contextmanager
def _receiver(folder: str) -> Generator[Served]:
    place = Path(folder) / "receipts.db"
    with _process("-m", "benchmarks.receipt_server", str(place)) as process:
        yield Served(process, place)


def measure(_: Loopback) -> Page:
    """The page of this part."""
    page = Page("receipts", "Receipts made durable, beside the limits", ("uvicorn", "attrs", "orjson"))
    # Not in memory: /tmp is a tmpfs on many machines, and flushing that costs nothing.
    with tempfile.TemporaryDirectory(dir=Path(__file__).parent, prefix=".receipts-") as folder:
        _throughput(page, folder)
        _confirmed(page, folder)
    return page


def _throughput(page: Page, folder: str) -> None:
    page.say(
        f"""Receipts posted over so many connections at once, each answered when its commit is flushed to
        disk, beside an application on the same server, in the same process, that reads the body, keeps
        nothing and answers the same. {_ROUNDS} rounds, in each of which both are posted to, and the disk
        alone is asked to flush 4 KiB again and again; rates are medians over the rounds, ratios the medians
        of those within a round. Server and sender share this machine's cores."""
    )
    rows: list[list[str]] = []
    with _receiver(folder) as server:
        server.take("/", "warm", 16, 500)
        server.take("/noop", "warm", 16, 500)
        for connections in _CONNECTIONS:
            count = max(150, min(3_000, connections * 50))
            durable: list[Taken] = []
            noop: list[Taken] = []
            flushed: list[float] = []
            for number in range(_ROUNDS):
                run = f"{connections}-{number}"
                flushed.append(flushes(folder))
                for path, found in ((("/", durable), ("/noop", noop)), (("/noop", noop), ("/", durable)))[
                    number % 2
                ]:
                    found.append(server.take(path, run, connections, count))
            by_clock = median(a.rate / b.rate for a, b in zip(durable, noop, strict=True))
            by_cpu = median(a.per_core / b.per_core for a, b in zip(durable, noop, strict=True))
            by_flush = median(a.rate / b for a, b in zip(durable, flushed, strict=True))
            rows.append(
                [
                    str(connections),
                    f"{median(entry.rate for entry in durable):,.0f}",
                    _spread(durable),
                    f"{median(entry.rate for entry in noop):,.0f}",
                    _spread(noop),
                    f"{by_clock:.2f}",
                    f"{by_cpu:.2f}",
                    f"{median(flushed):,.0f}",
                    f"{by_flush:.1f}",
                ]
            )
            if connections == _TARGET:
                _, last = _percentiles(durable)
                what = f"durable receipts/s over {connections} connections"
                page.targets += [
                    Target(f"{what} / no-op", "at least half", f"{by_clock:.2f}", by_clock >= 0.5),
                    Target(f"{what}, p99", "below 10 s, 8x8's patience", f"{last * 1e3:.0f} ms", last < 10),
                ]
    page.head("Throughput")
    page.table(
        [
            "connections",
            "durable/s",
            "p50 / p99, ms",
            "no-op/s",
            "p50 / p99, ms ",
            "durable / no-op",
            "the same per CPU second",
            "flushes/s of the disk",
            "durable / flushes",
        ],
        rows,
    )
    page.say(
        """Over one connection nobody shares a flush: each receipt waits for the disk alone. The more come at
        once, the more share one, and what limits is the work of a core."""
    )


def _confirmed(page: Page, folder: str) -> None:
    from connect_sms import SmsClient

    seconds: list[float] = []
    with (
        _receiver(folder) as server,
        _process("-c", _SANDBOX, server.url, SECRET, str(_FACTOR)) as sandbox,
        open_store(server.place) as store,
    ):
        assert sandbox.stdout is not None
        base_url = sandbox.stdout.readline().strip()
        with SmsClient(
            api_key="sandbox-key", sub_account_id="sandbox", base_url=base_url, receipts=store
        ) as client:
            for number in range(_CODES + 5):
                started = perf_counter()
                status = client.send_and_confirm("+447700900123", f"Your code is {number:06}")
                seconds.append(perf_counter() - started)
                assert status.delivered
    seconds = seconds[5:]
    middle, last = _of(seconds)
    page.head("One code, sent and confirmed")
    page.say(
        f"""`send_and_confirm` of {_CODES} codes one after the other: client, sandbox and receiver are three
        processes, the receipt goes over HTTP into a SQLite file, and the client looks there. The sandbox
        delivers {_TRAVEL * 1e3:.0f} ms after it has taken a message."""
    )
    page.table(
        ["", "ms"],
        [
            ["the sandbox's own delivery time", f"{_TRAVEL * 1e3:.0f}"],
            ["p50 of all", f"{middle * 1e3:.0f}"],
            ["p99 of all", f"{last * 1e3:.0f}"],
        ],
    )
    page.targets.append(
        Target(
            "a code sent and confirmed, p99",
            "below 1 s",
            f"{last * 1e3:.0f} ms (p50 {middle * 1e3:.0f} ms)",
            last < 1,
        )
    )


def _of(seconds: Sequence[float]) -> tuple[float, float]:
    parts = quantiles(seconds, n=100)
    return parts[49], parts[98]


def _percentiles(taken: Sequence[Taken]) -> tuple[float, float]:
    return _of([each for entry in taken for each in entry.seconds])


def _spread(taken: Sequence[Taken]) -> str:
    middle, last = _percentiles(taken)
    return f"{middle * 1e3:.1f} / {last * 1e3:.1f}"
