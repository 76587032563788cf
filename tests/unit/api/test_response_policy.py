"""Sending safely: what may have been sent is never sent again.

8x8 documents no duplicate detection, so the number of requests a server sees is the thing to prove. Each row
of the table stands here once, for both clients, for a send and for a read.
"""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import attrs
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_sms import (
    ConnectionFailed,
    ConnectSmsError,
    Hooks,
    InvalidResponse,
    ManualClock,
    MessageRejected,
    NoResponse,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Retries,
    ServerError,
)
from tests.support import NUMBER, TEXT, UMID, Caller, Script, answer, queued, rejected, state

#: Seconds before the second and the third try, when chance takes nothing off.
OWN_DELAYS = [0.5, 1.0]

OWN_ID = "order-1"


@attrs.frozen
class Row:
    """One row: what the client sees, and what a send and a read make of it."""

    name: str
    reply: Any
    send: type[ConnectSmsError]
    sends: int
    read: type[ConnectSmsError]
    reads: int


#: One of each kind; every status and every failure stand in test_safety_table.py and transport/test_http.py.
ROWS = [
    Row("404", answer(404), NotFound, 1, NotFound, 1),
    Row("no connection", httpx.ConnectError("x"), ConnectionFailed, 3, ConnectionFailed, 3),
    Row("no answer", httpx.ReadTimeout("x"), OutcomeUnknown, 1, NoResponse, 3),
    Row("503", answer(503), OutcomeUnknown, 1, ServerError, 3),
    Row("307", answer(307, headers={"location": "/elsewhere"}), OutcomeUnknown, 1, InvalidResponse, 1),
    Row("a page", httpx.Response(200, content=b"<html>"), OutcomeUnknown, 1, InvalidResponse, 1),
    Row("204", httpx.Response(204), OutcomeUnknown, 1, InvalidResponse, 1),
    Row("429", answer(429), RateLimited, 3, RateLimited, 3),
]
each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)


@each_row
def test_what_a_send_and_a_read_make_of_it(caller: Caller, row: Row) -> None:
    script = Script(row.reply)
    with pytest.raises(ConnectSmsError) as caught:
        caller(caller.client(script).send(NUMBER, TEXT, client_message_id=OWN_ID))
    assert type(caught.value) is row.send
    assert script.seen == row.sends
    assert caught.value.may_have_been_sent is (row.send is OutcomeUnknown)
    assert caller.clock.slept == OWN_DELAYS[: row.sends - 1]
    script = Script(row.reply)
    with pytest.raises(ConnectSmsError) as caught:
        caller(caller.client(script).status(UMID))
    assert type(caught.value) is row.read
    assert script.seen == row.reads
    assert not caught.value.may_have_been_sent


@pytest.mark.parametrize("trouble", [httpx.ConnectError("x"), answer(429)], ids=["no connection", "429"])
def test_a_message_that_was_not_sent_is_tried_again_until_it_is(caller: Caller, trouble: Any) -> None:
    script = Script(trouble, trouble, queued)
    sent = caller(caller.client(script).send(NUMBER, TEXT))
    assert sent.umid == UMID
    assert caller.clock.slept == OWN_DELAYS


def test_every_try_carries_the_same_message_and_the_same_id(caller: Caller) -> None:
    script = Script(httpx.ConnectError("x"), answer(429), queued)
    sent = caller(caller.client(script).send(NUMBER, TEXT))
    first, *others = script.documents
    assert others == [first, first]
    assert first["clientMessageId"] == sent.client_message_id


def test_a_lost_answer_after_tries_that_sent_nothing_ends_the_tries(caller: Caller) -> None:
    script = Script(httpx.ConnectError("x"), httpx.ReadTimeout("x"), queued)
    with pytest.raises(OutcomeUnknown):
        caller(caller.client(script).send(NUMBER, TEXT))
    assert script.seen == 2


def test_a_read_is_tried_again_until_it_is_answered(caller: Caller) -> None:
    script = Script(answer(503), httpx.ReadTimeout("x"), state("delivered"))
    assert caller(caller.client(script).status(UMID)).delivered
    assert script.seen == 3


@pytest.mark.parametrize("tries", [1, 2, 5])
def test_the_number_of_tries_is_a_setting(caller: Caller, tries: int) -> None:
    script = Script(httpx.ConnectError("x"))
    with pytest.raises(ConnectionFailed):
        caller(caller.client(script, retries=Retries(tries=tries)).send(NUMBER, TEXT))
    assert script.seen == tries


def test_a_message_is_sent_as_given(caller: Caller) -> None:
    script = Script(queued)
    client = caller.client(script, region="europe")
    caller(client.send(NUMBER, TEXT, sender="ACME", client_message_id=OWN_ID, extra={"new": [1]}))
    [request] = script.requests
    url = "https://sms.8x8.uk/api/v1/subaccounts/Acme_Notify/messages"
    assert (request.method, str(request.url)) == ("POST", url)
    assert request.headers["authorization"] == "Bearer key-for-tests-Zq7"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["user-agent"].startswith("connect-sms/")
    named = {"destination": NUMBER, "text": TEXT, "source": "ACME", "clientMessageId": OWN_ID}
    assert script.documents == [{**named, "new": [1]}]


