"""When a batch stops half-way, and what is then known of each recipient."""

from __future__ import annotations

import asyncio
import gc
import sys
from typing import TYPE_CHECKING, Any

import anyio
import httpx
import pytest

from connect_sms import (
    AsyncSmsClient,
    AuthenticationFailed,
    BadRequest,
    BatchInterrupted,
    BatchProgress,
    BatchResult,
    ConfigurationError,
    ConnectionFailed,
    InvalidBatch,
    NotFound,
    OutcomeUnknown,
    PermissionDenied,
    RateLimited,
    RequestBlocked,
)
from tests.support import TEXT, answer
from tests.unit.batch.sender import Sender
from tests.unit.batch.server import ONE_BY_ONE, TWO_BY_TWO, Server, accept, indexes, number, numbers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from types import FrameType


class Last:
    """A progress callback that keeps what it was told last."""

    def __init__(self) -> None:
        self.calls: list[BatchProgress] = []

    def __call__(self, progress: BatchProgress) -> None:
        self.calls.append(progress)

    @property
    def result(self) -> BatchResult:
        """The whole result, told once, with the last call."""
        *before, last = self.calls
        assert last.ended
        assert last.result is not None
        assert not any(call.ended or call.result for call in before)
        return last.result


@pytest.mark.parametrize("let_through", [0, 1])
def test_what_a_check_before_the_write_refuses_was_not_sent(sender: Sender, let_through: int) -> None:
    server, last, passed = Server(), Last(), list[object]()

    def check(request: object) -> None:
        if len(passed) >= let_through:
            raise RuntimeError
        passed.append(request)

    def send(sms: Any) -> Any:
        sms._context.before_write = check
        return sms.send_batch(numbers(6), TEXT, progress=last)

    with pytest.raises(BatchInterrupted if let_through else RequestBlocked):
        sender.run(server, send, **TWO_BY_TWO)
    assert indexes(last.result.accepted) == [0, 1][: 2 * let_through]
    assert indexes(last.result.not_sent) == [0, 1, 2, 3, 4, 5][2 * let_through :]
    assert len(server.documents) == let_through


REFUSALS = {
    400: BadRequest, 401: AuthenticationFailed, 403: PermissionDenied, 404: NotFound, 422: BadRequest,
    429: RateLimited,
}  # fmt: skip


@pytest.mark.parametrize("status", REFUSALS)
def test_a_refusal_of_the_first_request_is_the_error_itself(sender: Sender, status: int) -> None:
    server, last = Server(*[answer(status)] * 9), Last()
    with pytest.raises(REFUSALS[status]) as caught:
        sender(server, numbers(4), client=TWO_BY_TWO, progress=last)
    assert not caught.value.may_have_been_sent
    assert indexes(last.result.not_sent) == [0, 1, 2, 3]
    assert set(server.seen) == {number(0), number(1)}, "the second request was not made"


def test_no_connection_for_the_first_request_is_the_error_itself(sender: Sender) -> None:
    server = Server(*[httpx.ConnectError("refused")] * 3)
    with pytest.raises(ConnectionFailed):
        sender(server, numbers(4), client=TWO_BY_TWO)
    assert server.sizes == [2, 2, 2], "the first request alone, three times"


@pytest.mark.parametrize("status", REFUSALS)
def test_a_later_refusal_stops_the_batch_and_everything_is_told(sender: Sender, status: int) -> None:
    server, last = Server(accept, *[answer(status)] * 9), Last()
    with pytest.raises(BatchInterrupted, match="half-way") as caught:
        sender(server, numbers(6), client=TWO_BY_TWO, progress=last)
    result = caught.value.result
    assert isinstance(caught.value.__cause__, REFUSALS[status])
    assert caught.value.may_have_been_sent
    assert (indexes(result.accepted), indexes(result.not_sent)) == ([0, 1], [2, 3, 4, 5])
    assert "its request failed" in (result.not_sent[0].reason or "")
    assert result.not_sent[3].reason == "the batch stopped before its request was made"
    assert last.result is result
    assert number(4) not in server.seen


def test_a_busy_server_is_waited_for_and_nobody_is_lost(sender: Sender) -> None:
    server = Server(accept, answer(429, headers={"retry-after": "7"}), httpx.ConnectTimeout("slow"))
    result = sender(server, numbers(4), client=TWO_BY_TWO)
    assert indexes(result.accepted) == [0, 1, 2, 3]
    assert sender.clock.slept[0] == 7
    assert server.sizes == [2, 2, 2, 2]


UNKNOWN: list[Any] = [
    answer(500), answer(503), answer(302), answer(408), httpx.ReadTimeout("silence"),
    httpx.ReadError("reset"), httpx.RemoteProtocolError("cut off"),
    httpx.Response(200, content=b'{"messages": ['), answer(200, {}),
]  # fmt: skip


