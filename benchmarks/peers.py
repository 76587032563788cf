"""Time and memory of one send, through the SDKs of other vendors and through bare HTTP clients."""

from __future__ import annotations

import asyncio
import gc
from statistics import median
from time import process_time
from typing import TYPE_CHECKING, Final

from benchmarks import memory
from benchmarks.figures import Ratio, in_turn, timed
from benchmarks.overhead import micro
from benchmarks.page import Page
from benchmarks.senders import ASYNCHRONOUS, BLOCKING, OURS, SDKS
from benchmarks.workers import Worker, run

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

    from benchmarks.loopback import Loopback

_ROUNDS: Final = 20
_BLOCK: Final = 20
_IN_FLIGHT: Final = 64
_CROWD: Final = 256
_CROWD_ROUNDS: Final = 5

#: What a default install of connect-sms does not have.
_FAST: Final = ("orjson",)


def blocking(name: str, origin: str) -> Callable[[int], float]:
    """Makes what gives the CPU seconds of one send, out of so many."""
    send = BLOCKING[name](origin, None)
    return lambda times: timed(send, times)


def asynchronous(name: str, origin: str) -> Callable[[int], float]:
    """The same, with many in flight."""
    runner = asyncio.Runner()

    async def connect() -> Callable[[int], Coroutine[None, None, float]]:
        send = await ASYNCHRONOUS[name](origin)

        async def send_all(count: int) -> float:
            left = iter(range(count))

            async def sender() -> None:
                for _ in left:
                    await send()

            gc.collect()
            started = process_time()
            async with asyncio.TaskGroup() as group:
                for _ in range(_IN_FLIGHT):
                    group.create_task(sender())
            return (process_time() - started) / count

        return send_all

    send_all = runner.run(connect())
    return lambda count: runner.run(send_all(count))


def measure(loopback: Loopback) -> Page:
    """The page of this part."""
    page = Page("peers", "One send beside other SDKs", ("connect-sms", "httpx", "requests", *list(SDKS)[1:]))
    page.say(
        """Each SDK sends one message in its own way to one server, which answers in the shape of its
        vendor's API, over plain HTTP, connections kept alive. Each in a process of its own; rounds in
        turn, median; the ratio is the median within a round. CPU time of the client's process.
        connect-sms without extras, but for the table of sends in flight (`aiohttp`)."""
    )
    _blocking_table(page, loopback.origin())
    _asynchronous_table(page, loopback.origin())
    return page


def _blocking_table(page: Page, origin: str) -> None:
    found = _rounds(
        {name: Worker(blocking, name, origin, without=_FAST) for name in BLOCKING}, _ROUNDS, _BLOCK
    )
    idle = run(memory.nothing)
    rows: list[list[str]] = []
    for name, row in found.items():
        held = run(memory.one_send, name, origin, without=_FAST)
        cells = [name, micro(median(row)), "" if name == OURS else str(Ratio.of(found[OURS], row))]
        rows.append([*cells, f"{held['send']:.0f}", f"{held['process'] - idle:.0f}"])
    page.head("Blocking, one after the other")
    page.say(
        f"""Memory: the most Python holds for one send on top of what was there before (tracemalloc, in a
        further run), and what the process takes after {memory.SENDS} sends on top of one that sends
        nothing."""
    )
    page.table(["", "CPU, µs", "ours / this", "one send, KB", "process, MB"], rows)


def _asynchronous_table(page: Page, origin: str) -> None:
    found = _rounds(
        {name: Worker(asynchronous, name, origin, without=_FAST) for name in ASYNCHRONOUS},
        _CROWD_ROUNDS,
        _CROWD,
    )
    rows = [
        [name, micro(median(row)), "" if name == OURS else str(Ratio.of(found[OURS], row))]
        for name, row in found.items()
    ]
    page.head(f"Asynchronous, {_IN_FLIGHT} in flight")
    page.say(
        "Those that have an asynchronous client. `telnyx on aiohttp` is the transport it offers as an option."
    )
    page.table(["", "CPU, µs", "ours / this"], rows)


def _rounds(workers: Mapping[str, Worker], rounds: int, block: int) -> dict[str, list[float]]:
    """What each worker gives in each round; the first warms up and is left out."""
    found: dict[str, list[float]] = {name: [] for name in workers}
    try:
        for number in range(rounds + 1):
            for name in in_turn(number, list(workers)):
                found[name].append(workers[name].ask(block))
    finally:
        for worker in workers.values():
            worker.close()
    return {name: row[1:] for name, row in found.items()}
