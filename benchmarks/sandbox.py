"""How much the sandbox takes: sends and batches a second over a socket, and memory for a million messages."""

from __future__ import annotations

import asyncio
import json
import resource
from importlib import import_module
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

import attrs

from benchmarks.page import Page
from benchmarks.workers import Worker, run

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.loopback import Loopback

_ROUNDS: Final = 7
_SENDS: Final = 2_000
_SIZE: Final = 10_000
_CONNECTIONS: Final = 16
_CROWD: Final = 64
_MILLION: Final = 1_000_000
_TEXT: Final = "Sale ends Friday"


def sandbox() -> Callable[[str], object]:
    """A sandbox that listens, in this process; what is asked of it is "where", or who used how much."""
    server = import_module("connect_sms.sandbox").SandboxServer(factor=0, status_per_second=None)
    server.start()

    def answer(question: str) -> object:
        if question == "where":
            return [server.url, server.base_url]
        used = resource.getrusage(resource.RUSAGE_SELF)
        answers = {"cpu": used.ru_utime + used.ru_stime, "messages": len(server.messages)}
        server.reset()
        return answers

    return answer


def _document(count: int) -> dict[str, Any]:
    return {
        "messages": [
            {
                "destination": f"+{447700900000 + place % 1000}",
                "text": _TEXT,
                "source": "SHOP",
                "clientMessageId": f"s-{place}",
            }
            for place in range(count)
        ],
        "includeMessagesInResponse": True,
    }


