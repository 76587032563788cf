"""What one `send()` costs beside the same request through bare httpx."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from benchmarks.figures import Ratio, take_turns, take_turns_async
from benchmarks.page import Page, Target
from benchmarks.senders import ASYNCHRONOUS, BLOCKING, OURS
from benchmarks.workers import run

if TYPE_CHECKING:
    from benchmarks.loopback import Loopback

_ROUNDS: Final = 80
_BLOCK: Final = 20
_MOST: Final = 1.15


def blocking(origin: str, beside: str) -> dict[str, list[float]]:
    """CPU seconds of one send, in rounds."""
    return take_turns({name: BLOCKING[name](origin, None) for name in (OURS, beside)}, _ROUNDS, _BLOCK)


def asynchronous(origin: str, beside: str) -> dict[str, list[float]]:
    """The same with `AsyncSmsClient`, one request in flight at a time."""

    async def measure() -> dict[str, list[float]]:
        sends = {name: await ASYNCHRONOUS[name](origin) for name in (OURS, beside)}
        return await take_turns_async(sends, _ROUNDS, _BLOCK)

    return asyncio.run(measure())


#: The client, who stands beside it, and which extras' packages are not installed.
_CASES: Final = (
    (blocking, "SmsClient", "bare httpx", ("orjson",), "no extra"),
    (blocking, "SmsClient", "bare httpx", (), "`fast`"),
    (asynchronous, "AsyncSmsClient", "bare httpx", ("orjson", "httpx_aiohttp"), "no extra"),
    (asynchronous, "AsyncSmsClient", "bare httpx-aiohttp", ("orjson",), "`aiohttp`"),
    (asynchronous, "AsyncSmsClient", "bare httpx-aiohttp", (), "`aiohttp`, `fast`"),
)


def measure(loopback: Loopback) -> Page:
    """The page of this part."""
    page = Page("overhead", "One send beside bare httpx", ("httpx", "httpx-aiohttp", "aiohttp", "orjson"))
    page.say(
        f"""CPU time of the client's process for one `send()`, beside the same request by `client.post(url,
        json=..., headers=...).raise_for_status().json()`. `send()` also checks number, sender and text,
        counts parts, makes an id, and reads the answer into a result. {_ROUNDS} rounds of {_BLOCK}
        requests each, one after the other, over plain HTTP to a server in another process. The ratio is
        the median of the ratios within a round; in brackets, where the middle half of the rounds lies."""
    )
    rows: list[list[str]] = []
    for task, client, beside, without, extras in _CASES:
        found = run(task, loopback.origin(), beside, without=without)
        ratio = Ratio.of(found[OURS], found[beside])
        rows.append([client, extras, beside, micro(ratio.ours), micro(ratio.theirs), str(ratio)])
        met = ratio.middle <= _MOST
        page.targets.append(
            Target(f"{client} ({extras}) / {beside}", f"at most {_MOST}", f"{ratio.middle:.2f}", met)
        )
    page.table(["client", "extras", "beside", "send(), µs", "bare, µs", "ratio"], rows)
    return page


def micro(seconds: float) -> str:
    """Seconds as microseconds."""
    return f"{seconds * 1e6:.0f}"
