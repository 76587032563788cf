"""Whose requests a sandbox answers: on loopback those to this machine, and no other site's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from tests.support.asgi import AppTransport
from tests.support.sandbox_api import KEY, NUMBER, Api

if TYPE_CHECKING:
    from connect_sms.sandbox import Sandbox

PATHS = ["/", "/_sandbox/messages?reveal=1", "/sandbox/messages/nobody", "/nowhere"]
OURS = [
    "localhost", "LOCALHOST:8288", "localhost.", "api.localhost:8288", "127.0.0.1", "127.9.8.7:80", "[::1]",
    "[::1]:8288", "[::ffff:127.0.0.1]",
]  # fmt: skip
OTHERS = [
    "evil.example", "evil.example:8288", "127.0.0.1.evil.example", "localhost.evil.example", "evillocalhost",
    "192.0.2.1:8288", "0.0.0.0:8288", "[2001:db8::1]", "localhost@evil.example", "", "a:b:c", "[::1",
]  # fmt: skip


def asking(sandbox: Sandbox, server: str = "127.0.0.1") -> httpx.Client:
    headers = {"Authorization": f"Bearer {KEY}"}
    return httpx.Client(base_url=f"http://{server}:8288", headers=headers, transport=AppTransport(sandbox))


@pytest.mark.parametrize("host", OURS)
def test_on_loopback_a_host_of_this_machine_is_answered(sandbox: Sandbox, host: str) -> None:
    with asking(sandbox) as http:
        assert [http.get(path, headers={"Host": host}).status_code for path in PATHS] == [200, 200, 404, 404]


@pytest.mark.parametrize("host", OTHERS)
def test_on_loopback_no_other_name_is_answered(sandbox: Sandbox, api: Api, host: str) -> None:
    api.send(text="The password is rose")
    for server in ("127.0.0.1", "[::1]"):
        with asking(sandbox, server) as http:
            answers = [http.get(path, headers={"Host": host}) for path in PATHS]
            answers.append(http.post("/_sandbox/reset", json={}, headers={"Host": host}))
        for answer in answers:
            assert answer.status_code == 421
            assert "--allow-host NAME" in answer.json()["message"]
            assert "rose" not in answer.text
            assert NUMBER not in answer.text
    assert len(sandbox.messages) == 1


@pytest.mark.parametrize("named", ["sms.test", "SMS.test.", "*"])
def test_further_names_can_be_allowed(sandbox: Sandbox, named: str) -> None:
    sandbox.configure(hosts=frozenset({named}))
    with asking(sandbox) as http:
        assert http.get("/", headers={"Host": "sms.test:8288"}).status_code == 200
        other = http.get("/", headers={"Host": "other.test"}).status_code
    assert other == (200 if named == "*" else 421)


def test_where_other_machines_can_reach_it_any_name_is_answered(sandbox: Sandbox) -> None:
    for server in ("192.0.2.1", "sandbox"):
        with asking(sandbox, server) as http:
            assert http.get("/", headers={"Host": "sandbox.internal"}).status_code == 200


ORIGINS = ["http://evil.example", "http://localhost:3000", "http://127.0.0.1", "null", "http://[", "file://"]


@pytest.mark.parametrize("origin", ORIGINS)
def test_a_page_of_another_site_controls_nothing(sandbox: Sandbox, api: Api, origin: str) -> None:
    api.send()
    with asking(sandbox) as http:
        headers = {"Origin": origin, "Host": "localhost:8288"}
        answers = [
            http.post("/_sandbox/reset", json={}, headers=headers),
            http.post("/_sandbox/faults", json={"fault": "slow"}, headers=headers),
            http.delete("/_sandbox/faults", headers=headers),
            http.get("/_sandbox/messages", headers=headers),
        ]
    assert [answer.status_code for answer in answers] == [403] * len(answers)
    assert "another site" in answers[0].json()["error"]
    assert len(sandbox.messages) == 1
    assert sandbox.faults.pending() == []


@pytest.mark.parametrize("host", ["localhost:8288", "127.0.0.1:8288", "sms.localhost", "[::1]:8288"])
def test_its_own_page_controls_it(sandbox: Sandbox, api: Api, host: str) -> None:
    api.send()
    with asking(sandbox) as http:
        headers = {"Origin": f"http://{host}", "Host": host.upper()}
        assert http.post("/_sandbox/reset", json={}, headers=headers).status_code == 200
    assert len(sandbox.messages) == 0
