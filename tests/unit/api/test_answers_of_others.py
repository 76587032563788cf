"""Whom an answer is about, and what lay behind it: another's answer is never taken for one's own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from connect_sms import InvalidResponse, NoResponse, OutcomeUnknown
from connect_sms._transport.attempt import current_attempt
from tests.support import NUMBER, TEXT, UMID, Caller, Script, answer, state

if TYPE_CHECKING:
    from tests.support import Answerer

JOB = "job-1"


def with_more_behind(reply: httpx.Response | Answerer) -> Answerer:
    """The same, with something behind it on its connection."""

    def act(request: httpx.Request) -> httpx.Response:
        attempt = current_attempt()
        assert attempt is not None
        attempt.followed_by_data = True
        return reply if isinstance(reply, httpx.Response) else reply(request)

    return act


def accepts(**changes: Any) -> Answerer:
    """Accepts a message; None as a change is a null."""

    def reply(request: httpx.Request) -> httpx.Response:
        own = {"clientMessageId": json.loads(request.content)["clientMessageId"]}
        return answer(200, {"umid": UMID, "status": {"code": "QUEUED"}, **own, **changes})

    return reply


class TestASend:
    def sent(self, caller: Caller, reply: httpx.Response | Answerer) -> Any:
        script = Script(reply)
        try:
            return caller(caller.client(script).send(NUMBER, TEXT))
        finally:
            assert script.seen == 1

    @pytest.mark.parametrize("other", ["another-id", "OTHER", 7])
    def test_an_answer_with_another_id_is_unknown(self, caller: Caller, other: Any) -> None:
        with pytest.raises(OutcomeUnknown, match="about another message"):
            self.sent(caller, accepts(clientMessageId=other))

    @pytest.mark.parametrize("nothing", [None, ""])
    def test_an_id_that_is_null_is_fine(self, caller: Caller, nothing: Any) -> None:
        assert self.sent(caller, accepts(clientMessageId=nothing)).umid == UMID

    def test_no_id_is_fine(self, caller: Caller) -> None:
        assert self.sent(caller, answer(200, {"umid": UMID, "status": {"code": "QUEUED"}})).umid == UMID

    def test_a_rejection_of_another_message_is_unknown(self, caller: Caller) -> None:
        with pytest.raises(OutcomeUnknown):
            self.sent(caller, accepts(clientMessageId="another-id", status={"code": "REJECTED"}))

    def test_more_behind_an_answer_that_names_the_message_is_fine(self, caller: Caller) -> None:
        assert self.sent(caller, with_more_behind(accepts())).umid == UMID

    def test_more_behind_an_answer_that_names_no_message_is_unknown(self, caller: Caller) -> None:
        with pytest.raises(OutcomeUnknown):
            self.sent(caller, with_more_behind(accepts(clientMessageId=None)))

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 408, 410, 422, 426, 429])
    def test_more_behind_a_refusal_is_unknown_and_not_repeated(self, caller: Caller, status: int) -> None:
        with pytest.raises(OutcomeUnknown, match=f"HTTP {status} with more data behind it") as caught:
            self.sent(caller, with_more_behind(answer(status, {"code": 1})))
        assert caught.value.status == status
        assert caught.value.response is not None


class TestAStatus:
    def test_of_another_message_is_invalid(self, caller: Caller) -> None:
        with pytest.raises(InvalidResponse, match="about another message"):
            caller(caller.client(Script(state("delivered"))).status("another-umid"))

    def test_in_capitals_is_of_the_same_message(self, caller: Caller) -> None:
        assert caller(caller.client(Script(state("delivered"))).status(UMID.upper())).umid == UMID

    @pytest.mark.parametrize("document", [{}, {"umid": None}], ids=["absent", "null"])
    def test_that_names_no_message_is_fine(self, caller: Caller, document: dict[str, Any]) -> None:
        script = Script(answer(200, {**document, "status": {"state": "sent"}}))
        assert caller(caller.client(script).status(UMID)).umid == UMID

    @pytest.mark.parametrize("status", [404, 429])
    def test_more_behind_a_refusal_is_asked_again(self, caller: Caller, status: int) -> None:
        script = Script(with_more_behind(answer(status)), state("delivered"))
        assert caller(caller.client(script).status(UMID)).delivered
        assert script.seen == 2

    def test_more_behind_every_refusal_is_no_answer(self, caller: Caller) -> None:
        with pytest.raises(NoResponse):
            caller(caller.client(Script(with_more_behind(answer(404)))).status(UMID))


class TestALogExport:
    def test_of_another_job_is_invalid(self, caller: Caller) -> None:
        script = Script(answer(200, {"jobId": "job-2", "status": "SUCCEEDED", "data": ["https://x.example"]}))
        with pytest.raises(InvalidResponse, match="about another log export"):
            caller(caller.client(script).get_log_export(JOB))

    @pytest.mark.parametrize("document", [{}, {"jobId": None}, {"jobId": JOB}])
    def test_of_this_job_or_none_is_fine(self, caller: Caller, document: dict[str, Any]) -> None:
        script = Script(answer(200, {**document, "status": "QUEUED"}))
        assert caller(caller.client(script).get_log_export(JOB)).job_id == JOB


class TestABatch:
    """Counts alone decide only in a response to this very request; each item names its message anyway."""

    def outcome(self, caller: Caller, reply: httpx.Response | Answerer, **options: Any) -> Any:
        return caller(caller.client(Script(reply)).send_batch([NUMBER], TEXT, **options))

    def counted(self, **more: Any) -> httpx.Response:
        return answer(200, {"batchId": "b-1", "acceptedCount": 1, "rejectedCount": 0, **more})

    @pytest.mark.parametrize("said", [{}, {"clientBatchId": None}, {"clientBatchId": "mine"}])
    def test_counts_of_this_batch_are_believed(self, caller: Caller, said: dict[str, Any]) -> None:
        assert len(self.outcome(caller, self.counted(**said), client_batch_id="mine").accepted) == 1

    def test_counts_of_another_batch_are_not(self, caller: Caller) -> None:
        found = self.outcome(caller, self.counted(clientBatchId="other"), client_batch_id="mine")
        assert len(found.unknown) == 1

    @pytest.mark.parametrize("options", [{}, {"client_batch_id": "mine"}])
    def test_counts_with_more_behind_them_are_not(self, caller: Caller, options: dict[str, Any]) -> None:
        found = self.outcome(caller, with_more_behind(self.counted()), **options)
        assert len(found.unknown) == 1

    def test_a_refusal_with_more_behind_it_is_unknown(self, caller: Caller) -> None:
        assert len(self.outcome(caller, with_more_behind(answer(429))).unknown) == 1
