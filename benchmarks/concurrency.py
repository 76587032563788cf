"""How many messages one core sends with 64 requests in flight."""

from __future__ import annotations

import asyncio
import gc
from statistics import median
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any, Final

from benchmarks.figures import Ratio, in_turn
from benchmarks.page import Page, Target
from benchmarks.senders import ASYNCHRONOUS, OURS
from benchmarks.workers import run

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from benchmarks.loopback import Loopback

_IN_FLIGHT: Final = 64
_LEAST: Final = 0.85
_LEAST_PER_CORE: Final = 2_000


def concurrency(origin: str, beside: str, rounds: int, block: int) -> dict[str, list[list[float]]]:
    """CPU seconds and seconds by the clock of one send, in rounds."""
    return asyncio.run(_concurrency(origin, beside, rounds, block))


async def _concurrency(origin: str, beside: str, rounds: int, block: int) -> dict[str, list[list[float]]]:
    sends = {name: await ASYNCHRONOUS[name](origin) for name in (OURS, beside)}
    found: dict[str, list[list[float]]] = {name: [] for name in sends}
    for number in range(rounds + 1):
        for name in in_turn(number, list(sends)):
            gc.collect()
            cpu, clock = process_time(), perf_counter()
            await _send_all(sends[name], block)
            found[name].append([(process_time() - cpu) / block, (perf_counter() - clock) / block])
    return {name: row[1:] for name, row in found.items()}


async def _send_all(send: Callable[[], Awaitable[object]], count: int) -> None:
    left = iter(range(count))

    async def sender() -> None:
        for _ in left:
            await send()

    async with asyncio.TaskGroup() as group:
        for _ in range(_IN_FLIGHT):
            group.create_task(sender())


#: What stands beside, rounds, sends in a round, packages not installed, and our extras.
_CASES: Final = (
    ("bare httpx-aiohttp", 24, 1_280, (), "`aiohttp`, `fast`"),
    ("bare httpx-aiohttp", 24, 1_280, ("orjson",), "`aiohttp`"),
    ("bare httpx", 5, 192, ("orjson", "httpx_aiohttp"), "no extra"),
)


def measure(loopback: Loopback) -> Page:
    """The page of this part."""
    page = Page("concurrency", "64 sends in flight", ("httpx", "httpx-aiohttp", "aiohttp", "orjson"))
    page.say(
        f"""{_IN_FLIGHT} tasks share one client and send one message after the other, as
        `AsyncSmsClient.send()` and as the same request through the same transport of httpx's. A core's
        sends per second are sends by CPU time of the client's process; sends per second by the clock
        share the machine's cores with the server. The ratio is that of throughput per CPU time (above 1,
        ours is faster): the median over rounds, and in brackets where the middle half of them lies."""
    )
    rows: list[list[str]] = []
    for beside, rounds, block, without, extras in _CASES:
        found: Mapping[str, Any] = run(concurrency, loopback.origin(), beside, rounds, block, without=without)
        cpu = {name: [pair[0] for pair in pairs] for name, pairs in found.items()}
        clock = {name: 1 / median(pair[1] for pair in pairs) for name, pairs in found.items()}
        ratio = Ratio.of(cpu[beside], cpu[OURS])
        rows += [
            [f"connect-sms, {extras}", f"{1 / ratio.theirs:,.0f}", f"{clock[OURS]:,.0f}", str(ratio)],
            [beside, f"{1 / ratio.ours:,.0f}", f"{clock[beside]:,.0f}", ""],
        ]
        if "httpx_aiohttp" not in without:
            what, per_core = f"AsyncSmsClient ({extras}), 64 in flight", 1 / ratio.theirs
            page.targets += [
                Target(
                    f"{what} / {beside}", f"at least {_LEAST}", f"{ratio.middle:.2f}", ratio.middle >= _LEAST
                ),
                Target(
                    f"{what}: sends/s per core",
                    f"at least {_LEAST_PER_CORE:,}, if the machine allows it",
                    f"{per_core:,.0f} (bare: {1 / ratio.ours:,.0f})",
                    per_core >= _LEAST_PER_CORE,
                ),
            ]
    page.table(["client", "sends/s per core", "sends/s by the clock", "ratio"], rows)
    return page
