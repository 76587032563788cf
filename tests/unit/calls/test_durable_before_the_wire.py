"""A message is recorded before its first byte leaves, and settled after its answer."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from connect_sms import (
    ConfigurationError,
    ConnectSmsError,
    InvalidArgument,
    MessageRejected,
    Outcome,
    OutcomeUnknown,
    Retries,
    StoreUnavailable,
    Timeout,
)
from connect_sms._api.eight_by_eight import context_of
from connect_sms.config import make_settings
from tests.support import (
    KEY,
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
)
from tests.support.message_store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

OWN_ID = "order-1"
FULL = StoreUnavailable(reason="the disk is full")
TROUBLE = (FULL, RuntimeError(NUMBER), OSError(NUMBER), ConfigurationError("open another store"))
each_trouble = pytest.mark.parametrize("trouble", TROUBLE, ids=lambda trouble: type(trouble).__name__)


def seeing(store: Store, reply: Callable[[httpx.Request], httpx.Response], seen: list[int]) -> Any:
    """A server that looks at the store when a request comes."""

    def look(request: httpx.Request) -> httpx.Response:
        seen.append(len(store.standing))
        return reply(request)

    return look


class TestBefore:
    """What the store is told before anything is sent."""

    def test_the_message_is_recorded_when_its_request_comes(self, caller: Caller) -> None:
        store, seen = Store(), list[int]()
        client = caller.client(Script(seeing(store, queued, seen)), receipts=store)
        caller(client.send(NUMBER, TEXT, client_message_id=OWN_ID))
        assert (seen, store.standing) == ([1], [])
        [before], [after] = store.handed_over, store.sent
        assert (before.outcome, before.client_message_id, before.destination) == (
            Outcome.HANDING_OVER,
            OWN_ID,
            NUMBER,
        )
        assert (before.sub_account_id, before.parts) == (SUB_ACCOUNT, 1)
        assert (after.outcome, after.umid, after.sent_at) == (Outcome.QUEUED, UMID, before.sent_at)

    def test_it_is_recorded_once_for_all_tries(self, caller: Caller) -> None:
        store, seen = Store(), list[int]()
        script = Script(answer(429), httpx.ConnectError("x"), seeing(store, queued, seen))
        caller(caller.client(script, receipts=store).send(NUMBER, TEXT))
        assert (len(store.handed_over), seen, len(store.sent)) == (1, [1], 1)

    def test_nothing_is_recorded_of_a_wrong_argument(self, caller: Caller) -> None:
        store = Store()
        client = caller.client(Script(queued), receipts=store)
        for arguments in (
            {"destination": "12"},
            {"text": ""},
            {"extra": {"more": OtherObject()}},
            {"timeout": -1},
        ):
            with pytest.raises(InvalidArgument):
                caller(client.send(**{"destination": NUMBER, "text": TEXT, **arguments}))
        assert store.handed_over == []

    @pytest.mark.parametrize(
        ("settings", "options"),
        [
            ({}, {}),
            ({"timeout": 60}, {"timeout": 600}),
            ({"timeout": Timeout(connect=300, read=1)}, {}),
            ({"retries": Retries(tries=20, max_retry_after=3600)}, {}),
        ],
        ids=["usual", "timeout of the call", "slow to connect", "many tries"],
    )
    def test_the_deadline_is_later_than_any_end(self, caller: Caller, settings: Any, options: Any) -> None:
        """Every try waits for the pool, the connection, the write and the read, and is then told to wait."""
        store = Store()
        client = caller.client(Script(queued), receipts=store, **settings)
        begun = caller.clock.now()
        caller(client.send(NUMBER, TEXT, **options))
        timeout, retries = client.settings.timeout, client.settings.retries
        read = options.get("timeout", timeout.read)
        longest = retries.tries * (2 * timeout.connect + 2 * read + retries.max_retry_after)
        [deadline] = store.deadlines
        assert deadline - begun > timedelta(seconds=longest)

    def test_a_deadline_stays_on_the_calendar(self, caller: Caller) -> None:
        store = Store()
        endless = Retries(tries=10**400, max_delay=86_400, max_retry_after=86_400)
        caller(caller.client(Script(queued), receipts=store, retries=endless).send(NUMBER, TEXT))
        assert store.deadlines[0] - caller.clock.now() == timedelta(days=30)


class TestTrouble:
    """A store that cannot record."""

    @each_trouble
    def test_nothing_is_sent(self, caller: Caller, trouble: Exception) -> None:
        script, store = Script(queued), Store(trouble=trouble)
        with pytest.raises(StoreUnavailable, match=r"nothing was sent.*send_without_store") as caught:
            caller(caller.client(script, receipts=store).send(NUMBER, TEXT))
        assert (script.seen, caught.value.may_have_been_sent) == (0, False)
        assert caught.value.__cause__ is caught.value.__context__ is None
        assert NUMBER not in str(caught.value)

    @each_trouble
    def test_the_option_sends_and_warns(
        self, caller: Caller, trouble: Exception, caplog: pytest.LogCaptureFixture
    ) -> None:
        store = Store(trouble=trouble, failing=("hand_over",))
        client = caller.client(Script(queued), receipts=store, send_without_store=True)
        assert caller(client.send(NUMBER, TEXT)).umid == UMID
        [warning] = [record for record in caplog.records if record.levelno >= logging.WARNING]
        assert "sending without a record" in warning.getMessage()
        assert NUMBER not in caplog.text
        assert [sent.outcome for sent in store.sent] == [Outcome.QUEUED]

    def test_the_option_withdraws_nothing(self, caller: Caller) -> None:
        store = Store(trouble=FULL, failing=("hand_over",))
        client = caller.client(Script(answer(400)), receipts=store, send_without_store=True)
        with pytest.raises(ConnectSmsError):
            caller(client.send(NUMBER, TEXT))
        assert store.withdrawn == []

    @each_trouble
    def test_an_accepted_message_is_reported_though_its_answer_cannot_be_recorded(
        self, caller: Caller, trouble: Exception, caplog: pytest.LogCaptureFixture
    ) -> None:
        store = Store(trouble=trouble, failing=("record_sent",))
        assert caller(caller.client(Script(queued), receipts=store).send(NUMBER, TEXT)).umid == UMID
        assert len(store.standing) == 1
        assert "receipts: " in caplog.text
        assert NUMBER not in caplog.text

    @each_trouble
    @pytest.mark.parametrize(
        ("reply", "kind"),
        [(rejected(), MessageRejected), (answer(503), OutcomeUnknown), (answer(401), ConnectSmsError)],
        ids=["rejected", "lost", "refused"],
    )
    def test_an_error_stays_what_it_is(
        self, caller: Caller, reply: Any, kind: type[Exception], trouble: Exception
    ) -> None:
        store = Store(trouble=trouble, failing=("record_sent", "withdraw"))
        with pytest.raises(kind) as caught:
            caller(caller.client(Script(reply), receipts=store).send(NUMBER, TEXT))
        assert not isinstance(caught.value, StoreUnavailable)
        assert len(store.standing) == 1

    @pytest.mark.parametrize("value", ["no", 1, None], ids=repr)
    def test_the_option_is_true_or_false(self, caller: Caller, value: Any) -> None:
        client = caller.client()
        with pytest.raises(ConfigurationError, match="send_without_store"):
            client.with_options(send_without_store=value)


class TestWhere:
    """Which journal is told."""

    def test_a_wing_brings_its_own(self, caller: Caller) -> None:
        receipts, own = Store(), Store()
        client = caller.client(Script(queued), receipts=receipts)
        client._context.journal = own
        for sms in (client, client.with_options(sender="Acme")):
            caller(sms.send(NUMBER, TEXT))
        assert (len(own.sent), receipts.handed_over) == (2, [])

    def test_the_receipt_store_follows_the_settings(self) -> None:
        first, second = Store(), Store()
        settings = make_settings(api_key=KEY, sub_account_id=SUB_ACCOUNT, receipts=first)
        context = context_of(settings)
        assert context.journal is first
        other = make_settings(api_key=KEY, sub_account_id=SUB_ACCOUNT, receipts=second)
        assert context.derive(other).journal is second
        assert context.derive(make_settings(api_key=KEY, sub_account_id=SUB_ACCOUNT)).journal is None
