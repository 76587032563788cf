"""A message store beside a client: told of each message, asked before 8x8 is, and never in the way."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from connect_sms import (
    ConfigurationError,
    ConnectSmsError,
    MessageRejected,
    MessageStatus,
    Outcome,
    OutcomeUnknown,
    StoreUnavailable,
    WaitTimeout,
)
from tests.support import (
    NUMBER,
    SUB_ACCOUNT,
    TEXT,
    UMID,
    Caller,
    OtherObject,
    Script,
    answer,
    queued,
    rejected,
    state,
)
from tests.support.message_store import Store

OWN_ID = "order-1"


class AwaitedStore(Store):
    """One whose methods have to be awaited, which no client does."""

    async def hand_over(self, *_: Any, **__: Any) -> None: ...  # type: ignore[override]

    def __repr__(self) -> str:
        return "AwaitedStore"


def noted(caller: Caller, word: str) -> MessageStatus:
    """A status such as a receipt gives."""
    status: MessageStatus = caller(
        caller.client(Script(state(word)), sub_account_id="Elsewhere").status(UMID)
    )
    return status


class TestNotes:
    """What is written down of a send."""

    @pytest.mark.parametrize(
        ("reply", "outcome", "umid", "reason"),
        [
            (queued, Outcome.QUEUED, UMID, None),
            (rejected("Too late"), Outcome.REJECTED, UMID, "Too late"),
            (httpx.ReadTimeout("x"), Outcome.UNKNOWN, None, "ReadTimeout"),
            (answer(503), Outcome.UNKNOWN, None, "HTTP 503"),
        ],
        ids=["queued", "rejected", "lost", "503"],
    )
    def test_whatever_reached_8x8_or_may_have(
        self, caller: Caller, reply: Any, outcome: Outcome, umid: str | None, reason: str | None
    ) -> None:
        store = Store()
        client = caller.client(Script(reply), receipts=store)
        try:
            caller(client.send(NUMBER, TEXT, client_message_id=OWN_ID))
        except ConnectSmsError as error:
            assert isinstance(error, MessageRejected | OutcomeUnknown)  # noqa: PT017  either will do
        [sent] = store.sent
        assert (sent.outcome, sent.umid, sent.reason) == (outcome, umid, reason)
        assert (sent.client_message_id, sent.destination) == (OWN_ID, NUMBER)
        assert sent.sub_account_id == SUB_ACCOUNT
        assert (sent.parts, sent.sent_at) == (1, caller.clock.now())
        assert NUMBER not in repr(sent)

    @pytest.mark.parametrize("reply", [answer(400), answer(429), httpx.ConnectError("x")], ids=repr)
    def test_nothing_of_what_never_left(self, caller: Caller, reply: Any) -> None:
        store = Store()
        with pytest.raises(ConnectSmsError):
            caller(caller.client(Script(reply), receipts=store).send(NUMBER, TEXT))
        assert (store.sent, store.standing) == ([], [])


class TestTrouble:
    """A store that fails does not stop what needs no record."""

    TROUBLE = (StoreUnavailable(reason="the disk is full"), RuntimeError(NUMBER), OSError(NUMBER))

    @pytest.mark.parametrize("trouble", TROUBLE, ids=lambda trouble: type(trouble).__name__)
    def test_a_status_is_asked_for_all_the_same(self, caller: Caller, trouble: Exception) -> None:
        client = caller.client(Script(state("delivered")), receipts=Store(trouble=trouble))
        assert caller(client.status(UMID)).delivered
        assert caller(client.wait(UMID)).delivered

    @pytest.mark.parametrize("store", [5, "receipts.db", OtherObject(), AwaitedStore()], ids=repr)
    def test_what_is_no_store_is_refused(self, caller: Caller, store: Any) -> None:
        with pytest.raises(ConfigurationError, match="receipts must be a store"):
            caller.client(receipts=store)


class TestWaiting:
    """Receipts first, 8x8 when they are late."""

    def test_a_receipt_ends_it_without_a_request(self, caller: Caller) -> None:
        script = Script(state("queued"))
        store = Store(None, noted(caller, "sent"), noted(caller, "delivered"))
        begun = caller.clock.monotonic()
        assert caller(caller.client(script, receipts=store).wait(UMID)).delivered
        assert script.seen == 0
        assert caller.clock.monotonic() - begun < 1

    def test_8x8_is_asked_when_receipts_are_late_and_its_answer_is_noted(self, caller: Caller) -> None:
        script = Script(state("delivered"))
        store = Store()
        assert caller(caller.client(script, receipts=store).wait(UMID)).delivered
        assert script.seen == 1
        assert [status.state for status in store.statuses] == ["delivered"]
        assert caller.clock.monotonic() == pytest.approx(5, abs=0.2)

    @pytest.mark.parametrize("timeout", [0.01, 1, 4.9, 5.1, 60])
    def test_the_deadline_holds(self, caller: Caller, timeout: float) -> None:
        with pytest.raises(WaitTimeout):
            caller(caller.client(Script(state("sent")), receipts=Store()).wait(UMID, timeout=timeout))
        assert caller.clock.monotonic() <= timeout

    def test_the_limit_shared_through_the_store_is_kept(self, caller: Caller) -> None:
        client = caller.client(Script(state("sent")), receipts=Store(slot=7.5))
        caller(client.status(UMID))
        assert caller.clock.slept == [7.5]

    def test_a_turn_that_comes_too_late_is_not_waited_for(self, caller: Caller) -> None:
        script = Script(state("sent"))
        with pytest.raises(WaitTimeout, match="its state could not be read"):
            caller(caller.client(script, receipts=Store(slot=100)).wait(UMID, timeout=30))
        assert script.seen == 0
        assert caller.clock.monotonic() <= 30

    def test_a_send_is_confirmed_by_its_receipt(self, caller: Caller) -> None:
        script, store = Script(queued), Store(noted(caller, "delivered"))
        assert caller(caller.client(script, receipts=store).send_and_confirm(NUMBER, TEXT)).delivered
        assert script.seen == 1
