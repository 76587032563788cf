"""Who may use the service, where it stands, and what an error looks like."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.support.sandbox_api import KEY, Api, refusal

if TYPE_CHECKING:
    from connect_sms.sandbox import Sandbox

BODY = {"destination": "+447700900123", "text": "Hello"}


@pytest.mark.parametrize("value", [None, "", "Bearer", "Bearer wrong", f"Basic {KEY}", KEY])
def test_a_missing_or_unknown_key_is_401_with_code_1200(api: Api, value: str | None) -> None:
    del api.http.headers["Authorization"]
    headers = {} if value is None else {"Authorization": value}
    answer = api.http.post("/sandbox/messages", json=BODY, headers=headers)
    assert refusal(answer) == (401, 1200)
    assert len(api.sandbox.messages) == 0


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_is_read_without_regard_to_case(api: Api, scheme: str) -> None:
    assert api.http.post(
        "/sandbox/messages", json=BODY, headers={"Authorization": f"{scheme} {KEY}"}
    ).is_success


@pytest.mark.parametrize("sub_account", ["nobody", "xy", "a" * 51, "with space", "sl%2Fash"])
def test_an_unknown_sub_account_is_403_with_code_1001(api: Api, sub_account: str) -> None:
    assert refusal(api.http.post(f"/{sub_account}/messages", json=BODY)) == (403, 1001)


@pytest.mark.sandbox(accounts={KEY: frozenset({"mine"}), "other-key": frozenset({"theirs"})})
def test_a_sub_account_of_somebody_else_is_403_with_code_1201(api: Api) -> None:
    assert api.http.post("/mine/messages", json=BODY).is_success
    assert refusal(api.http.post("/theirs/messages", json=BODY)) == (403, 1201)


@pytest.mark.sandbox(accounts={KEY: frozenset({"mine", "also-mine"})})
def test_a_message_is_not_found_under_another_sub_account(api: Api) -> None:
    umid = api.http.post("/mine/messages", json=BODY).json()["umid"]
    assert api.http.get(f"/mine/messages/{umid}").is_success
    assert refusal(api.http.get(f"/also-mine/messages/{umid}")) == (404, 1300)


@pytest.mark.parametrize("prefix", ["", "/api/v1/subaccounts"])
def test_the_operations_stand_at_the_root_and_under_the_live_base_path(api: Api, prefix: str) -> None:
    url = f"https://sandbox.invalid{prefix}/sandbox"
    umid = api.http.post(f"{url}/messages", json=BODY).json()["umid"]
    assert api.http.get(f"{url}/messages/{umid}").json()["umid"] == umid
    assert api.http.post(f"{url}/messages/batch", json={"messages": [BODY]}).json()["acceptedCount"] == 1
    assert api.http.post(f"{url}/batch", json={"messages": [BODY]}).json()["acceptedCount"] == 1


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/sandbox/messages", "POST"),
        ("DELETE", "/sandbox/messages", "POST"),
        ("GET", "/sandbox/batch", "POST"),
        ("GET", "/sandbox/messages/batch", "POST"),
        ("POST", "/sandbox/messages/abc123", "GET"),
    ],
)
def test_another_method_is_405_and_names_the_right_one(
    api: Api, method: str, path: str, allowed: str
) -> None:
    answer = api.http.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == allowed
    assert refusal(answer) == (405, None)


@pytest.mark.parametrize(
    "path", ["/", "/sandbox", "/sandbox/", "/sandbox/messages/", "/sandbox/messages/a/b", "/sandbox/x"]
)
def test_any_other_path_is_404_without_a_code_of_the_api(api: Api, path: str) -> None:
    assert refusal(api.http.get(path)) == (404, None)


@pytest.mark.parametrize(("served", "closed"), [("messages/batch", "batch"), ("batch", "messages/batch")])
def test_one_batch_path_can_be_served_and_the_other_answer_a_status(
    api: Api, sandbox: Sandbox, served: str, closed: str
) -> None:
    paths = "live" if closed == "batch" else "catalogue"
    sandbox.configure(batch_paths=paths)
    assert api.batch(messages=[BODY], path=closed).status_code == (404 if closed == "batch" else 405)
    for status in (404, 405):
        sandbox.configure(closed_batch_path_status=status)
        assert api.batch(messages=[BODY], path=closed).status_code == status
    assert len(sandbox.accepted) == 0
    assert api.batch(messages=[BODY], path=served).is_success


def test_an_encoded_slash_does_not_make_a_new_segment(api: Api) -> None:
    assert refusal(api.http.get("/sandbox/messages/a%2Fb")) == (404, 1300)
    assert api.sandbox.requests.last.operation == "status"


def test_every_error_has_its_own_id_and_one_of_the_three_timestamp_styles(api: Api) -> None:
    bodies = [api.status("abc123").json() for _ in range(40)]
    assert len({body["errorId"] for body in bodies}) == 40
    styles = {re.sub(r"\d", "9", body["timestamp"]) for body in bodies}
    whole = "9999-99-99T99:99:99"
    assert styles == {f"{whole}Z", f"{whole}.99Z", f"{whole}.9999999+99:99"}


def test_the_body_of_a_send_is_json_and_says_so(api: Api) -> None:
    json, surrogate = "application/json", b'{"destination": "+447700900123", "text": "\\ud800"}'
    for content, kind in [
        (b"{", json),
        (b"\xff", json),
        (surrogate, json),
        (b"{}", "text/plain"),
        (b"{}", ""),
    ]:
        answer = api.http.post("/sandbox/messages", content=content, headers={"Content-Type": kind})
        assert refusal(answer) == (400, 1000)
    bodies: list[object] = [[], "text", 1, None]
    for body in bodies:
        assert refusal(api.raw_send(body)) == (400, 1000)
        assert refusal(api.http.post("/sandbox/messages/batch", json=body)) == (400, 1000)


@pytest.mark.sandbox(status_per_second=1.0)
def test_a_second_status_request_within_a_second_is_429_with_retry_after(api: Api, sandbox: Sandbox) -> None:
    umid = api.umid()
    assert api.status(umid).is_success
    limited = api.status(umid)
    assert refusal(limited) == (429, 429)
    assert limited.headers["Retry-After"] == "1"
    assert all(api.send().is_success for _ in range(50))  # sends are not limited by default
    sandbox.clock.advance(1)
    assert api.status(umid).is_success


@pytest.mark.sandbox(status_per_second=1.0)
def test_being_a_little_early_is_forgiven_but_the_rate_is_not_exceeded(api: Api, sandbox: Sandbox) -> None:
    umid = api.umid()
    passed = 0
    for _ in range(100):
        passed += api.status(umid).is_success
        sandbox.clock.advance(0.95)
    assert passed <= 96  # 95 s at one a second, and the first
    sandbox.clock.advance(2)
    assert api.status(umid).is_success
    sandbox.clock.advance(0.5)
    assert api.status(umid).status_code == 429


@pytest.mark.sandbox(accounts={KEY: frozenset({"one", "two"})}, status_per_second=1.0)
def test_each_sub_account_has_its_own_status_limit(api: Api) -> None:
    found = [api.http.get(f"/{name}/messages/x").status_code for name in ("one", "two", "one")]
    assert found == [404, 404, 429]


@pytest.mark.sandbox(sends_per_second=2.0)
def test_a_limit_on_sends_can_be_set(api: Api, sandbox: Sandbox) -> None:
    assert api.send().is_success
    assert api.send().status_code == 429
    sandbox.clock.advance(0.5)
    assert api.send().is_success
    assert len(sandbox.accepted) == 2
