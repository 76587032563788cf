"""8x8's log: ordering it, and asking whether it is ready; the same for both clients."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import httpx
import pytest

from connect_sms import BadRequest, InvalidArgument, InvalidResponse, LogExport, NotFound
from tests.support import NUMBER, SUB_ACCOUNT, Caller, Script, answer
from tests.unit.calls.log_jobs import JOB, LINK, ORDERED, SINCE, job


class TestOrdering:
    """`create_log_export`."""

    def test_the_span_and_no_limit_go_out_in_utc_and_whole_seconds(self, caller: Caller) -> None:
        script = Script(ORDERED)
        since = datetime(2026, 1, 1, 2, 30, 0, 900_000, tzinfo=timezone(timedelta(hours=2)))
        until = datetime(2026, 1, 1, 1, 0, 0, 1, tzinfo=UTC)
        found = caller(caller.client(script).create_log_export(since=since, until=until))
        assert found == LogExport(job_id=JOB, status="queued")
        [request] = script.requests
        assert request.method == "POST"
        assert request.url.path.endswith(f"/api/v1/subaccounts/{SUB_ACCOUNT}/messages/exports")
        assert script.documents == [
            {"from": "2026-01-01T00:30:00+00:00", "to": "2026-01-01T01:00:01+00:00", "limit": 0}
        ]

    def test_without_an_end_it_ends_now(self, caller: Caller) -> None:
        script = Script(ORDERED)
        caller(caller.client(script).create_log_export(since=SINCE))
        assert script.documents[0]["to"] == "2026-01-01T00:00:00+00:00"

    def test_countries_and_a_limit(self, caller: Caller) -> None:
        script = Script(ORDERED)
        client = caller.client(script)
        caller(client.create_log_export(since=SINCE, countries=["gb", "US"], limit=10))
        caller(client.create_log_export(since=SINCE, countries="sg"))
        assert [sent["countries"] for sent in script.documents] == [["GB", "US"], ["SG"]]
        assert script.documents[0]["limit"] == 10

    def test_one_number_which_no_error_repeats(self, caller: Caller) -> None:
        script = Script(ORDERED, answer(400, {"message": f"{NUMBER} is not known"}))
        client = caller.client(script)
        caller(client.create_log_export(since=SINCE, phone_number=NUMBER))
        assert script.documents[0]["phoneNumber"] == NUMBER
        with pytest.raises(BadRequest) as error:
            caller(client.create_log_export(since=SINCE, phone_number=NUMBER))
        assert NUMBER not in str(error.value)

    @pytest.mark.parametrize(
        ("wrong", "argument"),
        [
            ({"since": datetime(2026, 1, 1, tzinfo=UTC)}, "since"),
            ({"since": datetime.min.replace(tzinfo=timezone(timedelta(hours=14)))}, "since"),
            ({"countries": ["GBR"]}, "country"),
            ({"phone_number": "07700 900123"}, "phone_number"),
        ],
    )
    def test_a_wrong_argument_is_no_request(
        self, caller: Caller, wrong: dict[str, Any], argument: str
    ) -> None:
        script = Script(ORDERED)
        with pytest.raises(InvalidArgument) as error:
            caller(caller.client(script).create_log_export(**{"since": SINCE, **wrong}))
        assert (error.value.argument, script.seen) == (argument, 0)

    def test_a_lost_answer_is_asked_for_again_since_it_sends_nothing(self, caller: Caller) -> None:
        script = Script(httpx.ReadTimeout("slow"), answer(502), ORDERED)
        found = caller(caller.client(script).create_log_export(since=SINCE))
        assert (found.job_id, script.seen) == (JOB, 3)

    def test_an_answer_without_an_id_is_not_understood(self, caller: Caller) -> None:
        with pytest.raises(InvalidResponse):
            caller(caller.client(Script(answer(202, {}))).create_log_export(since=SINCE))


class TestAsking:
    """`log_export`."""

    def test_it_tells_links_and_until_when(self, caller: Caller) -> None:
        script = Script(job("Succeeded", LINK, expires="2026-02-01T06:58:41.74Z"))
        found = caller(caller.client(script).get_log_export(JOB))
        assert (found.status, found.links) == ("succeeded", (LINK,))
        assert (found.is_ready, found.has_failed) == (True, False)
        assert found.expires_at == datetime(2026, 2, 1, 6, 58, 41, 740_000, tzinfo=UTC)
        assert script.requests[0].url.path.endswith(f"/messages/exports/{JOB}")

    def test_who_has_a_link_has_the_log_so_no_repr_shows_it(self, caller: Caller) -> None:
        found = caller(caller.client(Script(job("succeeded", LINK))).get_log_export(JOB))
        assert LINK not in repr(found)
        assert found.redacted().links == ()

    @pytest.mark.parametrize("data", [None, {"a": 1}, [1, None, {}], "text"])
    def test_links_of_another_form_are_none(self, caller: Caller, data: object) -> None:
        script = Script(answer(200, {"status": "succeeded", "data": data}))
        found = caller(caller.client(script).get_log_export(JOB))
        assert found.links in {(), ("1",), tuple("text")}
        assert found.is_ready

    @pytest.mark.parametrize("word", ["queued", "running", "pondering"])
    def test_what_is_not_known_to_be_an_end_is_none(self, caller: Caller, word: str) -> None:
        found = caller(caller.client(Script(job(word))).get_log_export(JOB))
        assert (found.is_ready, found.has_failed) == (False, False)

    def test_an_unknown_job_is_not_found(self, caller: Caller) -> None:
        with pytest.raises(NotFound):
            caller(caller.client(Script(answer(404, {"code": 4018}))).get_log_export("gone"))

    def test_it_takes_no_turn_of_the_status_requests(self, caller: Caller) -> None:
        client = caller.client(Script(job("running")))
        for _ in range(3):
            caller(client.get_log_export(JOB))
        assert caller.clock.slept == []