@pytest.mark.parametrize("umid", [None, "", [], {}], ids=repr)
def test_an_answer_without_a_umid_leaves_the_outcome_unknown(caller: Caller, umid: object) -> None:
    with pytest.raises(OutcomeUnknown, match="without a UMID"):
        caller(
            caller.client(Script(answer(200, {"umid": umid, "status": {"code": "QUEUED"}}))).send(
                NUMBER, TEXT
            )
        )


@pytest.mark.parametrize(
    "document", [{}, {"umid": UMID}, {"umid": [], "status": {}}, {"status": {"state": None}}]
)
def test_an_answer_that_says_nothing_of_the_message(caller: Caller, document: Any) -> None:
    script = Script(answer(200, document))
    with pytest.raises(OutcomeUnknown):
        caller(caller.client(script).send(NUMBER, TEXT))
    assert script.seen == 1
    status = caller(caller.client(Script(answer(200, document))).status(UMID))
    assert (status.umid, status.outcome, status.is_final) == (UMID, "unknown", False)


class TestRejected:
    """200, and yet not sent."""

    @pytest.mark.parametrize("word", ["REJECTED", "rejected", "Rejected"])
    def test_it_is_an_error_that_says_why(self, caller: Caller, word: str) -> None:
        document = {"umid": UMID, "status": {"code": word, "description": "Expiry time is already reached"}}
        script = Script(answer(200, document))
        with pytest.raises(MessageRejected) as caught:
            caller(caller.client(script).send(NUMBER, TEXT, client_message_id=OWN_ID))
        error = caught.value
        assert script.seen == 1
        assert not error.may_have_been_sent
        assert (error.umid, error.client_message_id) == (UMID, OWN_ID)
        assert error.reason == "Expiry time is already reached"
        assert error.reason in str(error)

    @pytest.mark.parametrize("description", [None, ""])
    def test_it_is_an_error_also_without_a_reason(self, caller: Caller, description: str | None) -> None:
        with pytest.raises(MessageRejected, match="no reason given"):
            caller(caller.client(Script(rejected(description))).send(NUMBER, TEXT))


def test_a_word_8x8_adds_tomorrow_is_no_error(caller: Caller) -> None:
    document = {"umid": UMID, "status": {"code": "PARKED"}, "lane": 7}
    sent = caller(caller.client(Script(answer(202, document))).send(NUMBER, TEXT))
    assert (sent.code, sent.extra) == ("PARKED", {"lane": 7})


class TestRetryAfter:
    """How long a 429 asks to wait, and how long is waited."""

    @pytest.mark.parametrize(
        ("said", "waited"),
        [
            (" 7 ", 7.0), ("7, 42", 42.0), ("Wed, 31 Dec 2025 23:59:00 GMT", 0.0),
            ("Thu, 01 Jan 2026 00:00:42 GMT", 42.0), ("Thursday, 01-Jan-26 00:00:42 GMT", 42.0),
            ("Thu Jan  1 00:00:42 2026", 42.0), ("Fri, 01 Jan 2027 00:00:00 GMT", 120.0),
        ],
    )  # fmt: skip
    @pytest.mark.parametrize(("what", "status"), [("send", 429), ("status", 429), ("status", 503)])
    def test_it_is_waited_for_and_no_longer_than_the_cap(
        self, caller: Caller, what: str, status: int, said: str, waited: float
    ) -> None:
        script = Script(
            answer(status, headers={"retry-after": said}), queued if what == "send" else state("sent")
        )
        client = caller.client(script)
        caller(client.send(NUMBER, TEXT) if what == "send" else client.status(UMID))
        assert sum(caller.clock.slept) == max(waited, 0.0 if what == "send" else 1.0)

    @pytest.mark.parametrize("status", [500, 502, 503, 504])
    def test_a_send_is_not_repeated_for_it(self, caller: Caller, status: int) -> None:
        script = Script(answer(status, headers={"retry-after": "1"}), queued)
        with pytest.raises(OutcomeUnknown):
            caller(caller.client(script).send(NUMBER, TEXT))
        assert (script.seen, caller.clock.slept) == (1, [])

    @pytest.mark.parametrize("said", ["", "soon", "🙂"])
    def test_what_makes_no_sense_counts_as_not_said(self, caller: Caller, said: str) -> None:
        limited = httpx.Response(429, headers=[(b"retry-after", said.encode())])
        script = Script(limited, queued)
        caller(caller.client(script).send(NUMBER, TEXT))
        assert caller.clock.slept == OWN_DELAYS[:1]

    def test_the_cap_is_a_setting(self, caller: Caller) -> None:
        script = Script(answer(429, headers={"retry-after": "60"}), queued)
        caller(caller.client(script, retries=Retries(max_retry_after=20)).send(NUMBER, TEXT))
        assert caller.clock.slept == [20]

    def test_what_was_asked_stands_in_the_error(self, caller: Caller) -> None:
        client = caller.client(Script(answer(429, headers={"retry-after": "3"})))
        with pytest.raises(RateLimited) as caught:
            caller(client.send(NUMBER, TEXT))
        assert caught.value.retry_after == 3
        assert caller.clock.slept == [3, 3]

    @given(st.datetimes(timezones=st.timezones()))
    def test_any_date_gives_a_wait_between_nothing_and_the_cap(self, date: Any) -> None:
        clock = ManualClock()
        caller = Caller("sync")
        said = format_datetime(date)
        script = Script(answer(429, headers={"retry-after": said}), queued)
        caller(caller.client(script, clock=clock).send(NUMBER, TEXT))
        [waited] = clock.slept
        assert 0 <= waited <= 120
        caller.close()


