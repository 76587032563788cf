"""How long the store of receipts is waited for: no longer than the caller waits for all of it, and once."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from connect_sms import ApiError, ManualClock, StoreUnavailable, WaitTimeout
from tests.support import NUMBER, TEXT, UMID, Caller, Script, answer, queued, state
from tests.support.message_store import Store

if TYPE_CHECKING:
    from datetime import datetime

    import httpx

LEAST = 0.1
LOCKED = StoreUnavailable(reason="it is locked")


class SlowStore(Store):
    """A store that needs 2 s to record a send, whatever it is told."""

    def __init__(self, clock: ManualClock, **options: Any) -> None:
        super().__init__(**options)
        self._clock = clock

    def hand_over(self, messages: Any, /, *, deadline: datetime, timeout: float | None) -> None:
        """Record it, late."""
        self._clock.sleep(2)
        super().hand_over(messages, deadline=deadline, timeout=timeout)


class TestSend:
    """The time of a send."""

    def test_nothing_is_sent_after_its_time(self, caller: Caller) -> None:
        clock, script = ManualClock(), Script(queued)
        store = SlowStore(clock)
        client = caller.client(script, receipts=store, clock=clock)
        with pytest.raises(StoreUnavailable, match="took all the time it had; nothing was sent") as caught:
            caller(client.send(NUMBER, TEXT, timeout=1))
        assert not caught.value.may_have_been_sent
        assert (script.seen, store.standing, len(store.handed_over)) == (0, [], 1)

    def test_the_store_may_take_what_is_left_of_it(self, caller: Caller) -> None:
        clock, script = ManualClock(), Script(queued)
        store = SlowStore(clock)
        caller(caller.client(script, receipts=store, clock=clock).send(NUMBER, TEXT, timeout=3))
        assert script.seen == 1
        assert store.timeouts == [3, 1]

    def test_without_a_time_the_store_decides(self, caller: Caller) -> None:
        store = Store()
        caller(caller.client(Script(queued), receipts=store, timeout=2).send(NUMBER, TEXT))
        assert store.timeouts == [None, None]

    @pytest.mark.parametrize("status", [200, 400])
    def test_what_came_of_it_is_recorded_though_no_time_is_left(self, caller: Caller, status: int) -> None:
        clock, store = ManualClock(), Store()

        def late(request: httpx.Request) -> httpx.Response:
            clock.sleep(5)
            return queued(request) if status == 200 else answer(status)

        with suppress(ApiError):
            caller(caller.client(Script(late), receipts=store, clock=clock).send(NUMBER, TEXT, timeout=3))
        assert (len(store.sent), len(store.withdrawn)) == ((1, 0) if status == 200 else (0, 1))
        assert store.timeouts == [3, LEAST]

    def test_an_accepted_send_stays_accepted_when_that_takes_too_long(self, caller: Caller) -> None:
        store = Store(trouble=LOCKED, failing=("record_sent",))
        assert caller(caller.client(Script(queued), receipts=store).send(NUMBER, TEXT, timeout=3)).umid


class TestWithoutARecord:
    """`send_without_store`: the store is tried, and does not take the time of the send."""

    def test_it_goes_out_late(self, caller: Caller) -> None:
        clock, script = ManualClock(), Script(queued)
        client = caller.client(script, receipts=SlowStore(clock), clock=clock, send_without_store=True)
        caller(client.send(NUMBER, TEXT, timeout=1))
        assert script.seen == 1

    def test_half_the_time_is_for_the_send(self, caller: Caller) -> None:
        store, script = Store(trouble=LOCKED), Script(queued)
        client = caller.client(script, receipts=store, send_without_store=True)
        assert caller(client.send(NUMBER, TEXT, timeout=4)).umid == UMID
        assert store.timeouts == [2, LEAST]

    def test_a_lock_is_waited_for_once(self, caller: Caller) -> None:
        store = Store(trouble=LOCKED)
        client = caller.client(Script(queued), receipts=store, send_without_store=True)
        caller(client.send(NUMBER, TEXT))
        assert store.timeouts == [None, LEAST]

    def test_nor_is_it_in_the_wait_that_follows(self, caller: Caller) -> None:
        store = Store(trouble=LOCKED)
        client = caller.client(Script(queued, state("delivered")), receipts=store, send_without_store=True)
        assert caller(client.send_and_confirm(NUMBER, TEXT)).delivered
        assert store.timeouts[0] is None
        assert set(store.timeouts[1:]) == {LEAST}


class TestReads:
    """Status requests, and the wait for an outcome."""

    def test_the_turn_of_a_status_request_is_within_the_time(self, caller: Caller) -> None:
        store = Store()
        caller(caller.client(Script(state("sent")), receipts=store).status(UMID, timeout=3))
        assert store.timeouts == [3]

    def test_all_that_a_wait_asks_is_within_its_time(self, caller: Caller) -> None:
        store = Store()
        with pytest.raises(WaitTimeout):
            caller(caller.client(Script(state("sent")), receipts=store).wait(UMID, timeout=20))
        left = [timeout for timeout in store.timeouts if timeout is not None]
        assert len(left) == len(store.timeouts)
        assert left == sorted(left, reverse=True)
        assert (left[0], left[-1] < 1) == (20, True)

    def test_a_closed_store_is_told_of_once(self, caller: Caller, caplog: pytest.LogCaptureFixture) -> None:
        store = Store(trouble=StoreUnavailable(reason="it was closed"))
        with pytest.raises(WaitTimeout):
            caller(caller.client(Script(state("sent")), receipts=store).wait(UMID, timeout=20))
        assert len(store.timeouts) > 20
        assert caplog.text.count("it was closed") == 1