@pytest.mark.parametrize("reply", UNKNOWN, ids=str)
def test_an_unknown_outcome_is_never_repeated_and_the_others_go_on(sender: Sender, reply: Any) -> None:
    server = Server(accept, reply)
    result = sender(server, numbers(6), client=TWO_BY_TWO)
    assert (indexes(result.accepted), indexes(result.unknown)) == ([0, 1, 4, 5], [2, 3])
    assert set(server.seen.values()) == {1}
    assert not result.ok


@pytest.mark.parametrize("reply", UNKNOWN, ids=str)
def test_three_unknown_outcomes_in_a_row_stop_the_batch(sender: Sender, reply: Any) -> None:
    server = Server(*[reply] * 9)
    with pytest.raises(BatchInterrupted) as caught:
        sender(server, numbers(9), client=ONE_BY_ONE)
    result = caught.value.result
    assert isinstance(caught.value.__cause__, OutcomeUnknown)
    assert (indexes(result.unknown), indexes(result.not_sent)) == ([0, 1, 2], [3, 4, 5, 6, 7, 8])
    assert set(server.seen.values()) == {1}


def test_two_unknown_outcomes_in_a_row_do_not(sender: Sender) -> None:
    bad = answer(500)
    server = Server(bad, bad, accept, bad, bad, accept)
    result = sender(server, numbers(6), client=ONE_BY_ONE)
    assert (indexes(result.accepted), indexes(result.unknown)) == ([2, 5], [0, 1, 3, 4])


def test_a_refusal_beside_other_requests_waits_for_their_answers(async_sender: Sender) -> None:
    async def server(request: httpx.Request) -> httpx.Response:
        document = Server()
        if number(0).encode() in request.content:
            return answer(403)
        await anyio.sleep(0.01)
        return document(request)

    with pytest.raises(BatchInterrupted) as caught:
        async_sender(server, numbers(9), client={"batch_size": 1, "batch_concurrency": 3})
    result = caught.value.result
    assert {0} <= set(indexes(result.not_sent))
    assert indexes(result.accepted) == [1, 2]
    assert isinstance(caught.value.__cause__, PermissionDenied)


# The caller's own iterator


class Broken(Exception):
    """Raised by an iterator of the caller's."""


def _breaking(count: int, error: BaseException) -> Iterator[str]:
    yield from numbers(count)
    raise error


async def _breaking_async(count: int, error: BaseException) -> AsyncIterator[str]:
    for one in numbers(count):
        yield one
    raise error


def _all_breaking(sender: Sender, count: int, error: BaseException) -> list[Any]:
    sources: list[Any] = [_breaking(count, error)]
    return [*sources, _breaking_async(count, error)] if sender.is_async else sources


def test_an_iterator_that_raises_half_way_stops_the_batch(sender: Sender) -> None:
    error = Broken("row 5")
    for source in _all_breaking(sender, 5, error):
        with pytest.raises(BatchInterrupted) as caught:
            sender(Server(), source, client=TWO_BY_TWO)
        result = caught.value.result
        assert caught.value.__cause__ is error
        assert (indexes(result.accepted), indexes(result.not_sent)) == ([0, 1, 2, 3], [4])
        assert "row 5" not in str(caught.value)


def test_an_iterator_that_raises_before_anything_was_sent_is_heard_as_it_is(sender: Sender) -> None:
    error = Broken("row 1")
    for source in _all_breaking(sender, 1, error):
        server, last = Server(), Last()
        with pytest.raises(Broken) as caught:
            sender(server, source, client=TWO_BY_TWO, progress=last)
        assert caught.value is error
        assert indexes(last.result.not_sent) == [0]
        assert server.documents == []


def test_a_wrong_recipient_late_in_an_iterator_stops_the_batch(sender: Sender) -> None:
    with pytest.raises(BatchInterrupted) as caught:
        sender(Server(), iter([*numbers(3), "wrong", number(4)]), client=TWO_BY_TWO)
    result = caught.value.result
    assert isinstance(caught.value.__cause__, InvalidBatch)
    assert f"half-way: InvalidBatch ({caught.value.__cause__}); 2 accepted" in str(caught.value)
    assert "message 3 of the batch: destination has a letter" in str(caught.value)
    assert [problem.index for problem in caught.value.__cause__.problems] == [3]
    assert (indexes(result.accepted), indexes(result.rejected)) == ([0, 1], [3])
    assert set(indexes(result.not_sent)) <= {2, 4}
    assert 2 in indexes(result.not_sent)


def test_a_mapping_that_raises_when_looked_at_loses_nobody(sender: Sender) -> None:
    class Odd(dict[str, Any]):
        def get(self, name: str, default: Any = None) -> Any:
            raise Broken

    last = Last()
    with pytest.raises(Broken):
        sender(Server(), [number(0), Odd(destination=number(1)), number(2)], progress=last)
    assert indexes(last.result.not_sent) == [0, 1]


