"""Two runners for flows, one blocking, one asynchronous. All input and output happens here.

An exception while performing an effect is thrown into the flow, so that the flow can record its meaning
(a cancelled send may have been sent) before it propagates.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, Iterator
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, TypeVar

import attrs

from connect_sms._lazy import LazyModule
from connect_sms.errors.base import InvalidArgument
from connect_sms.models.private import clear_locals

from .effects import Download, Flow, ReadItems, Request, RunBlocking, Send, Sleep, Spawn, next_value

if TYPE_CHECKING:
    from collections.abc import Generator

    import anyio
    from anyio.abc import TaskGroup
    from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

    from connect_sms.clock import Clock
    from connect_sms.models.responses import RawResponse

    from . import threads
    from .effects import Sink, TransportFailure
else:  # for asynchronous callers
    anyio = LazyModule("anyio")
    threads = LazyModule("connect_sms._transport.threads")


T = TypeVar("T")


class Pool(Protocol):
    """Interface of a blocking connection pool."""

    def check_usable(self) -> None:
        """Refuse to begin a flow when it is closed, or belongs to another process."""
        ...

    def send(self, request: Request) -> RawResponse | TransportFailure:
        """Send one request and read the whole answer."""
        ...

    def download(self, request: Request, sink: Sink) -> RawResponse | TransportFailure:
        """Send one request and stream the body to the sink."""
        ...


class AsyncPool(Protocol):
    """Interface of an asynchronous connection pool."""

    def check_usable(self) -> None:
        """Refuse to begin a flow when it is closed, or belongs to another event loop or process."""
        ...

    async def send(self, request: Request) -> RawResponse | TransportFailure:
        """Send one request and read the whole answer."""
        ...

    async def download(self, request: Request, sink: Sink) -> RawResponse | TransportFailure:
        """Send one request and stream the body to the sink."""
        ...


def run(flow: Flow[T], pool: Pool, clock: Clock) -> T:  # noqa: C901, PLR0912  one branch an effect
    """Run a flow to its end, blocking."""
    finished: deque[Any] = deque()
    step = partial(flow.send, None)
    try:
        pool.check_usable()
        while True:
            try:
                effect = step()
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]  # a generator's return value
            except BaseException as problem:
                clear_locals(problem)
                raise
            got: Any = None
            try:
                if type(effect) is Send:
                    got = pool.send(effect.request)
                elif type(effect) is Sleep:
                    clock.sleep(effect.seconds)
                elif type(effect) is RunBlocking:
                    got = effect.function()
                elif type(effect) is Download:
                    got = pool.download(effect.request, effect.sink)
                elif type(effect) is ReadItems:
                    got = _read_items(effect)
                elif type(effect) is Spawn:
                    finished.append(run(effect.flow, pool, clock))
                else:
                    got = finished.popleft()
            except BaseException as problem:  # noqa: BLE001  the flow decides; it always raises it again
                step = partial(flow.throw, problem)
            else:
                step = partial(flow.send, got)
    finally:
        # A signal may come between two steps here; the flow must still be closed.
        flow.close()


def _read_items(effect: ReadItems) -> bool:
    if not isinstance(effect.source, Iterator):
        raise InvalidArgument("an asynchronous iterable needs AsyncSmsClient", argument="messages")
    before = len(effect.into)
    effect.into.extend(islice(effect.source, effect.count))
    return len(effect.into) - before < effect.count


def iterate(flow: Flow[None], pool: Pool, clock: Clock) -> Generator[Any]:
    """Run a flow, blocking, and yield the values that it emits. The flow pauses while the caller has one."""
    try:
        while (emit := run(next_value(flow), pool, clock)) is not None:
            try:
                yield emit.value
            finally:
                emit.taken()  # also when the caller leaves the loop here
    finally:
        flow.close()


async def run_async(  # noqa: C901, PLR0912  one branch an effect
    flow: Flow[T], pool: AsyncPool, clock: Clock, tasks: TaskPool | None = None
) -> T:
    """Run a flow to its end in an event loop (asyncio or trio).

    Args:
        flow: The flow.
        pool: Connections.
        clock: Waits.
        tasks: Runs the flows started with `Spawn`; see `run_with_tasks`.
    """
    step = partial(flow.send, None)
    try:
        # Before anything else: a thread of another process's event loop would be waited for without end.
        pool.check_usable()
        while True:
            try:
                effect = step()
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]  # a generator's return value
            except BaseException as problem:
                clear_locals(problem)
                raise
            got: Any = None
            try:
                if type(effect) is Send:
                    got = await pool.send(effect.request)
                elif type(effect) is Sleep:
                    await clock.asleep(effect.seconds)
                elif type(effect) is RunBlocking:
                    call = threads.in_thread_shielded if effect.shielded else threads.in_thread
                    got = await call(effect.function)
                elif type(effect) is Download:
                    got = await pool.download(effect.request, effect.sink)
                elif type(effect) is ReadItems:
                    got = await _read_items_async(effect)
                elif type(effect) is Spawn:
                    _required(tasks).start(effect.flow)
                else:
                    got = await _required(tasks).next_result()
            except BaseException as problem:  # noqa: BLE001  the flow decides; it always raises it again
                step = partial(flow.throw, problem)
            else:
                step = partial(flow.send, got)
    finally:
        flow.close()


def _required(tasks: TaskPool | None) -> TaskPool:
    if tasks is None:
        raise TypeError("this flow begins others and needs run_with_tasks")
    return tasks


async def run_with_tasks(flow: Flow[T], pool: AsyncPool, clock: Clock) -> T:
    """Run a flow that starts others; they run concurrently, and end with it."""

    async def run(tasks: TaskPool) -> T | _Failed:
        # An exception leaving the group's block would be wrapped in an ExceptionGroup.
        try:
            return await run_async(flow, pool, clock, tasks)
        except (Exception, KeyboardInterrupt, SystemExit) as problem:  # noqa: BLE001  raised again below
            tasks.dismiss()
            return _Failed(problem)

    results: list[T | _Failed] = []
    put, take = anyio.create_memory_object_stream[Any](float("inf"))
    with put, take:
        async with anyio.create_task_group() as group:
            results.append(await run(TaskPool(group, pool, clock, put, take)))
    [result] = results
    if isinstance(result, _Failed):
        raise result.problem
    return result


class AsyncValues(AsyncGenerator[Any, None]):
    """Runs a flow in an event loop and yields the values that it emits.

    The flows that it starts end before it emits: `break` would leave a task group open, which anyio forbids.
    So nothing is left to cancel when this is dropped. It is not an async generator, which trio and asyncio
    would close in another task.
    """

    def __init__(self, flow: Flow[None], pool: AsyncPool, clock: Clock) -> None:
        self._flow, self._pool, self._clock = flow, pool, clock
        self._running = False

    async def asend(self, _: None, /) -> Any:  # noqa: ANN401  any value of the flow
        """Run up to the next value."""
        self._begin()
        try:
            emit = await run_with_tasks(next_value(self._flow), self._pool, self._clock)
        finally:
            self._running = False
        if emit is None:
            raise StopAsyncIteration
        emit.taken()
        return emit.value

    async def athrow(self, kind: Any, value: Any = None, _: Any = None, /) -> NoReturn:  # noqa: ANN401  as above
        """End the flow, and raise."""
        self._begin()
        try:
            self._flow.close()
        finally:
            self._running = False
        raise kind if value is None else value

    def _begin(self) -> None:
        if self._running:
            raise RuntimeError("two tasks iterate over the same batch")
        self._running = True


@attrs.frozen
class _Failed:
    """Carries an exception out of a task group."""

    problem: BaseException


class TaskPool:
    """Runs flows concurrently with the flow that started them."""

    def __init__(
        self,
        group: TaskGroup,
        pool: AsyncPool,
        clock: Clock,
        put: MemoryObjectSendStream[Any],
        take: MemoryObjectReceiveStream[Any],
    ) -> None:
        self._group, self._pool, self._clock = group, pool, clock
        self._put, self._take = put, take
        self._not_joined = 0

    def start(self, flow: Flow[Any]) -> None:
        """Start a flow."""
        self._not_joined += 1
        self._group.start_soon(self._run, flow)

    def dismiss(self) -> None:
        """Cancel every flow that is still running."""
        self._group.cancel_scope.cancel()

    async def _run(self, flow: Flow[Any]) -> None:
        try:
            result = await run_async(flow, self._pool, self._clock)
        except Exception as problem:  # noqa: BLE001  raised where the result is requested
            result = _Failed(problem)
        self._put.send_nowait(result)

    async def next_result(self) -> Any:  # noqa: ANN401  what the flow returns
        """Wait for any flow to end; return its value or raise its exception."""
        if not self._not_joined:
            raise TypeError("a flow joins what it began before it emits a value")  # or it would wait forever
        self._not_joined -= 1
        result = await self._take.receive()
        if isinstance(result, _Failed):
            raise result.problem
        return result


async def _read_items_async(effect: ReadItems) -> bool:
    if isinstance(effect.source, Iterator):
        return _read_items(effect)
    for _ in range(effect.count):
        try:
            effect.into.append(await anext(effect.source))
        except StopAsyncIteration:
            return True
    return False