def _request(url: str, path: str, document: object) -> bytes:
    body = json.dumps(document).encode()
    host = url.removeprefix("http://")
    head = f"POST /sandbox/{path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer sandbox-key\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def _pour(url: str, request: bytes, times: int, connections: int) -> None:
    """The same request again and again, by a client that does nothing else."""
    host, port = url.removeprefix("http://").split(":")

    async def visit(number: int) -> None:
        reader, writer = await asyncio.open_connection(host, int(port), limit=1 << 24)
        for _ in range(number):
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200")
            length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
            await reader.readexactly(int(length.partition(b":")[2]))
        writer.close()

    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(visit(times // connections))


def bare_sends(url: str, _: str) -> float:
    """Seconds for so many single sends, by nothing but sockets."""
    document = {"destination": "+447700900123", "text": _TEXT, "source": "SHOP", "clientMessageId": "s"}
    request = _request(url, "messages", document)
    return _timed(lambda: asyncio.run(_pour(url, request, _SENDS, _CONNECTIONS)))


def bare_batch(url: str, _: str) -> float:
    """Seconds for a batch, by nothing but a socket."""
    request = _request(url, "messages/batch", _document(_SIZE))
    return _timed(lambda: asyncio.run(_pour(url, request, 1, 1)))


def client_sends(_: str, base_url: str) -> float:
    """Seconds for so many single sends by `AsyncSmsClient`, many in flight."""

    async def send() -> float:
        sms = import_module("connect_sms").AsyncSmsClient(
            api_key="sandbox-key", sub_account_id="sandbox", base_url=base_url
        )
        left = iter(range(_SENDS))

        async def one_after_another() -> None:
            for _ in left:
                await sms.send("+447700900123", _TEXT, sender="SHOP")

        async with sms:
            await sms.send("+447700900123", _TEXT, sender="SHOP")
            started = perf_counter()
            async with asyncio.TaskGroup() as group:
                for _ in range(_CROWD):
                    group.create_task(one_after_another())
            return perf_counter() - started

    return asyncio.run(send())


def client_batch(_: str, base_url: str) -> float:
    """Seconds for a batch by `SmsClient`."""
    with import_module("connect_sms").SmsClient(
        api_key="sandbox-key", sub_account_id="sandbox", base_url=base_url
    ) as sms:
        sms.send_batch(["+447700900123"], _TEXT, sender="SHOP")
        numbers = [f"+{447700900000 + place % 1000}" for place in range(_SIZE)]
        return _timed(lambda: sms.send_batch(numbers, _TEXT, sender="SHOP"))


def _timed(work: Callable[[], object]) -> float:
    started = perf_counter()
    work()
    return perf_counter() - started


def million() -> list[float]:
    """Bytes for each of a million messages that are kept, and megabytes of the process with all of them."""
    sandbox = import_module("connect_sms.sandbox").Sandbox(factor=0)
    headers = {"authorization": "Bearer sandbox-key", "content-type": "application/json"}
    before = _resident()
    for first in range(0, _MILLION, _SIZE):
        document = _document(_SIZE)
        for place, message in enumerate(document["messages"], first):
            message["clientMessageId"] = f"sale-{place}"
        body = json.dumps(document).encode()
        assert sandbox.service.handle("POST", "/sandbox/messages/batch", headers, body).status == 200
    # What one request takes for a moment is among it, as it would be in use.
    after = _resident()
    assert len(sandbox.messages) == _MILLION
    return [(after - before) / _MILLION, after / 2**20]


def _resident() -> int:
    with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123  no file on a disk
        return int(statm.read().split()[1]) * resource.getpagesize()


@attrs.frozen
class _Case:
    what: str
    task: Callable[[str, str], float]
    messages: int
    requests: int


_CASES: Final = (
    _Case(f"single sends, bare sockets, {_CONNECTIONS} connections", bare_sends, _SENDS, _SENDS),
    _Case(f"single sends, `AsyncSmsClient`, {_CROWD} in flight", client_sends, _SENDS + 1, _SENDS),
    _Case(f"batches of {_SIZE:,}, a bare socket", bare_batch, _SIZE, 1),
    _Case(f"batches of {_SIZE:,}, `SmsClient.send_batch()`", client_batch, _SIZE + 1, 1),
)


def measure(loopback: Loopback) -> Page:  # noqa: ARG001  the sandbox is the server here
    """The page of this part."""
    page = Page("sandbox", "What the sandbox takes", ("starlette", "uvicorn", "h11", "httpx", "orjson"))
    page.say(
        "`SandboxServer` in a process of its own, its clock standing still, over loopback sockets. The caller"
        " is another process: one that writes ready-made requests and reads answers, or a client of ours."
        f" Requests and messages a second are wall-clock time, the median of {_ROUNDS} rounds, on a machine"
        " that had other work as well. CPU is that of the sandbox's process for one request, and the last"
        " figure is how many of them fill a core, which is the most it can take. Every batch answer names"
        " each of its messages."
    )
    server = Worker(sandbox)
    try:
        url, base_url = server.ask("where")
        rows = [_row(server, case, url, base_url) for case in _CASES]
    finally:
        server.close()
    page.table(["", "requests/s", "messages/s", "sandbox's CPU, ms", "requests/s, a whole core"], rows)
    each, whole = run(million)
    page.head(f"{_MILLION:,} messages")
    page.say(
        f"Taken in batches of {_SIZE:,}, each message with a client message id of its own, and all of them "
        f"kept: **{each:,.0f} bytes** for each, **{whole:,.0f} MB** for the whole process (resident)."
    )
    return page


def _row(server: Worker, case: _Case, url: str, base_url: str) -> list[str]:
    seconds, cpu = list[float](), list[float]()
    last = server.ask("used")["cpu"]
    for _ in range(_ROUNDS + 1):
        seconds.append(run(case.task, url, base_url))
        used = server.ask("used")
        assert used["messages"] == case.messages
        cpu.append(used["cpu"] - last)
        last = used["cpu"]
    # The first round warms up.
    rate = case.requests / median(seconds[1:])
    each = median(cpu[1:]) / case.requests * 1e3
    messages = rate * case.messages / case.requests
    return [case.what, _figure(rate), f"{messages:,.0f}", f"{each:.2f}", _figure(1e3 / each)]


def _figure(rate: float) -> str:
    return f"{rate:,.0f}" if rate >= 100 else f"{rate:.1f}"
