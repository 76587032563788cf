"""Waiting for a message: politely, for as long as was said and no longer."""

from __future__ import annotations

from contextlib import nullcontext
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_sms import (
    AuthenticationFailed,
    ConnectSmsError,
    InvalidArgument,
    InvalidResponse,
    ManualClock,
    MessageRejected,
    MessageStatus,
    NotFound,
    Outcome,
    OutcomeUnknown,
    PermissionDenied,
    Retries,
    Timeout,
    WaitTimeout,
)
from tests.support import NUMBER, TEXT, UMID, Answerer, Caller, Script, answer, queued, rejected, state

if TYPE_CHECKING:
    from connect_sms import Clock


def moments(clock: ManualClock, *replies: Any) -> tuple[Script, list[float]]:
    """A script that notes when each request came."""
    came: list[float] = []

    def noting(reply: Any) -> Answerer:
        def act(request: httpx.Request) -> httpx.Response:
            came.append(clock.monotonic())
            if isinstance(reply, httpx.Response):
                return httpx.Response(reply.status_code, headers=reply.headers, content=reply.content)
            if isinstance(reply, BaseException):
                raise reply
            found: httpx.Response = reply(request)
            return found

        return act

    return Script(*map(noting, replies)), came


def test_it_ends_with_the_first_final_state(caller: Caller) -> None:
    script = Script(state("queued"), state("sent"), state("read"))
    final: MessageStatus = caller(caller.client(script).wait(UMID))
    assert (final.outcome, final.is_final, script.seen) == (Outcome.READ, True, 3)


def test_looks_are_a_second_apart_and_grow_further_apart(caller: Caller) -> None:
    script, came = moments(caller.clock, state("sent"))
    with pytest.raises(WaitTimeout):
        caller(caller.client(script).wait(UMID, timeout=60))
    pauses = [after - before for before, after in pairwise(came)]
    assert came[0] == 0
    assert pauses[0] == 1
    assert pauses == sorted(pauses)
    assert pauses[-1] == 5
    assert len(came) < 20


class TestUntil:
    """How far is far enough."""

    @pytest.mark.parametrize(
        ("until", "enough"), [("sent", [0, 1, 1, 1]), ("operator", [0, 0, 1, 1]), ("final", [0, 0, 0, 1])]
    )
    def test_a_state_is_enough_or_not(self, caller: Caller, until: Any, enough: list[int]) -> None:
        operator = state("delivered", "delivered_to_operator")
        for reply, ends in zip(
            [state("queued"), state("sent"), operator, state("delivered")], enough, strict=True
        ):
            with nullcontext() if ends else pytest.raises(WaitTimeout):
                caller(caller.client(Script(reply)).wait(UMID, timeout=3, until=until))

    @pytest.mark.parametrize("until", ["sent", "operator", "final"])
    def test_a_failure_is_always_enough(self, caller: Caller, until: Any) -> None:
        status = caller(caller.client(Script(state("undelivered"))).wait(UMID, until=until))
        assert status.outcome is Outcome.FAILED

    @pytest.mark.parametrize("until", ["", "delivered", "FINAL", None, [], 1])
    def test_other_words_are_refused(self, caller: Caller, until: Any) -> None:
        script = Script(state("sent"))
        with pytest.raises(InvalidArgument, match="until must be one of final, operator, sent"):
            caller(caller.client(script).wait(UMID, until=until))
        assert script.seen == 0


