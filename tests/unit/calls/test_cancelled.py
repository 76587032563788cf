"""A cancelled send: nothing goes out that was not recorded, and what did is recorded all the same."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import anyio
import httpx
import pytest
from anyio import to_thread

from connect_sms import AsyncSmsClient, ManualClock, Outcome
from tests.support import KEY, NUMBER, SUB_ACCOUNT, TEXT, UMID, Script, queued
from tests.support.message_store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

#: The event loop, and whether the task is cancelled by a scope of anyio or trio, or by asyncio itself.
KINDS = (("asyncio", "scope"), ("trio", "scope"), ("asyncio", "task"), ("asyncio", "timeout"))
PATIENCE = 60.0


class Gate:
    """Something that says when it was reached, and waits until it is let go."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.let_go = threading.Event()

    def wait(self) -> None:
        """Wait; in a thread."""
        self.reached.set()
        assert self.let_go.wait(PATIENCE)

    async def until_reached(self) -> None:
        """Wait until it was reached."""
        await to_thread.run_sync(self.reached.wait, PATIENCE)


class GatedStore(Store):
    """A store in which one method waits at a gate before it does its work."""

    def __init__(self, method: str) -> None:
        super().__init__()
        self.method = method
        self.gate = Gate()

    def _maybe_fail(self, name: str) -> None:
        if name == self.method:
            self.gate.wait()
        super()._maybe_fail(name)


async def cancel(send: Callable[[], Coroutine[Any, Any, Any]], gate: Gate, how: str, *, waits: bool) -> None:
    """Begin something, cancel it at a gate, let that go, and wait for its end: before, unless it waits."""
    if how == "scope":
        async with anyio.create_task_group() as group:
            group.start_soon(send)
            await gate.until_reached()
            group.cancel_scope.cancel()
            gate.let_go.set()
        return
    ended = asyncio.Event()

    async def task() -> None:
        try:
            if how == "timeout":
                async with asyncio.timeout(None) as limit:
                    limits.append(limit)
                    await send()
            else:
                await send()
        except (asyncio.CancelledError, TimeoutError) as stop:
            stops.append(stop)
        finally:
            ended.set()

    limits: list[asyncio.Timeout] = []
    stops: list[BaseException] = []
    running = asyncio.ensure_future(task())
    await gate.until_reached()
    if how == "timeout":
        limits[0].reschedule(asyncio.get_running_loop().time())
    else:
        running.cancel()
    if waits:
        gate.let_go.set()
    await ended.wait()
    gate.let_go.set()
    assert [type(stop) for stop in stops] == [TimeoutError if how == "timeout" else asyncio.CancelledError]


def play(loop: str, how: str, store: Store, gate: Gate, handler: Any, *, waits: bool = False) -> None:
    """Cancel a send at a gate; then wait until no thread has anything left to tell the store."""

    async def main() -> None:
        sms = AsyncSmsClient(
            api_key=KEY,
            sub_account_id=SUB_ACCOUNT,
            clock=ManualClock(),
            transport=httpx.MockTransport(handler),
            receipts=store,
        )
        async with sms:
            await cancel(lambda: sms.send(NUMBER, TEXT), gate, how, waits=waits)
            with anyio.fail_after(PATIENCE):
                while store.standing or not store.handed_over:  # noqa: ASYNC110  a thread that nobody waits for says nothing
                    await anyio.sleep(0.001)

    anyio.run(main, backend=loop)


@pytest.mark.parametrize(("loop", "how"), KINDS)
def test_while_it_is_recorded_nothing_is_sent(loop: str, how: str) -> None:
    store, script = GatedStore("hand_over"), Script(queued)
    play(loop, how, store, store.gate, script)
    assert script.seen == 0
    assert store.sent == []
    assert len(store.handed_over) == 1


@pytest.mark.parametrize(("loop", "how"), KINDS)
def test_while_its_request_is_under_way_it_is_recorded_as_unknown(loop: str, how: str) -> None:
    store, gate = Store(), Gate()

    async def hang(_: httpx.Request) -> httpx.Response:
        gate.reached.set()
        await anyio.sleep_forever()
        raise AssertionError

    play(loop, how, store, gate, hang)
    [sent] = store.sent
    assert sent.outcome is Outcome.UNKNOWN
    assert (sent.reason or "").endswith("while its request was under way")


@pytest.mark.parametrize(("loop", "how"), KINDS)
def test_while_its_answer_is_recorded_that_goes_on(loop: str, how: str) -> None:
    store = GatedStore("record_sent")
    play(loop, how, store, store.gate, Script(queued), waits=True)
    assert {(sent.outcome, sent.umid) for sent in store.sent} == {(Outcome.QUEUED, UMID)}