class TestDelays:
    """Between tries without a word from the server: half a second, doubling to eight, less by chance."""

    def test_they_double_up_to_the_longest(self, caller: Caller) -> None:
        client = caller.client(Script(httpx.ConnectError("x")), retries=Retries(tries=8))
        with pytest.raises(ConnectionFailed):
            caller(client.send(NUMBER, TEXT))
        assert caller.clock.slept == [0.5, 1, 2, 4, 8, 8, 8]

    def test_chance_takes_up_to_half_off(self, caller: Caller) -> None:
        client = caller.client(Script(httpx.ConnectError("x")), clock=ManualClock(chance=0.0))
        with pytest.raises(ConnectionFailed):
            caller(client.send(NUMBER, TEXT))
        assert client.settings.clock.slept == [0.25, 0.5]

    @given(st.integers(1, 10**9), st.floats(0, 1))
    def test_none_is_below_half_or_above_the_longest(self, failed: int, chance: float) -> None:
        retries = Retries()
        delay = retries.delay(failed, chance)
        full = 8.0 if failed > 4 else 0.5 * 2 ** (failed - 1)
        assert full / 2 <= delay <= full


class TestHooks:
    """What a looker-on is told."""

    def test_a_call_is_told_from_first_request_to_result(self, caller: Caller) -> None:
        events: list[Any] = []
        hooks = Hooks(on_request=events.append, on_retry=events.append, on_result=events.append)
        script = Script(answer(429, headers={"retry-after": "2"}), queued)
        caller(caller.client(script, hooks=hooks).send(NUMBER, TEXT))
        result = {"operation": "sendMessage", "attempts": 2, "elapsed": 2.0, "status": 200, "error": None}
        told = [(type(event).__name__, attrs.asdict(event)) for event in events]
        size = len(script.requests[0].content)
        request = {"operation": "sendMessage", "attempt": 1, "messages": 1, "size": size}
        assert told == [
            ("RequestEvent", request),
            ("RetryEvent", {"operation": "sendMessage", "attempt": 1, "reason": "HTTP 429", "delay": 2.0}),
            ("RequestEvent", {**request, "attempt": 2}),
            ("ResultEvent", result),
        ]

    @pytest.mark.parametrize(("reply", "status"), [(httpx.ReadTimeout("x"), None), (rejected(), 200)])
    def test_the_result_holds_the_error_about_to_be_raised(
        self, caller: Caller, reply: Any, status: int | None
    ) -> None:
        events: list[Any] = []
        client = caller.client(Script(reply), hooks=Hooks(on_result=events.append))
        with pytest.raises((OutcomeUnknown, MessageRejected)) as caught:
            caller(client.send(NUMBER, TEXT))
        assert [(event.error, event.status) for event in events] == [(caught.value, status)]

    def test_a_read_tells_of_no_messages(self, caller: Caller) -> None:
        events: list[Any] = []
        caller(caller.client(Script(state("sent")), hooks=Hooks(on_request=events.append)).status(UMID))
        assert [(event.operation, event.messages, event.size) for event in events] == [("getMessage", 0, 0)]

    @pytest.mark.parametrize("which", ["on_request", "on_retry", "on_result"])
    def test_one_that_fails_changes_nothing(
        self, caller: Caller, which: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fail(event: object) -> None:
            raise RuntimeError(NUMBER)

        script = Script(answer(429), queued)
        sent = caller(caller.client(script, hooks=Hooks(**{which: fail})).send(NUMBER, TEXT))
        assert sent.umid == UMID
        assert "a hook raised RuntimeError" in caplog.text
        assert NUMBER not in caplog.text


def test_a_wait_for_a_rate_limit_is_shared_by_all_reads_of_the_sub_account(caller: Caller) -> None:
    limited = Script(answer(429, headers={"retry-after": "30"}))
    with pytest.raises(RateLimited):
        caller(caller.client(limited, retries=Retries(tries=1)).status(UMID))
    other = Script(state("sent"))
    caller(caller.client(other).status(UMID))
    assert caller.clock.slept == [30]


def test_time_is_counted_by_the_clock_that_is_given() -> None:
    clock = ManualClock()
    clock.advance(90)
    assert clock.now() - ManualClock().now() == timedelta(seconds=90)