# Ctrl-C and cancellation


def test_ctrl_c_on_the_wire_leaves_that_request_unknown() -> None:
    server, last = Server(accept, KeyboardInterrupt()), Last()
    with pytest.raises(KeyboardInterrupt) as caught:
        Sender("sync")(server, numbers(6), client=TWO_BY_TWO, progress=last)
    result = last.result
    assert (indexes(result.accepted), indexes(result.unknown)) == ([0, 1], [2, 3])
    assert indexes(result.not_sent) == [4, 5]
    assert any("may have been sent" in note for note in caught.value.__notes__)


def test_ctrl_c_while_waiting_for_another_try_leaves_nothing_unknown() -> None:
    sender, last = Sender("sync"), Last()

    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    sender.clock.sleep = interrupt  # type: ignore[method-assign, assignment]
    with pytest.raises(KeyboardInterrupt):
        sender(Server(accept, answer(429)), numbers(6), client=TWO_BY_TWO, progress=last)
    result = last.result
    assert (indexes(result.accepted), indexes(result.unknown)) == ([0, 1], [])
    assert indexes(result.not_sent) == [2, 3, 4, 5]


def test_ctrl_c_in_the_callers_iterator_loses_nobody() -> None:
    last = Last()
    with pytest.raises(KeyboardInterrupt):
        Sender("sync")(Server(), _breaking(5, KeyboardInterrupt()), client={"batch_size": 3}, progress=last)
    assert (indexes(last.result.accepted), indexes(last.result.not_sent)) == ([0, 1, 2], [3, 4])
    assert [row.destination for row in last.result.not_sent] == [number(3), number(4)]


def test_ctrl_c_in_a_progress_callback_loses_nobody() -> None:
    calls: list[BatchProgress] = []

    def progress(told: BatchProgress) -> None:
        calls.append(told)
        if len(calls) == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Sender("sync")(Server(), numbers(6), client=TWO_BY_TWO, progress=progress)
    result = calls[-1].result
    assert result is not None
    assert (indexes(result.accepted), indexes(result.not_sent)) == ([0, 1], [2, 3, 4, 5])


#: Where the sweep below does not interrupt: what closes the tracker, once for all, and a place between a
#: `for` and its `yield`, where the interpreter never looks for signals (it does on calls and on jumps back).
SPARED = frozenset(
    {"until_end", "close", "result", "final_progress", "report_end", "_progress", "_sum", "_watch"}
)


SWEPT = ("_batch/", "_transport/effects")


class Interrupter:
    """A trace function that raises KeyboardInterrupt at the n-th line run in the batch's modules."""

    def __init__(self, line: int) -> None:
        self.left = line

    def __call__(self, frame: FrameType, event: str, _: Any) -> Any:
        code = frame.f_code
        if not code.co_filename.replace("\\", "/").rpartition("/connect_sms/")[2].startswith(SWEPT):
            return None
        if event == "line" and SPARED.isdisjoint(code.co_qualname.split(".")):
            self.left -= 1
            if self.left == 0:
                raise KeyboardInterrupt
        return self


def test_ctrl_c_at_any_line_loses_nobody_and_doubles_nobody(request: pytest.FixtureRequest) -> None:
    given = [*numbers(3), "wrong", number(4)]
    interrupted = 0
    request.addfinalizer(gc.unfreeze)
    gc.freeze()  # nothing that was there before is looked through again and again
    for line in range(1, 5000):
        server, last, taken = Server(), Last(), list[Any]()

        def recipients(into: list[Any] = taken) -> Iterator[Any]:
            for one in given:
                into.append(one)
                yield one

        gc.collect()  # or what is left of the run before would be what is interrupted
        before, interrupter = sys.gettrace(), Interrupter(line)
        sys.settrace(interrupter)
        try:
            Sender("sync")(server, recipients(), client=TWO_BY_TWO, on_invalid="reject", progress=last)
        except KeyboardInterrupt:
            interrupted += 1
        finally:
            sys.settrace(before)
        if interrupter.left > 0:
            break
        if not last.calls:
            assert not taken, "interrupted before it began"
            continue
        result = last.result
        assert indexes(result) == list(range(len(taken)))
        assert all(server.seen[row.destination] == 1 for row in result.accepted)
        assert all(server.seen[row.destination] <= 1 for row in result.unknown)
        assert all(server.seen[row.destination] == 0 for row in result.not_sent)
    assert interrupted > 300


