"""What `send_batch` of 10,000 recipients costs beside bare orjson and httpx."""

from __future__ import annotations

import gc
import resource
import tracemalloc
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from benchmarks.answers import DESTINATION, SENDER, SUB_ACCOUNT
from benchmarks.figures import Ratio, take_turns
from benchmarks.page import Page, Target
from benchmarks.senders import HEADERS, KEY, OURS, URL_PATH
from benchmarks.workers import run

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.loopback import Loopback

_SIZE: Final = 10_000
_ROUNDS: Final = 15
_MOST: Final = 4.0
_TEXT: Final = "Sale ends Friday"
_URL_PATH: Final = f"{URL_PATH}/batch"

_BARE: Final = "bare orjson and httpx"
_READY: Final = "the same, document ready-made"
_STANDARD: Final = "bare json and httpx"


def _numbers() -> list[str]:
    """As many numbers as wanted, out of the thousand that are set aside for fiction."""
    return [f"{DESTINATION[:-3]}{at % 1000:03}" for at in range(_SIZE)]


def _document(numbers: list[str]) -> dict[str, Any]:
    """What `send_batch` comes to: every message complete in itself, and results asked for."""
    return {
        "messages": [
            {"destination": number, "text": _TEXT, "source": SENDER, "clientMessageId": f"sale-0701-{at}"}
            for at, number in enumerate(numbers)
        ],
        "includeMessagesInResponse": True,
    }


def _senders(origin: str) -> dict[str, Callable[[], object]]:
    json, httpx = import_module("json"), import_module("httpx")
    numbers = _numbers()
    ready = _document(numbers)
    client = httpx.Client(timeout=30)
    url, headers = origin + _URL_PATH, {**HEADERS, "Content-Type": "application/json"}
    sms = import_module("connect_sms").SmsClient(
        api_key=KEY, sub_account_id=SUB_ACCOUNT, base_url=f"{origin}/8x8"
    )

    def ours() -> None:
        batch = sms.send_batch(numbers, _TEXT, sender=SENDER)
        assert len(batch.accepted) == _SIZE

    def bare(
        dumps: Callable[[object], bytes],
        loads: Callable[[bytes], dict[str, Any]],
        document: dict[str, Any] | None = None,
    ) -> None:
        content = dumps(document or _document(numbers))
        answer = loads(client.post(url, content=content, headers=headers).raise_for_status().content)
        assert answer["acceptedCount"] == _SIZE

    def standard() -> None:
        bare(lambda document: json.dumps(document).encode(), json.loads)

    try:
        orjson = import_module("orjson")
    except ImportError:
        return {OURS: ours, _STANDARD: standard}
    return {
        OURS: ours,
        _BARE: lambda: bare(orjson.dumps, orjson.loads),
        _READY: lambda: bare(orjson.dumps, orjson.loads, ready),
    }


def times(origin: str) -> dict[str, list[float]]:
    """CPU seconds of one batch, in rounds."""
    return take_turns(_senders(origin), _ROUNDS, 1)


def memory(origin: str, name: str) -> dict[str, float]:
    """Megabytes: the most that Python held for one batch, and the most that the process ever held."""
    send = _senders(origin)[name]
    send()
    process = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    gc.collect()
    tracemalloc.start()
    send()
    return {"batch": tracemalloc.get_traced_memory()[1] / 2**20, "process": process}


def measure(loopback: Loopback) -> Page:
    """The page of this part."""
    page = Page("batch", f"A batch of {_SIZE:,} beside bare orjson", ("httpx", "orjson"))
    page.say(
        f"""`send_batch()` of {_SIZE:,} numbers with one text, beside a caller who builds the same document,
        hands it to orjson, posts it with httpx and reads the answer with orjson. Ours also checks every
        number, makes an id for each message, finds each in the answer by that id, and gives a result for
        each. CPU time of the client's process, median of {_ROUNDS} rounds; the ratio is the median within
        a round. Memory: the most Python held for one batch on top of what was there before (tracemalloc,
        in a further run; orjson reserves room that it does not touch), and the most the process ever
        held, with everything imported."""
    )
    origin, rows = loopback.origin(), []
    for without, extras in (((), "`fast`"), (("orjson",), "no extra")):
        found = run(times, origin, without=without)
        held = {name: run(memory, origin, name, without=without) for name in found}
        for name, row in found.items():
            ratio = Ratio.of(found[OURS], row)
            rows.append(
                [
                    f"send_batch(), {extras}" if name == OURS else name,
                    f"{ratio.theirs * 1e3:.1f}",
                    "" if name == OURS else str(ratio),
                    f"{held[name]['batch']:.1f}",
                    f"{held[name]['process']:.0f}",
                ]
            )
            if name in {_BARE, _READY}:
                what = f"send_batch() of {_SIZE:,} / {name}"
                page.targets.append(
                    Target(what, f"at most {_MOST:g}", f"{ratio.middle:.2f}", ratio.middle <= _MOST)
                )
    page.table(["", "CPU, ms", "ours / this", "memory, MB", "process, MB"], rows)
    return page
