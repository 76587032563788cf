"""The drivers: each effect done, each result handed back, and whatever goes wrong thrown into the flow."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import anyio
import pytest

from connect_sms import AsyncSmsClient, InvalidArgument, ManualClock, RawResponse, Timeout
from connect_sms._transport.effects import (
    Download,
    Flow,
    Join,
    ReadItems,
    Request,
    RunBlocking,
    Send,
    Sleep,
    Spawn,
    TransportFailure,
)
from connect_sms._transport.runners import run, run_async, run_with_tasks
from tests.support import NUMBER, TEXT, UMID, Caller, Script, answer, state
from tests.unit.transport.pieces import Pieces

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    import httpx

    from connect_sms._transport.effects import Sink

REQUEST = Request("GET", "https://sms.example.com", [], b"", Timeout())
ANSWER = RawResponse(200, {}, b"{}")


class Pool:
    """Answers, or raises what it is given."""

    def __init__(self, reply: RawResponse | TransportFailure | BaseException = ANSWER) -> None:
        self.reply = reply

    def check_usable(self) -> None: ...

    def send(self, request: Request) -> RawResponse | TransportFailure:
        if isinstance(self.reply, BaseException):
            raise self.reply
        return self.reply

    def download(self, request: Request, sink: Sink) -> RawResponse | TransportFailure:
        sink.take(b"a piece")
        return self.send(request)


class AsyncPool:
    def __init__(self, reply: RawResponse | TransportFailure | BaseException = ANSWER) -> None:
        self._pool = Pool(reply)

    def check_usable(self) -> None: ...

    async def send(self, request: Request) -> RawResponse | TransportFailure:
        return self._pool.send(request)

    async def download(self, request: Request, sink: Sink) -> RawResponse | TransportFailure:
        return self._pool.download(request, sink)


def run_flow(colour: str, flow: Flow[Any], reply: Any = ANSWER, clock: ManualClock | None = None) -> Any:
    clock = clock or ManualClock()
    if colour == "sync":
        return run(flow, Pool(reply), clock)
    driver = run_with_tasks if colour == "tasks" else run_async
    return asyncio.run(driver(flow, AsyncPool(reply), clock))


each_driver = pytest.mark.parametrize("colour", ["sync", "async", "tasks"])
with_tasks = pytest.mark.parametrize("colour", ["sync", "tasks"])


@each_driver
class TestEffects:
    """What a flow asks for, and what it gets."""

    def test_nothing_asked(self, colour: str) -> None:
        def flow() -> Flow[str]:
            return "done"
            yield

        assert run_flow(colour, flow()) == "done"

    def test_send(self, colour: str) -> None:
        def flow() -> Flow[Any]:
            return (yield Send(REQUEST))

        assert run_flow(colour, flow()) is ANSWER

    def test_download(self, colour: str) -> None:
        taken = Pieces()

        def flow() -> Flow[Any]:
            return (yield Download(REQUEST, taken))

        assert run_flow(colour, flow()) is ANSWER
        assert taken == [b"a piece"]

    def test_ask(self, colour: str) -> None:
        """A function that may block: beside the loop, where there is one."""

        def flow() -> Flow[Any]:
            return (yield RunBlocking(threading.current_thread))

        assert (run_flow(colour, flow()) is threading.main_thread()) is (colour == "sync")

    def test_sleep(self, colour: str) -> None:
        def flow() -> Flow[Any]:
            return (yield Sleep(2.5))

        clock = ManualClock()
        assert run_flow(colour, flow(), clock=clock) is None
        assert clock.slept == [2.5]

    def test_pull(self, colour: str) -> None:
        def flow() -> Flow[Any]:
            source = iter(range(5))
            found: list[tuple[bool, list[int]]] = []
            for _ in range(3):
                into: list[int] = []
                ended = yield ReadItems(source, into, 2)
                found.append((ended, into))
            return found

        assert run_flow(colour, flow()) == [(False, [0, 1]), (False, [2, 3]), (True, [4])]

    def test_what_was_pulled_before_the_source_failed_is_kept(self, colour: str) -> None:
        def source() -> Iterator[int]:
            yield 1
            raise LookupError

        def flow() -> Flow[Any]:
            into: list[int] = []
            try:
                yield ReadItems(source(), into, 5)
            except LookupError:
                return into

        assert run_flow(colour, flow()) == [1]


@each_driver
class TestFailures:
    """They are the flow's to settle."""

    @pytest.mark.parametrize("problem", [LookupError(), KeyboardInterrupt(), SystemExit()], ids=repr)
    def test_they_are_thrown_into_the_flow_and_raised(self, colour: str, problem: BaseException) -> None:
        settled: list[BaseException] = []

        def flow() -> Flow[None]:
            try:
                yield Send(REQUEST)
            except BaseException as seen:
                settled.append(seen)
                raise

        with pytest.raises(type(problem)):
            run_flow(colour, flow(), problem)
        assert settled == [problem]

    def test_a_flow_may_go_on(self, colour: str) -> None:
        def flow() -> Flow[str]:
            try:
                yield Send(REQUEST)
            except LookupError:
                yield Sleep(1)
            return "went on"

        assert run_flow(colour, flow(), LookupError()) == "went on"

    def test_a_flow_may_end_in_an_error_of_its_own(self, colour: str) -> None:
        def flow() -> Flow[None]:
            yield Sleep(1)
            raise LookupError("mine")

        with pytest.raises(LookupError, match="mine"):
            run_flow(colour, flow())


