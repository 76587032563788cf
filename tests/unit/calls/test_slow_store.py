"""A store that takes as long to record a send as the caller allowed for all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from connect_sms import ManualClock, StoreUnavailable
from tests.support import NUMBER, TEXT, Caller, Script, queued
from tests.support.message_store import Store

if TYPE_CHECKING:
    from datetime import datetime


class SlowStore(Store):
    """A store that needs 2 s to record a send."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__()
        self._clock = clock

    def hand_over(self, messages: Any, /, *, deadline: datetime) -> None:
        """Record it, late."""
        super().hand_over(messages, deadline=deadline)
        self._clock.sleep(2)


def test_nothing_is_sent_after_its_time(caller: Caller) -> None:
    clock, script = ManualClock(), Script(queued)
    store = SlowStore(clock)
    client = caller.client(script, receipts=store, clock=clock)
    with pytest.raises(StoreUnavailable, match="took all the time it had; nothing was sent") as caught:
        caller(client.send(NUMBER, TEXT, timeout=1))
    assert not caught.value.may_have_been_sent
    assert (script.seen, store.standing, len(store.handed_over)) == (0, [], 1)


def test_with_time_left_it_is_sent(caller: Caller) -> None:
    clock, script = ManualClock(), Script(queued)
    caller(caller.client(script, receipts=SlowStore(clock), clock=clock).send(NUMBER, TEXT, timeout=3))
    assert script.seen == 1


def test_who_sends_without_a_store_sends_late(caller: Caller) -> None:
    clock, script = ManualClock(), Script(queued)
    client = caller.client(script, receipts=SlowStore(clock), clock=clock, send_without_store=True)
    caller(client.send(NUMBER, TEXT, timeout=1))
    assert script.seen == 1
