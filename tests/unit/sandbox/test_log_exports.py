"""Log exports: jobs that take their time, links that expire, and who is in the file."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from connect_sms import InvalidArgument, InvalidResponse, NoResponse, Price
from connect_sms.reconcile import read_log
from connect_sms.sandbox.api.log_export_bodies import BODIES
from connect_sms.sandbox.api.log_export_rows import COLUMNS
from tests.support.sandbox_api import KEY, NUMBER, OTHER, Api, refusal
from tests.support.sandbox_time import SandboxTime

if TYPE_CHECKING:
    from pathlib import Path

    from connect_sms.sandbox import Sandbox
    from connect_sms.sandbox.api.log_export_bodies import ExportBody

DONE = 5.0


def order(api: Api, **fields: Any) -> httpx.Response:
    return api.http.post("/sandbox/messages/exports", json=fields)


def ordered(api: Api, **fields: Any) -> str:
    answer = order(api, **fields)
    assert answer.status_code == 202, answer.text
    assert set(answer.json()) == {"jobId"}
    return str(answer.json()["jobId"])


def job(api: Api, job_id: str) -> dict[str, Any]:
    answer = api.http.get(f"/sandbox/messages/exports/{job_id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def fetch(api: Api, link: str) -> httpx.Response:
    """As it is meant to be fetched: without the key."""
    with httpx.Client(transport=api.http._transport) as http:
        return http.get(link)


def rows(api: Api, **fields: Any) -> list[dict[str, str]]:
    """What an export holds, after the time it takes."""
    job_id = ordered(api, **fields)
    api.sandbox.clock.advance(DONE)
    found = job(api, job_id)
    if found["status"] == "empty":
        return []
    [link] = found["data"]
    answer = fetch(api, link)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_a_job_is_queued_then_runs_then_succeeds(api: Api, sandbox: Sandbox) -> None:
    assert rows(api) == []  # it ends "empty"
    api.send()
    job_id = ordered(api)
    assert job(api, job_id) == {"status": "queued"}
    sandbox.clock.advance(1)
    assert job(api, job_id) == {"status": "running"}
    sandbox.clock.advance(4)
    found = job(api, job_id)
    assert found["status"] == "succeeded"
    assert len(found["data"]) == 1
    assert found["expires"].startswith((sandbox.clock.when() + timedelta(days=30)).strftime("%Y-%m-%d"))
    for end in ("failed", "cancelled", "error"):
        sandbox.configure(export_ends=end)
        job_id = ordered(api)
        sandbox.configure(export_ends="succeeded")
        sandbox.clock.advance(DONE)
        assert job(api, job_id) == {"status": end}
    sandbox.reset()
    assert refusal(api.http.get(f"/sandbox/messages/exports/{job_id}")) == (404, 4018)


def test_the_file_has_the_documented_columns_and_one_row_a_message(api: Api) -> None:
    api.send(clientMessageId="order-1", source="ACME")
    api.batch_to(OTHER, clientBatchId="sale")
    first, second = rows(api)
    assert tuple(first) == COLUMNS
    assert first["clientmessageid"] == "order-1"
    assert (first["direction"], first["country"], first["source"]) == ("1", "GB", "ACME")
    assert (first["status_value"], first["status_details"]) == ("delivered", "delivered_to_recipient")
    assert (first["price_total"], first["price_currency"], first["smscount"]) == ("0.01", "EUR", "1")
    assert (first["msisdn"], first["body"]) == ("+44770090xxxx", "**MASKED**")
    assert (second["clientmessageid"], second["clientbatchid"], second["country"]) == ("id-0", "sale", "US")


def test_what_comes_after_the_job_is_not_in_it(api: Api, sandbox: Sandbox) -> None:
    job_id = ordered(api, to=(sandbox.clock.when() + timedelta(days=1)).isoformat())
    sandbox.clock.advance(DONE + 1)
    api.send()
    assert job(api, job_id) == {"status": "empty"}


def test_only_messages_of_the_span(api: Api, sandbox: Sandbox) -> None:
    start = sandbox.clock.when()
    api.send(clientMessageId="early")
    sandbox.clock.advance(3600)
    api.send(clientMessageId="late")
    split = (start + timedelta(minutes=30)).isoformat()
    assert [row["clientmessageid"] for row in rows(api, to=split)] == ["early"]
    today, tomorrow = (start.date() + timedelta(days=days) for days in (0, 1))  # a date is a moment in UTC
    assert len(rows(api, **{"from": str(today), "to": str(tomorrow)})) >= 1
    assert [row["clientmessageid"] for row in rows(api, **{"from": split})] == ["late"]
    sandbox.clock.advance(8 * 86_400)
    api.send(clientMessageId="new")
    assert [row["clientmessageid"] for row in rows(api)] == ["new"]  # of seven days


def test_only_these_countries_this_number_and_so_many(api: Api) -> None:
    for place in range(3):
        api.send(clientMessageId=f"gb-{place}")
    api.send(destination=OTHER, clientMessageId="us")
    assert [row["clientmessageid"] for row in rows(api, countries=["us"])] == ["us"]
    assert [row["clientmessageid"] for row in rows(api, phoneNumber=OTHER)] == ["us"]
    assert len(rows(api, limit=2)) == 2
    assert len(rows(api, limit=2.0)) == 2  # JSON knows no other kind of number
    assert len(rows(api, limit=0)) == 4


@pytest.mark.sandbox(masked=False)
def test_what_8x8_shows_of_messages_that_failed_and_of_those_whose_answer_was_lost(api: Api) -> None:
    api.send(destination="+447700900961")
    with pytest.raises(httpx.ReadError):
        api.send(fault="reset-after-accept", clientMessageId="lost-1")
    failed, lost = rows(api)
    assert (failed["status_errorcode"], failed["status_errormessage"]) == ("15", "Invalid destination")
    assert (failed["price_total"], failed["price_currency"]) == ("", "")
    assert (lost["clientmessageid"], lost["msisdn"], lost["body"]) == ("lost-1", NUMBER, "Hello")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"from": "yesterday"}, 1000),
        ({"from": 5}, 1000),
        ({"from": "2026-07-02", "to": "2026-07-01"}, 1010),
        ({"limit": -1}, 1010),
        ({"limit": "many"}, 1010),
        ({"limit": 1.5}, 1010),
        ({"limit": None}, 1000),
        ({"from": None}, 1000),
        ({"limit": True}, 1010),
        ({"countries": "GB"}, 1000),
        ({"countries": ["XX"]}, 1009),
        ({"phoneNumber": "me"}, 1002),
        ({"phoneNumber": 5}, 1002),
        ({"colour": "red"}, 1000),
    ],
)
def test_a_wrong_order_is_refused(api: Api, fields: dict[str, Any], code: int) -> None:
    assert refusal(order(api, **fields)) == (400, code)


def test_an_order_is_an_object_or_nothing_and_may_be_lenient(api: Api, sandbox: Sandbox) -> None:
    path = "/sandbox/messages/exports"
    assert refusal(api.http.post(path, json=[])) == (400, 1000)
    assert api.http.post(path).status_code == 202
    sandbox.configure(allow_unknown_fields=True)
    assert order(api, colour="red").status_code == 202
    assert refusal(api.http.get(f"{path}/none")) == (404, 4018)
    del api.http.headers["authorization"]
    assert refusal(order(api)) == refusal(api.http.get(f"{path}/none")) == (401, 1200)


@pytest.mark.sandbox(accounts={KEY: frozenset({"sandbox", "other"})})
def test_a_job_is_seen_from_its_own_sub_account_alone_and_so_are_messages(api: Api, sandbox: Sandbox) -> None:
    api.send()
    job_id = ordered(api)
    assert refusal(api.http.get(f"/other/messages/exports/{job_id}")) == (404, 4018)
    other = api.http.post("/other/messages/exports", json={}).json()["jobId"]
    sandbox.clock.advance(DONE)
    assert api.http.get(f"/other/messages/exports/{other}").json() == {"status": "empty"}


def link_of(api: Api) -> str:
    api.send()
    job_id = ordered(api)
    api.sandbox.clock.advance(DONE)
    return str(job(api, job_id)["data"][0])


def test_a_link_is_fetched_without_the_key_and_expires(api: Api, sandbox: Sandbox) -> None:
    link = link_of(api)
    first = fetch(api, link).content
    assert refusal(api.http.get(link)) == (400, 1000)
    assert refusal(fetch(api, link + "x")) == (404, 1300)
    sandbox.clock.advance(30 * 86_400)
    assert fetch(api, link).content == first
    sandbox.clock.advance(1)
    assert refusal(fetch(api, link)) == (410, 1300)


@pytest.mark.parametrize("status", [401, 403])
def test_a_link_may_want_the_key(api: Api, sandbox: Sandbox, status: int) -> None:
    link = link_of(api)
    sandbox.configure(export_link_wants_key=status)
    assert refusal(fetch(api, link)) == (status, {401: 1200, 403: 1201}[status])
    assert api.http.get(link).text.startswith("umid,")
    assert refusal(api.http.get(link, headers={"authorization": "Bearer another"})) == (401, 1200)


@pytest.mark.parametrize("form", BODIES)
def test_a_log_comes_in_any_form_and_is_read_rightly_or_refused(
    sandbox: Sandbox, tmp_path: Path, form: ExportBody
) -> None:
    path, since = tmp_path / "log.csv", sandbox.clock.when() - timedelta(days=1)
    with sandbox.client(clock=SandboxTime(sandbox, sandbox.clock.advance)) as sms:
        sms.send_batch([NUMBER, OTHER], "Hello")
        sandbox.clock.advance(60)
        sms.download_log(path, since=since)
        usual = list(read_log(path))
        path.unlink()
        sandbox.configure(export_body=form, export_link_wants_key=403)
        if form in {"short-gzip", "open-quote", "login-page"}:
            with pytest.raises(NoResponse if form == "short-gzip" else (InvalidArgument, InvalidResponse)):
                list(read_log(sms.download_log(path, since=since).path))
        else:
            sms.download_log(path, since=since)
            assert list(read_log(path)) == usual
            assert [row.price for row in usual] == [Price(Decimal("0.01"), Decimal("0.01"), "EUR")] * 2


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", "exports", "POST"),
        ("POST", "exports/job", "GET"),
        ("DELETE", "exports/job", "GET"),
        ("POST", "download/token", "GET"),
    ],
)
def test_another_method_is_405(api: Api, method: str, path: str, allow: str) -> None:
    answer = api.http.request(method, f"/sandbox/messages/{path}")
    assert (answer.status_code, answer.headers["allow"]) == (405, allow)


def test_faults_reach_exports_too(api: Api, sandbox: Sandbox) -> None:
    link = link_of(api)
    sandbox.fail_next("error-before;status=503", operation="export")
    sandbox.fail_next("not-json", operation="export-status")
    sandbox.fail_next("reset-answer", operation="export-file")
    assert order(api).status_code == 503
    assert api.http.get("/sandbox/messages/exports/x").status_code == 404
    with pytest.raises(httpx.ReadError):
        fetch(api, link)
    sandbox.fail_next("not-json", operation="export-file")
    assert b"<html>" in fetch(api, link).content
    sandbox.fail_next("error-after", operation="export")
    assert order(api).status_code == 500
    counts = sandbox.requests
    assert (counts.count("export"), counts.count("export-status"), counts.count("export-file")) == (3, 2, 2)
