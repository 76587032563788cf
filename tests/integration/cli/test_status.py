"""``connect-sms status`` and ``wait``: where a message stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connect_sms.client import SmsClient
from connect_sms.models.outcomes import Outcome
from connect_sms.models.status import MessageStatus
from connect_sms.sandbox import SandboxServer

if TYPE_CHECKING:
    from tests.support.cli_fixtures import Cli


@pytest.fixture
def umid(account: SandboxServer) -> str:
    with account.client() as sms:
        return sms.send("+447700900123", "Your code is 482910", sender="ACME", client_message_id="mine").umid


@pytest.mark.parametrize("command", ["status", "wait"])
def test_an_outcome_is_told_in_words(command: str, cli: Cli, umid: str) -> None:
    done = cli(command, umid)
    assert (done.code, done.err) == (0, "")
    first, *rest = done.out.splitlines()
    assert first == f"delivered  (final)  umid {umid}"
    words = {line.split()[0]: line.split(maxsplit=1)[1] for line in rest}
    assert words["from"] == "ACME"
    assert words["parts"] == "1 (GSM7), 0.01 EUR"
    assert words["to"].endswith("xxxx  GB")
    assert words["your"] == "id   mine"


@pytest.mark.usefixtures("account")
def test_what_a_receipt_does_not_say_is_not_shown(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    found = MessageStatus(umid="u-1", outcome=Outcome.DELIVERED, parts=1, source="receipt")
    monkeypatch.setattr(SmsClient, "wait", lambda *_, **__: found)
    out = cli("wait", "u-1").out
    assert "  parts     1\n" in out
    assert "None" not in out


@pytest.mark.parametrize("command", ["status", "wait"])
def test_an_outcome_as_json_has_everything_but_the_text(command: str, cli: Cli, umid: str) -> None:
    document = cli(command, umid, "--json").json
    status = document.pop("status")
    assert document == {"command": command, "ok": True, "exit_code": 0, "error": None}
    found = {name: status[name] for name in ("umid", "outcome", "is_final", "failure")}
    assert found == {"umid": umid, "outcome": "delivered", "is_final": True, "failure": None}
    assert status["price"] == {"total": "0.01", "per_part": "0.01", "currency": "EUR"}
    assert "482910" not in str(status)


def test_a_number_8x8_does_not_mask_is_masked_here(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    with SandboxServer(factor=10_000, masked=False, status_per_second=None) as server, server.client() as sms:
        sent = sms.send("+447700900123", "hi")
        monkeypatch.setenv("CONNECT_SMS_API_KEY", server.settings.api_key)
        args = ("status", sent.umid, "--base-url", server.base_url, "--sub-account", "sandbox", "--json")
        assert cli(*args).json["status"]["destination"] == "+4477*****123"
        assert cli(*args, "--show-numbers").json["status"]["destination"] == "+447700900123"


def test_a_message_nobody_knows_is_4(cli: Cli, account: SandboxServer) -> None:
    done = cli("status", "nobody", "--json")
    assert (done.code, done.json["error"]["type"], done.json["error"]["code"]) == (4, "NotFound", 1300)
    assert cli("status", "").code == cli("wait", "..").code == 2


def test_a_wait_that_ends_first_is_7_with_the_last_status(cli: Cli, account: SandboxServer) -> None:
    with account.client() as sms:
        umid = sms.send("+447700900940", "hi").umid
    done = cli("wait", umid, "--wait-timeout", "0.2", "--json")
    assert (done.code, done.json["status"]["outcome"]) == (7, "delivered_to_operator")
    assert cli("wait", umid, "--until", "operator").code == 0


def test_a_message_not_final_is_said_to_be_so_and_a_failure_is_1(cli: Cli, account: SandboxServer) -> None:
    with account.client() as sms:
        queued, failed = (sms.send(f"+4477009009{ending}", "hi").umid for ending in (44, 65))
    done = cli("status", queued)
    assert done.code == 0
    assert done.out.startswith("queued  (not final yet)")
    done = cli("wait", failed, "--json")
    assert (done.code, done.json["ok"], done.json["status"]["failure"]["code"]) == (1, False, 43)
    assert done.json["status"]["failure"]["category"] == "permanent_content"


@pytest.mark.parametrize("seconds", ["0", "-5", "nan"])
def test_a_wait_of_no_time_is_2(seconds: str, cli: Cli, umid: str) -> None:
    assert cli("wait", umid, f"--wait-timeout={seconds}").code == 2


def test_ctrl_c_while_waiting_says_how_to_go_on(cli: Cli, umid: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def wait(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(SmsClient, "wait", wait)
    done = cli("wait", umid)
    assert (done.code, f"connect-sms wait {umid}" in done.err) == (130, True)


def test_a_server_error_on_a_read_is_5(cli: Cli, account: SandboxServer, umid: str) -> None:
    for _ in range(3):
        account.fail_next("error-before", operation="status")
    done = cli("status", umid, "--json")
    assert (done.code, done.json["error"]["type"]) == (5, "ServerError")


def test_what_8x8_leaves_out_is_left_out(cli: Cli, account: SandboxServer, umid: str) -> None:
    account.fail_next("null-fields", operation="status")
    done = cli("status", umid)
    assert done.code == 0
    assert "None" not in done.out
    account.fail_next("null-fields", operation="status")
    assert cli("status", umid, "--json").json["status"]["observed_at"] is None
