"""What it costs to record a send before its first byte leaves, beside what a flush of the disk costs."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any, Final

import attrs
import httpx

from benchmarks.answers import DESTINATION, SENDER, SUB_ACCOUNT, TEXT, answer_to
from benchmarks.disk import flushes
from benchmarks.page import Page
from benchmarks.senders import KEY
from connect_sms import SmsClient
from connect_sms.receipts import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from benchmarks.loopback import Loopback

_ROUNDS: Final = 11
_SENDS: Final = 50
_SIZE: Final = 10_000
_BARE: Final = "no store"
_STORED: Final = "with a store"


@attrs.frozen
class Taken:
    """Milliseconds of one call in a round: by the clock, and of this process's CPU."""

    clock: float
    cpu: float


def _take(send: Callable[[], object], times: int) -> Taken:
    clock, cpu = perf_counter(), process_time()
    for _ in range(times):
        send()
    each = 1e3 / times
    return Taken((perf_counter() - clock) * each, (process_time() - cpu) * each)


def _answer(request: httpx.Request) -> httpx.Response:
    """An answer with the id of the message, and a UMID of its own: each is a row in the store."""
    status, body = answer_to(request.url.path, request.content)
    if not request.url.path.endswith("/batch"):
        own_id = json.loads(request.content)["clientMessageId"]
        body = json.dumps({**json.loads(body), "clientMessageId": own_id, "umid": f"umid-{own_id}"}).encode()
    return httpx.Response(status, content=body)


def measure(_: Loopback) -> Page:
    """The page of this part."""
    page = Page("journal", "A send recorded before its first byte leaves", ("httpx", "attrs", "orjson"))
    page.say(
        f"""The blocking client with a store in a SQLite file, beside the same client without one. With a
        store each request waits for commits, each flushed to the disk: one before its first byte, and after
        its answer one for each 1,000 messages. Milliseconds of one call, medians over {_ROUNDS} rounds, in
        each of which both clients send and the disk alone is asked to flush 4 KiB again and again; the
        differences are the medians of those within a round. Requests are answered within the process,
        without a network."""
    )
    numbers = [f"{DESTINATION[:-3]}{at % 1000:03}" for at in range(_SIZE)]
    account: dict[str, Any] = {
        "api_key": KEY,
        "sub_account_id": SUB_ACCOUNT,
        "base_url": "https://sms.example.com/8x8",
        "transport": httpx.MockTransport(_answer),
    }
    rows: list[list[str]] = []
    # Not in memory: /tmp is a tmpfs on many machines, and flushing that costs nothing.
    with (
        tempfile.TemporaryDirectory(dir=Path(__file__).parent, prefix=".journal-") as folder,
        open_store(Path(folder) / "receipts.db") as store,
        SmsClient(**account) as bare,
        SmsClient(**account, receipts=store) as stored,
    ):
        clients = {_BARE: bare, _STORED: stored}
        for what, times, send in (
            ("send()", _SENDS, lambda sms: sms.send(DESTINATION, TEXT, sender=SENDER)),
            (f"send_batch() of {_SIZE:,}", 1, lambda sms: sms.send_batch(numbers, TEXT, sender=SENDER)),
        ):
            rows.append([what, *_row(clients, send, times, folder)])
    page.table(
        [
            "",
            f"{_BARE}, ms",
            f"{_STORED}, ms",
            "more, ms",
            "more CPU, ms",
            "one flush of the disk, ms",
            "more / 2 flushes",
        ],
        rows,
    )
    return page


def _row(
    clients: Mapping[str, SmsClient], send: Callable[[SmsClient], object], times: int, folder: str
) -> list[str]:
    found: dict[str, list[Taken]] = {name: [] for name in clients}
    flush: list[float] = []
    for sms in clients.values():
        send(sms)
    for number in range(_ROUNDS):
        flush.append(1e3 / flushes(folder))
        for name in (_BARE, _STORED) if number % 2 else (_STORED, _BARE):
            found[name].append(_take(lambda sms=clients[name]: send(sms), times))  # type: ignore[misc]
    more = [ours.clock - bare.clock for ours, bare in zip(found[_STORED], found[_BARE], strict=True)]
    cpu = [ours.cpu - bare.cpu for ours, bare in zip(found[_STORED], found[_BARE], strict=True)]
    return [
        f"{median(taken.clock for taken in found[_BARE]):.2f}",
        f"{median(taken.clock for taken in found[_STORED]):.2f}",
        f"{median(more):.2f}",
        f"{median(cpu):.2f}",
        f"{median(flush):.2f}",
        f"{median(extra / (2 * one) for extra, one in zip(more, flush, strict=True)):.1f}",
    ]