@with_tasks
class TestBeginningOthers:
    """Flows that run beside the one that began them."""

    def test_each_is_finished_once(self, colour: str) -> None:
        def part(number: int) -> Flow[int]:
            yield Sleep(number)
            return number

        def flow() -> Flow[Any]:
            for number in (3, 1, 2):
                yield Spawn(part(number))
            first, second, third = (yield Join()), (yield Join()), (yield Join())
            return sorted([first, second, third])

        assert run_flow(colour, flow()) == [1, 2, 3]

    def test_an_error_in_one_is_raised_and_no_group_of_errors(self, colour: str) -> None:
        def part() -> Flow[int]:
            yield Sleep(1)
            raise LookupError("part")

        def flow() -> Flow[Any]:
            yield Spawn(part())
            return (yield Join())

        with pytest.raises(LookupError, match="part"):
            run_flow(colour, flow())


def test_a_driver_without_a_crew_begins_no_others() -> None:
    def flow() -> Flow[None]:
        yield Spawn(flow())

    with pytest.raises(TypeError, match="run_with_tasks"):
        run_flow("async", flow())


class TestAsynchronousSources:
    """Only where something can wait for them."""

    async def numbers(self) -> AsyncIterator[int]:
        for number in range(3):
            yield number

    def flow(self) -> Flow[Any]:
        into: list[int] = []
        ended = yield ReadItems(self.numbers(), into, 2)
        more = yield ReadItems(iter([7]), into, 2)
        return ended, more, into

    @pytest.mark.parametrize("colour", ["async", "tasks"])
    def test_they_are_pulled(self, colour: str) -> None:
        assert run_flow(colour, self.flow()) == (False, True, [0, 1, 7])

    @pytest.mark.parametrize("colour", ["async", "tasks"])
    def test_their_end_is_seen(self, colour: str) -> None:
        into: list[int] = []

        def flow() -> Flow[Any]:
            return (yield ReadItems(self.numbers(), into, 9))

        assert (run_flow(colour, flow()), into) == (True, [0, 1, 2])

    def test_a_blocking_driver_says_which_client_to_use(self) -> None:
        with pytest.raises(InvalidArgument, match="AsyncSmsClient"):
            run_flow("sync", self.flow())


class TestInterrupted:
    """Ctrl-C and cancelled tasks: what nobody else can know is noted on them."""

    OWN_ID = "order-1"
    NOTE = f"connect-sms: a send was under way (clientMessageId {OWN_ID}); it may have been sent"

    @pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
    def test_what_ends_the_program_during_a_send(self, caller: Caller, kind: type[BaseException]) -> None:
        client = caller.client(Script(kind()))
        with pytest.raises(kind) as caught:
            caller(client.send(NUMBER, TEXT, client_message_id=self.OWN_ID))
        assert caught.value.__notes__ == [self.NOTE]

    def test_ctrl_c_during_a_read_needs_no_note(self, caller: Caller) -> None:
        with pytest.raises(KeyboardInterrupt) as caught:
            caller(caller.client(Script(KeyboardInterrupt())).status(UMID))
        assert not hasattr(caught.value, "__notes__")

    def test_ctrl_c_between_tries_needs_no_note(self, caller: Caller) -> None:
        """What was tried so far was not sent, and the next try was not begun."""

        class Impatient(ManualClock):
            def sleep(self, seconds: float) -> None:
                raise KeyboardInterrupt

        client = caller.client(Script(answer(429)), clock=Impatient())
        with pytest.raises(KeyboardInterrupt) as caught:
            caller(client.send(NUMBER, TEXT))
        assert not hasattr(caught.value, "__notes__")

    def test_a_cancelled_task(self) -> None:
        seen: list[httpx.Request] = []

        async def main() -> BaseException:
            begun = asyncio.Event()

            async def stall(request: httpx.Request) -> httpx.Response:
                seen.append(request)
                begun.set()
                await anyio.sleep_forever()
                raise AssertionError

            client: AsyncSmsClient = Caller("async").client(stall)
            task = asyncio.ensure_future(client.send(NUMBER, TEXT, client_message_id=self.OWN_ID))
            await begun.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError) as cancelled:
                await task
            await client.aclose()
            return cancelled.value

        found = asyncio.run(main())
        notes = [*getattr(found, "__notes__", []), *getattr(found.__context__, "__notes__", [])]
        assert self.NOTE in notes
        assert len(seen) == 1

    def test_a_timeout_of_asyncio_around_a_send(self) -> None:
        async def main() -> None:
            async with asyncio.timeout(None) as limit:

                async def stall(_: httpx.Request) -> httpx.Response:
                    limit.reschedule(asyncio.get_running_loop().time())
                    await anyio.sleep_forever()
                    raise AssertionError

                async with Caller("async").client(stall) as client:
                    await client.send(NUMBER, TEXT, client_message_id=self.OWN_ID)

        with pytest.raises(TimeoutError) as caught:
            asyncio.run(main())
        assert isinstance(caught.value.__cause__, asyncio.CancelledError)


def test_the_client_is_as_good_as_new_after_an_interruption(caller: Caller) -> None:
    client = caller.client(Script(KeyboardInterrupt(), state("sent")))
    with pytest.raises(KeyboardInterrupt):
        caller(client.send(NUMBER, TEXT))
    assert caller(client.status(UMID)).state == "sent"