class TestDeadline:
    """It is never overrun by more than the moment it takes to give up."""

    GRACE = 0.11

    @pytest.mark.parametrize("timeout", [0.01, 0.5, 1, 2, 7.5, 60])
    @pytest.mark.parametrize(
        "reply",
        [state("sent"), answer(503), answer(429), httpx.ConnectError("x"), httpx.ReadTimeout("x")],
        ids=["sent", "503", "429", "no connection", "read timeout"],
    )
    def test_with_every_kind_of_trouble(self, caller: Caller, timeout: float, reply: Any) -> None:
        script = Script(reply)
        with pytest.raises(WaitTimeout):
            caller(caller.client(script).wait(UMID, timeout=timeout))
        assert caller.clock.monotonic() <= timeout
        assert script.seen >= 1

    @pytest.mark.parametrize("timeout", [0.01, 1, 5, 29, 31, 40, 61, 100])
    @pytest.mark.parametrize("kind", [httpx.ReadTimeout, httpx.ConnectTimeout])
    def test_with_a_server_that_stalls(self, caller: Caller, timeout: float, kind: Any) -> None:
        def stall(request: httpx.Request) -> httpx.Response:
            which = "read" if kind is httpx.ReadTimeout else "connect"
            caller.clock.advance(request.extensions["timeout"][which])
            raise kind("x")

        with pytest.raises(WaitTimeout):
            caller(caller.client(Script(stall)).wait(UMID, timeout=timeout))
        assert caller.clock.monotonic() <= timeout + self.GRACE

    @given(
        timeout=st.floats(0.01, 300),
        read=st.floats(0.1, 100),
        tries=st.integers(1, 5),
        interval=st.floats(0.01, 10),
        share=st.floats(0, 1),
    )
    def test_whatever_the_settings(
        self, timeout: float, read: float, tries: int, interval: float, share: float
    ) -> None:
        clock = ManualClock()
        caller = Caller("sync")

        def slow(request: httpx.Request) -> httpx.Response:
            clock.advance(request.extensions["timeout"]["read"] * share)
            if share > 0.5:
                raise httpx.ReadTimeout("x")
            return state("sent")

        client = caller.client(
            Script(slow),
            clock=clock,
            timeout=Timeout(read=read),
            retries=Retries(tries=tries),
            status_interval=interval,
        )
        with pytest.raises(WaitTimeout):
            caller(client.wait(UMID, timeout=timeout))
        assert clock.monotonic() <= timeout + self.GRACE
        caller.close()

    def test_a_pause_the_server_asks_for_is_not_begun_when_it_ends_too_late(self, caller: Caller) -> None:
        script = Script(answer(429, headers={"retry-after": "100"}))
        with pytest.raises(WaitTimeout, match="the last request failed: RateLimited"):
            caller(caller.client(script).wait(UMID, timeout=30))
        assert script.seen == 1
        assert caller.clock.monotonic() < 30

    @pytest.mark.parametrize("timeout", [0, None, "60", 31 * 86_400])
    def test_what_is_no_time_is_refused(self, caller: Caller, timeout: Any) -> None:
        script = Script(state("sent"))
        with pytest.raises(InvalidArgument, match=r"^timeout must be a number of seconds") as caught:
            caller(caller.client(script).wait(UMID, timeout=timeout))
        assert caught.value.argument == "timeout"
        assert script.seen == 0


class TestTimeoutError:
    """What is said when time runs out."""

    def test_it_carries_the_last_state(self, caller: Caller) -> None:
        with pytest.raises(WaitTimeout) as caught:
            caller(caller.client(Script(state("queued"), state("sent"))).wait(UMID, timeout=5))
        error = caught.value
        assert error.umid == UMID
        assert error.last
        assert error.last.outcome is Outcome.SENT
        assert str(error) == ("no final state within 5 s (last seen: sent). One may follow: ask again later")
        assert error.may_have_been_sent
        assert error.transient

    def test_it_says_when_no_state_was_read(self, caller: Caller) -> None:
        with pytest.raises(
            WaitTimeout, match="could not be read; the last request failed: ConnectionFailed"
        ) as caught:
            caller(caller.client(Script(httpx.ConnectError("x"))).wait(UMID, timeout=5))
        assert caught.value.last is None

    def test_it_keeps_the_last_state_when_looking_fails_later(self, caller: Caller) -> None:
        with pytest.raises(WaitTimeout, match="last seen: sent; the last request failed: ServerError"):
            caller(caller.client(Script(state("sent"), answer(503))).wait(UMID, timeout=8))


class TestTrouble:
    """What passes is waited out, what does not is raised."""

    @pytest.mark.parametrize(
        "trouble",
        [answer(500), answer(429), httpx.ConnectError("x"), httpx.ReadTimeout("x"), httpx.ReadError("x")],
        ids=["500", "429", "no connection", "read timeout", "reset"],
    )
    def test_a_failure_that_may_pass_is_waited_out(self, caller: Caller, trouble: Any) -> None:
        script = Script(state("sent"), *[trouble] * 7, state("delivered"))
        assert caller(caller.client(script).wait(UMID)).delivered
        assert script.seen == 9

    @pytest.mark.parametrize(
        ("reply", "kind"),
        [
            (answer(401), AuthenticationFailed),
            (answer(403), PermissionDenied),
            (answer(200), InvalidResponse),
        ],
        ids=["401", "403", "unreadable"],
    )
    def test_what_cannot_pass_is_raised_at_once(self, caller: Caller, reply: Any, kind: Any) -> None:
        script = Script(reply)
        with pytest.raises(kind):
            caller(caller.client(script).wait(UMID))
        assert script.seen == 1

    def test_a_message_just_sent_may_not_be_found_yet(self, caller: Caller) -> None:
        script = Script(answer(404), answer(404), state("delivered"))
        assert caller(caller.client(script).wait(UMID)).delivered

    def test_a_message_still_not_found_after_a_while_is_raised(self, caller: Caller) -> None:
        script = Script(answer(404))
        with pytest.raises(NotFound):
            caller(caller.client(script).wait(UMID))
        assert 3 <= script.seen <= 6
        assert 5 <= caller.clock.monotonic() < 10


