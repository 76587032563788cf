"""A number of seconds given to a call bounds all of it: tries, waits, and the turn of a status request."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from connect_sms import ConnectionFailed, NoResponse, RateLimited, ServerError, Timeout
from tests.support import NUMBER, TEXT, UMID, Caller, Script, answer, queued, state


def seconds(request: httpx.Request) -> Any:
    return request.extensions["timeout"]


def test_no_wait_outlasts_it(caller: Caller) -> None:
    script = Script(answer(429, headers={"retry-after": "5"}), queued)
    with pytest.raises(RateLimited):
        caller(caller.client(script).send(NUMBER, TEXT, timeout=4))
    assert (script.seen, caller.clock.slept) == (1, [])


def test_a_wait_that_fits_is_waited(caller: Caller) -> None:
    script = Script(answer(429, headers={"retry-after": "5"}), queued)
    caller(caller.client(script).send(NUMBER, TEXT, timeout=9))
    assert caller.clock.slept == [5]
    # What is left of it after the wait.
    assert seconds(script.requests[1])["read"] == 4


def test_the_tries_share_it(caller: Caller) -> None:
    script = Script(httpx.ConnectError("x"))
    with pytest.raises(ConnectionFailed):
        caller(caller.client(script).send(NUMBER, TEXT, timeout=1))
    assert script.seen == 2  # 0.5 s later; a third would begin 1.5 s later


@pytest.mark.parametrize("timeout", [None, Timeout(), Timeout(total=4)])
def test_a_timeout_of_steps_bounds_no_wait(caller: Caller, timeout: Timeout | None) -> None:
    script = Script(answer(429, headers={"retry-after": "5"}), queued)
    caller(caller.client(script).send(NUMBER, TEXT, timeout=timeout))
    assert caller.clock.slept == [5]


def test_the_turn_of_a_status_request_is_within_it(caller: Caller) -> None:
    script = Script(state("sent"))
    client = caller.client(script, status_interval=10)
    caller(client.status(UMID))
    with pytest.raises(NoResponse, match="no turn"):
        caller(client.status(UMID, timeout=3))
    assert script.seen == 1


def test_a_status_request_is_not_repeated_beyond_it(caller: Caller) -> None:
    script = Script(answer(503))
    with pytest.raises(ServerError):
        caller(caller.client(script, status_interval=0.1).status(UMID, timeout=1))
    assert script.seen == 2


def test_each_try_has_the_number_given_to_the_client(caller: Caller) -> None:
    script = Script(answer(503))
    with pytest.raises(ServerError):
        caller(caller.client(script, timeout=1, status_interval=0.1).status(UMID))
    assert script.seen == 3


def test_what_is_left_bounds_each_step() -> None:
    assert Timeout(5, 30).within(2) == Timeout(2, 2, 2)
    assert Timeout(5, 30, 1).within(2) == Timeout(2, 2, 1)
    assert Timeout(5, 30).within(-1) == Timeout(0.1, 0.1, 0.1)