def _cancelled(sender: Sender, handle: Any, messages: Any, last: Last, **settings: Any) -> bool:
    """Send a batch to a server that is given the scope to cancel; true when it was cancelled."""
    scope: anyio.CancelScope

    async def server(request: httpx.Request) -> httpx.Response:
        reply: httpx.Response = await handle(scope, request)
        return reply

    async def send(sms: AsyncSmsClient) -> bool:
        nonlocal scope
        with anyio.CancelScope() as scope:
            await sms.send_batch(messages, TEXT, progress=last)
        return scope.cancelled_caught

    return bool(sender.run(server, send, **settings))


def _cancelling(sender: Sender, when: int, last: Last, **settings: Any) -> Server:
    """Send 6 messages two by two, and cancel from inside the n-th request, while it is on the wire."""
    server = Server()

    async def handle(scope: anyio.CancelScope, request: httpx.Request) -> httpx.Response:
        reply = server(request)
        if len(server.documents) == when:
            scope.cancel()
            await anyio.sleep_forever()
        return reply

    assert _cancelled(sender, handle, numbers(6), last, **settings)
    return server


def test_a_cancelled_task_tells_what_is_known(async_sender: Sender) -> None:
    last = Last()
    server = _cancelling(async_sender, 2, last, **TWO_BY_TWO)
    result = last.result
    assert (indexes(result.accepted), indexes(result.unknown)) == ([0, 1], [2, 3])
    assert indexes(result.not_sent) == [4, 5]
    assert set(server.seen) == set(numbers(4))


@pytest.mark.parametrize("when", [1, 2, 3])
def test_a_cancelled_task_with_many_requests_in_flight_loses_nobody(async_sender: Sender, when: int) -> None:
    last = Last()
    server = _cancelling(async_sender, when, last, batch_size=2, batch_concurrency=3)
    assert indexes(last.result) == list(range(6))
    assert {row.destination for row in last.result.not_sent}.isdisjoint(server.seen)


def test_a_request_given_up_while_it_waits_never_goes_out_after_all(async_sender: Sender) -> None:
    last, server, waiting = Last(), Server(answer(429), answer(429), answer(429)), 0

    async def main(sms: AsyncSmsClient) -> None:
        all_wait = anyio.Event()
        with anyio.CancelScope() as scope:

            async def asleep(_: float) -> None:
                nonlocal waiting
                waiting += 1
                if waiting == 3:
                    scope.cancel()
                    all_wait.set()
                # Runs on after the cancellation, as a task may that was about to.
                with anyio.CancelScope(shield=True):
                    await all_wait.wait()
                    await anyio.sleep(0.01)

            async_sender.clock.asleep = asleep  # type: ignore[method-assign, assignment]
            await sms.send_batch(numbers(6), TEXT, progress=last)

    async_sender.run(server, main, batch_size=1, batch_concurrency=3)
    assert indexes(last.result.not_sent) == [0, 1, 2, 3, 4, 5]
    assert server.sizes == [1, 1, 1]


def test_an_answer_that_comes_after_the_end_changes_nothing_that_was_told(async_sender: Sender) -> None:
    async def handle(scope: anyio.CancelScope, request: httpx.Request) -> httpx.Response:
        scope.cancel()
        with anyio.CancelScope(shield=True):
            await anyio.sleep(0.01)
        return Server()(request)

    last = Last()
    _cancelled(async_sender, handle, numbers(2), last)
    told = last.result
    assert (indexes(told.unknown), told.accepted) == ([0, 1], ())


def test_asyncio_sees_its_own_cancelled_error() -> None:
    started = asyncio.Event()

    async def handle(_: httpx.Request) -> httpx.Response:
        started.set()
        await anyio.sleep_forever()
        raise AssertionError

    async def main(sms: AsyncSmsClient) -> None:
        task = asyncio.ensure_future(sms.send_batch(numbers(2), TEXT))
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    Sender("asyncio").run(handle, main)


def test_a_closed_client_sends_nothing_and_says_so(sender: Sender) -> None:
    server = Server()

    def closed(sms: Any) -> Any:
        if not sender.is_async:
            sms.close()
            return sms.send_batch(numbers(2), TEXT)

        async def call() -> Any:
            await sms.aclose()
            return await sms.send_batch(numbers(2), TEXT)

        return call()

    with pytest.raises(ConfigurationError, match="closed"):
        sender.run(server, closed)
    assert server.documents == []


def test_a_mistake_in_a_clock_is_not_hidden(sender: Sender) -> None:
    last = Last()

    class Wrong(Exception):
        pass

    def wrong(*_: Any) -> Any:
        raise Wrong

    sender.clock.sleep = sender.clock.asleep = wrong  # type: ignore[method-assign, assignment]
    with pytest.raises(Wrong):
        sender(Server(accept, answer(429)), numbers(4), client=TWO_BY_TWO, progress=last)
    assert (indexes(last.result.accepted), indexes(last.result.not_sent)) == ([0, 1], [2, 3])
