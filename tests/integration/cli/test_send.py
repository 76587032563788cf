"""``connect-sms send``: one message, and what is said of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from connect_sms.client import SmsClient

if TYPE_CHECKING:
    from connect_sms.sandbox import SandboxServer
    from tests.support.cli_fixtures import Cli

NUMBER = "+447700900123"
TEXT = "Your code is 482910"


def test_a_message_is_sent_and_its_umid_printed(cli: Cli, account: SandboxServer) -> None:
    done = cli("send", NUMBER, TEXT, "--sender", "ACME")
    [message] = account.messages
    assert (done.code, done.err) == (0, "")
    assert done.out == f"accepted  +4477*****123  1 part (GSM7)  umid {message.umid}\n"
    assert (message.text, message.source) == (TEXT, "ACME")
    done = cli("send", NUMBER, TEXT, "--debug")
    assert done.code == 0
    assert not any(secret in done.out + done.err for secret in (account.settings.api_key, NUMBER, "482910"))


def test_a_sender_that_8x8_has_confirmed_goes_out_as_it_is(cli: Cli, account: SandboxServer) -> None:
    assert cli("send", NUMBER, TEXT, "--unchecked-sender", "H&M").code == 0
    assert [message.source for message in account.messages] == ["H&M"]
    for sender in (("--sender", "H&M"), ("--sender", "ACME", "--unchecked-sender", "H&M")):
        refused = cli("send", NUMBER, TEXT, *sender)
        assert refused.code == 2
        assert "--unchecked-sender" in refused.err
    assert len(account.messages) == 1


def test_json_is_one_document(cli: Cli, account: SandboxServer) -> None:
    done = cli("send", NUMBER, TEXT, "--json", "--id", "order-7")
    [message] = account.messages
    assert done.json == {
        "command": "send",
        "ok": True,
        "exit_code": 0,
        "message": {
            "umid": message.umid,
            "client_message_id": "order-7",
            "destination": "+4477*****123",
            "code": "QUEUED",
            "encoding": "GSM7",
            "parts": 1,
            "units": 19,
        },
        "error": None,
    }


def test_the_text_may_come_from_standard_input_without_its_last_line_break(
    cli: Cli, account: SandboxServer
) -> None:
    cli("send", NUMBER, "-", stdin="two\nlines\r\n")
    assert account.messages[0].text == "two\nlines"
    done = cli("send", NUMBER, "-", stdin=b"caf\xe9")
    assert (done.code, len(account.messages)) == (2, 1)
    assert "not UTF-8" in done.err


def test_every_option_reaches_the_service(cli: Cli, account: SandboxServer) -> None:
    when = datetime.now(UTC) + timedelta(days=1)
    done = cli(
        *("send", "7700900123", TEXT, "--country", "gb", "--encoding", "UCS2"),
        *(
            "--scheduled",
            when.isoformat(),
            "--expiry",
            "+2d",
            "--receipt-url",
            "https://example.com/r",
            "--client-ip",
            "192.0.2.1",
        ),
        *("--track", "Outcome", "--id", "mine", "--dry-run", "--json"),
    )
    body = done.json["request"]["body"]
    assert body.pop("expiry") > body["scheduled"]
    assert body == {
        "destination": "***",
        "text": TEXT,
        "country": "GB",
        "encoding": "UCS2",
        "scheduled": body["scheduled"],
        "dlrCallbackUrl": "https://example.com/r",
        "clientIp": "192.0.2.1",
        "track": "Outcome",
        "clientMessageId": "mine",
    }


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("+4477OO900123", TEXT), "a phone number has none"),
        (("+44 7700 900123", TEXT), "a space at position 3"),
        (("07700900123", TEXT), "give --country"),
        ((NUMBER, ""), "the text is empty"),
        ((NUMBER, "x" * 1600), "more than the 10 allowed"),
        ((NUMBER, "x" * 200, "--max-parts", "1"), "more than the 1 allowed"),
        ((NUMBER, TEXT, "--sender", "much too long a name"), "it may have 11"),
        ((NUMBER, TEXT, "--encoding", "utf-8"), "encoding must be one of"),
        ((NUMBER, TEXT, "--scheduled", "tomorrow"), "--scheduled is not a time"),
        ((NUMBER, TEXT, "--scheduled", "2030-01-31T09:00:00"), "add the offset from UTC"),
        ((NUMBER, TEXT, "--scheduled", "2001-01-31T09:00:00Z"), "not in the future"),
        ((NUMBER, TEXT, "--scheduled", "+8d"), "8x8 takes at most 7"),
        ((NUMBER, TEXT, "--expiry", "soon"), "--expiry is not a time"),
        ((NUMBER, TEXT, "--id", ""), "client_message_id must have 1 to 350 characters"),
        ((NUMBER, TEXT, "--client-ip", "localhost"), "client_ip"),
        ((NUMBER, TEXT, "--wait", "--wait-timeout", "-1"), "--wait-timeout must be"),
    ],
)
def test_bad_input_is_explained_and_nothing_is_sent(
    args: tuple[str, ...], said: str, cli: Cli, account: SandboxServer
) -> None:
    done = cli("send", *args)
    assert said in done.err
    assert (done.code, done.out, len(account.messages)) == (2, "", 0)
    assert args[0] not in done.err


def test_advice_is_for_a_shell_and_not_for_python(cli: Cli, account: SandboxServer) -> None:
    done = cli("send", NUMBER, "“" + "x" * 1500 + "”")
    assert "connect-sms segments" in done.err
    assert "transliterate" not in done.err


def test_a_rejected_message_is_1(cli: Cli, account: SandboxServer) -> None:
    done = cli("send", "+447700900990", TEXT, "--json", "--id", "mine")
    assert done.code == 1
    assert done.json["error"]["type"] == "MessageRejected"
    assert not done.json["error"]["may_have_been_sent"]
    assert "It was not sent" in done.err
    assert done.json["client_message_id"] == "mine"


def test_a_refused_request_is_4(cli: Cli, account: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONNECT_SMS_API_KEY", "wrong-key")
    done = cli("send", NUMBER, TEXT, "--json")
    assert (done.code, done.json["error"]["type"]) == (4, "AuthenticationFailed")
    assert done.json["error"]["status"] == 401
    assert "wrong-key" not in done.out + done.err


def test_no_connection_is_5(cli: Cli, account: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> None:
    account.close()
    monkeypatch.setattr("connect_sms.clock.Clock.sleep", lambda *_: None, raising=False)
    done = cli("send", NUMBER, TEXT, "--json")
    assert (done.code, done.json["error"]["may_have_been_sent"]) == (5, False)


@pytest.mark.parametrize("fault", ["error-after", "reset-after", "not-json", "truncated-answer"])
def test_an_unknown_outcome_is_6_and_names_the_message_to_look_for(
    fault: str, cli: Cli, account: SandboxServer
) -> None:
    account.fail_next(fault, operation="send")
    done = cli("send", NUMBER, TEXT, "--json", "--id", "look-for-me")
    assert (done.code, len(account.messages)) == (6, 1)
    assert done.json["error"]["may_have_been_sent"] is True
    assert done.json["client_message_id"] == "look-for-me"
    assert "may have been sent" in done.err


def test_wait_follows_the_message_to_its_end(cli: Cli, account: SandboxServer) -> None:
    done = cli("send", NUMBER, TEXT, "--wait", "--json")
    status = done.json["status"]
    assert (done.code, status["outcome"], status["delivered"]) == (0, "delivered", True)
    assert done.json["message"]["umid"] == done.json["status"]["umid"]


def test_a_message_that_fails_is_1_with_the_reason_and_advice(cli: Cli, account: SandboxServer) -> None:
    done = cli("send", "+447700900960", TEXT, "--wait")
    assert done.code == 1
    assert "failed  (final)" in done.out
    assert "Unknown subscriber (delivery error 59, permanent_number)" in done.out
    assert "Do not send to this number again" in done.out


def test_a_wait_that_ends_first_is_7_and_says_it_was_sent(cli: Cli, account: SandboxServer) -> None:
    done = cli("send", "+447700900944", TEXT, "--wait", "--wait-timeout", "0.2", "--json")
    assert done.code == 7
    assert done.json["message"]["umid"] == account.messages[0].umid
    assert done.json["error"]["may_have_been_sent"] is True
    assert "do not send it again" in done.err


def test_a_wait_that_fails_does_not_read_as_a_send_that_failed(cli: Cli, account: SandboxServer) -> None:
    account.fail_next("old-tls", operation="status")
    done = cli("send", NUMBER, TEXT, "--wait", "--json")
    assert (done.code, done.json["error"]["may_have_been_sent"]) == (4, True)
    assert done.json["message"]["umid"] == account.messages[0].umid
    assert "8x8 accepted it" in done.err


@pytest.mark.parametrize(("method", "said"), [("send", "nothing was sent"), ("wait", "connect-sms wait ")])
def test_ctrl_c_says_whether_it_was_sent(
    method: str, said: str, cli: Cli, account: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(SmsClient, method, interrupted)
    done = cli("send", NUMBER, TEXT, "--wait", "--json")
    assert (done.code, done.json["error"]["may_have_been_sent"]) == (130, method == "wait")
    assert said + "".join(message.umid for message in account.messages) in done.err


def test_a_dry_run_shows_the_exact_request_and_a_cheaper_wording(cli: Cli, account: SandboxServer) -> None:
    done = cli("send", NUMBER, "Sale ends Friday — visit example.com", "--dry-run", "--id", "mine")
    assert (done.code, len(account.requests)) == (0, 0)
    head, _, body = done.out.partition("\n\n{")
    assert f"POST {account.base_url}/sandbox/messages\nAuthorization: Bearer ***\n" in head
    assert json.loads("{" + body.partition("\n}\n")[0] + "}") == {
        "destination": "+4477*****123",
        "text": "Sale ends Friday — visit example.com",
        "clientMessageId": "mine",
    }
    assert 'U+2014 EM DASH, at 17: "-" in its place' in done.out
    assert done.out.endswith("Dry run: nothing was sent.\n")
    assert account.settings.api_key not in done.out
    done = cli("send", NUMBER, "“Sale” " * 11, "--dry-run")
    assert 'Cheaper, 1 part instead of 2 (GSM7):\n  "Sale"' in done.out
    args = ("send", NUMBER, TEXT, "--id", "mine", "--json", "--show-numbers")
    drafted = cli(*args, "--dry-run").json["request"]
    assert cli(*args).json["message"]["destination"] == NUMBER
    [message] = account.messages
    assert (message.text, message.client_message_id) == (TEXT, "mine")
    assert drafted["body"] == {"destination": NUMBER, "text": TEXT, "clientMessageId": "mine"}


def test_a_dry_run_needs_no_account_and_says_what_is_missing(cli: Cli) -> None:
    done = cli("send", NUMBER, TEXT, "--dry-run", "--json")
    assert done.code == 0
    missing = [line.split(":")[0].split(".")[0] for line in done.json["missing"]]
    assert missing == ["no API key", "no sub-account"]
    assert "export CONNECT_SMS_API_KEY=..." in done.err
