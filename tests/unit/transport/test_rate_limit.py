"""One status request a second for a sub-account, whoever in this process asks."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import httpx
from hypothesis import given
from hypothesis import strategies as st

from connect_sms import AsyncSmsClient, ManualClock, SmsClient
from connect_sms._transport.rate_limit import RateLimiter, shared_rate_limiter
from tests.support import KEY, NUMBER, TEXT, UMID, Caller, Script, queued, state

URL = "https://sms.example.com"


class StillClock(ManualClock):
    """Time stands still also while others sleep, as it nearly does for callers at the same moment."""

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["reserve", "hold", "wait"]),
            st.floats(0.01, 20),
            st.one_of(st.none(), st.floats(-1, 50)),
        ),
        max_size=60,
    ),
    st.floats(0.01, 5),
)
def test_no_two_reservations_are_closer_than_the_interval(
    steps: list[tuple[str, float, float | None]], interval: float
) -> None:
    clock = ManualClock()
    rate_limiter = RateLimiter()
    taken: list[float] = []
    held_until = float("-inf")
    for what, seconds, until in steps:
        now = clock.monotonic()
        if what == "wait":
            clock.advance(seconds)
        elif what == "hold":
            rate_limiter.hold(now + seconds)
            held_until = max(held_until, now + seconds)
        else:
            deadline = None if until is None else now + until
            pause = rate_limiter.reserve(now, interval, deadline)
            if pause is not None:
                assert pause >= 0
                assert deadline is None or now + pause <= deadline + 1e-9
                assert now + pause >= held_until - 1e-9
                taken.append(now + pause)
    assert taken == sorted(taken)
    assert all(after - before >= interval - 1e-9 for before, after in pairwise(taken))


def test_a_moment_after_the_deadline_is_left_for_others() -> None:
    rate_limiter = RateLimiter()
    assert rate_limiter.reserve(0.0, 1.0) == 0
    assert rate_limiter.reserve(0.0, 1.0, deadline=0.5) is None
    assert rate_limiter.reserve(0.0, 1.0, deadline=1.0) == 1.0


def test_a_pause_is_never_shortened() -> None:
    rate_limiter = RateLimiter()
    rate_limiter.hold(30)
    rate_limiter.hold(5)
    assert rate_limiter.reserve(0.0, 1.0) == 30


def test_threads_get_moments_of_their_own() -> None:
    rate_limiter = RateLimiter()
    with ThreadPoolExecutor(16) as threads:
        pauses = list(threads.map(lambda _: rate_limiter.reserve(0.0, 1.0), range(500)))
    assert sorted(pause for pause in pauses if pause is not None) == list(range(500))


class TestShared:
    """Who shares one, and who does not."""

    def test_the_same_sub_account_of_the_same_service_by_the_same_clock(self) -> None:
        clock = ManualClock()
        assert shared_rate_limiter(clock, URL, "a-1") is shared_rate_limiter(clock, URL, "a-1")
        assert shared_rate_limiter(clock, URL, "a-1") is not shared_rate_limiter(clock, URL, "a-2")
        assert shared_rate_limiter(clock, URL, "a-1") is not shared_rate_limiter(clock, URL + "/v2", "a-1")
        assert shared_rate_limiter(clock, URL, "a-1") is not shared_rate_limiter(ManualClock(), URL, "a-1")

    def test_clients_of_both_kinds(self) -> None:
        made: dict[str, Any] = {"api_key": KEY, "sub_account_id": "Shared_One"}
        first, second = SmsClient(**made), SmsClient(**made)
        third = AsyncSmsClient(**made)
        other = first.with_options(sub_account_id="Shared_Two")
        same = first.with_options(sender="ACME")
        limiters = [client._context.rate_limiter for client in (first, second, third, same, other)]
        assert len({id(rate_limiter) for rate_limiter in limiters[:4]}) == 1
        assert limiters[4] is not limiters[0]

    def test_it_goes_with_its_clock(self) -> None:
        clock = ManualClock()
        clock_gone = weakref.ref(clock)
        limiter_gone = weakref.ref(shared_rate_limiter(clock, URL, "a-1"))
        del clock
        gc.collect()
        assert clock_gone() is None
        assert limiter_gone() is None


class TestCallers:
    """Whoever asks, the server sees one request a second."""

    def test_threads(self) -> None:
        clock = StillClock()
        script = Script(state("sent"))
        client = Caller("sync").client(script, clock=clock)
        threads = [threading.Thread(target=client.status, args=(UMID,)) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(clock.slept) == list(range(1, 20))
        assert script.seen == 20

    def test_tasks(self) -> None:
        clock = StillClock()
        script = Script(state("sent"))

        async def main() -> None:
            async with Caller("async").client(script, clock=clock) as client:
                await asyncio.gather(*(client.status(UMID) for _ in range(20)))

        asyncio.run(main())
        assert sorted(clock.slept) == list(range(1, 20))

    def test_a_send_waits_for_nobody(self, caller: Caller) -> None:
        client = caller.client(Script(queued))
        for _ in range(5):
            caller(client.send(NUMBER, TEXT))
        assert caller.clock.slept == []

    def test_the_tries_of_one_read_are_spaced_too(self, caller: Caller) -> None:
        came: list[float] = []

        def busy(request: httpx.Request) -> httpx.Response:
            came.append(caller.clock.monotonic())
            return httpx.Response(503 if len(came) < 3 else 200, json={"status": {"state": "sent"}})

        caller(caller.client(Script(busy)).status(UMID))
        assert came == [0, 1, 2]
