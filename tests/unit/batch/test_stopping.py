"""When a batch stops half-way, and what is then known of each recipient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anyio
import httpx
import pytest

from connect_sms import (
    AuthenticationFailed,
    BadRequest,
    BatchInterrupted,
    ConfigurationError,
    ConnectionFailed,
    NotFound,
    OutcomeUnknown,
    PermissionDenied,
    RateLimited,
    RequestBlocked,
)
from tests.support import TEXT, answer
from tests.unit.batch.last import Last
from tests.unit.batch.server import ONE_BY_ONE, TWO_BY_TWO, Server, accept, indexes, number, numbers

if TYPE_CHECKING:
    from tests.unit.batch.sender import Sender


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