class TestSendAndConfirm:
    """`send`, and then `wait`."""

    def test_both_are_done(self, caller: Caller) -> None:
        script, came = moments(caller.clock, queued, state("sent"), state("delivered"))
        final = caller(caller.client(script).send_and_confirm(NUMBER, TEXT, sender="ACME"))
        assert final.delivered
        assert [request.method for request in script.requests] == ["POST", "GET", "GET"]
        assert script.requests[1].url.path.endswith(f"/messages/{UMID}")
        assert 0 < came[1] < 1
        assert came[2] - came[1] == pytest.approx(1)

    @pytest.mark.parametrize(
        ("reply", "kind"),
        [
            (rejected(), MessageRejected),
            (httpx.ReadTimeout("x"), OutcomeUnknown),
            (answer(400), ConnectSmsError),
        ],
        ids=["rejected", "unknown", "refused"],
    )
    def test_a_failed_send_is_not_waited_for(self, caller: Caller, reply: Any, kind: Any) -> None:
        script = Script(reply)
        with pytest.raises(kind):
            caller(caller.client(script).send_and_confirm(NUMBER, TEXT))
        assert script.seen == 1

    @pytest.mark.parametrize(
        "reply",
        [answer(401), answer(403), answer(410), answer(404), httpx.Response(200), answer(301)],
        ids=["401", "403", "410", "404", "unreadable", "redirect"],
    )
    def test_whatever_fails_after_the_send_says_that_it_was_sent(self, caller: Caller, reply: Any) -> None:
        """Who asks `may_have_been_sent` before trying again must not send a second time."""
        with pytest.raises(ConnectSmsError) as caught:
            caller(caller.client(Script(queued, reply)).send_and_confirm(NUMBER, TEXT))
        assert caught.value.may_have_been_sent
        assert caught.value.__notes__ == [f"connect-sms: the message was accepted under the UMID {UMID}"]

    def test_also_when_it_is_interrupted(self, caller: Caller) -> None:
        with pytest.raises(KeyboardInterrupt) as caught:
            caller(caller.client(Script(queued, KeyboardInterrupt())).send_and_confirm(NUMBER, TEXT))
        assert caught.value.__notes__ == [f"connect-sms: the message was accepted under the UMID {UMID}"]

    def test_time_running_out_says_which_message(self, caller: Caller) -> None:
        script = Script(queued, state("sent"))
        with pytest.raises(WaitTimeout) as caught:
            caller(caller.client(script).send_and_confirm(NUMBER, TEXT, wait_timeout=3, until="operator"))
        assert caught.value.umid == UMID
        assert "no operator state within 3 s" in str(caught.value)

    @pytest.mark.parametrize(
        "wrong", [{"wait_timeout": 0}, {"wait_timeout": "x"}, {"until": "soon"}], ids=str
    )
    def test_a_wrong_wait_is_found_before_anything_is_sent(self, caller: Caller, wrong: Any) -> None:
        script = Script(queued)
        with pytest.raises(InvalidArgument) as caught:
            caller(caller.client(script).send_and_confirm(NUMBER, TEXT, **wrong))
        assert caught.value.argument in wrong
        assert script.seen == 0


def test_waits_of_one_sub_account_share_its_one_look_a_second(caller: Caller) -> None:
    script, came = moments(caller.clock, state("sent"), state("sent"), state("delivered"))
    first, second = caller.client(script), caller.client(script)
    caller(first.status(UMID))
    caller(second.wait(UMID))
    assert came == [0, 1, 2]


def test_the_limit_is_a_setting(caller: Caller) -> None:
    clock: Clock = caller.clock
    script, came = moments(caller.clock, state("sent"))
    client = caller.client(script, status_interval=0.25, clock=clock)
    for _ in range(3):
        caller(client.status(UMID))
    assert came == [0, 0.25, 0.5]
