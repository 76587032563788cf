"""No command shows the key, a number whole or a text: not in its output, and not in what anything logs."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import httpx
import pytest

from connect_sms.receipts import open_store, parse
from connect_sms.sandbox import SandboxServer
from tests.support.canaries import KEY, NUMBER, PASSWORD, TEXT, TEXTS, leaks
from tests.support.cli_fixtures import environment_of
from tests.support.processes import start
from tests.support.raw_server import RawServer, http, reset, saying

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.cli_fixtures import Cli

UMID = "6c4b8a3e-0000-4000-8000-000000000001"
ECHO = json.dumps({"code": 9999, "message": f"{KEY} {NUMBER} {TEXT}", "errorId": KEY}).encode()
STORE = ("--store", "receipts.db")

#: How the server acts, by the name of the case; None for a sandbox that works.
SERVERS = {
    "works": None,
    "refuses": saying(http(ECHO, "400 Bad Request")),
    "hangs up": reset,
}

#: Every command; those of the second list need no server. `segments` and `--dry-run` are left out: they show
#: the text that they are asked about.
ASKING = (
    ("send", NUMBER, TEXT),
    ("send", NUMBER, TEXT, "--wait", "--wait-timeout", "1", *STORE),
    ("batch", "people.csv", *STORE, "--output", "-"),
    ("status", UMID),
    ("wait", UMID, "--wait-timeout", "1"),
    ("reconcile", *STORE, "--since", "1h", "--csv", "out.csv", "--html", "out.html"),
    ("doctor", "--online"),
)
ALONE = (
    ("send", f"{NUMBER} ", TEXT),
    ("send", TEXT, NUMBER),
    ("send", NUMBER, TEXT * 50),
    ("send", NUMBER, TEXT, "--sender", TEXT),
    ("send", NUMBER, TEXT, "--text", TEXT),
    ("send", NUMBER, *TEXT.split()),
    ("send", NUMBER, TEXT, "--key", KEY),
    ("send", NUMBER, TEXT, "--key-file", KEY),
    ("batch", "wrong.csv"),
    ("batch", "wrong.csv", "--on-invalid", "reject", "--dry-run"),
    ("batch", NUMBER),
    ("status", f"{NUMBER}\n"),
    ("reconcile", "--store", f"postgresql://user:{PASSWORD}@127.0.0.1:1/none", "--since", "1h"),
    ("send", NUMBER, TEXT, "--store", f"postgresql://user:{PASSWORD}@127.0.0.1:1/none"),
    ("send", NUMBER, TEXT, "--base-url", f"https://user:{PASSWORD}@127.0.0.1:1/api"),
    ("receipts", "list", *STORE),
    ("receipts", "quarantine", *STORE),
    ("receipts", "outages", *STORE),
    ("doctor",),
    (NUMBER, TEXT),
)
MANNERS = (("--debug",), ("--json", "--debug"))


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[RawServer | SandboxServer]:
    """The server of the case."""
    act = SERVERS[getattr(request, "param", "works")]
    with (
        SandboxServer(factor=10_000, status_per_second=None, seed=1, api_key=KEY)
        if act is None
        else RawServer(act)
    ) as running:
        yield running


@pytest.fixture
def key(files: None, server: RawServer | SandboxServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """An account with the key on that server."""
    if isinstance(server, SandboxServer):
        given = environment_of(server)
    else:
        given = {"CONNECT_SMS_SUB_ACCOUNT_ID": "acme", "CONNECT_SMS_BASE_URL": server.url}
    for name, value in given.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> None:
    """The key, files to send to, and a store with something in it."""
    for name, value in {"CONNECT_SMS_API_KEY": KEY, "CONNECT_SMS_TIMEOUT": "0.2"}.items():
        monkeypatch.setenv(name, value)
    Path("people.csv").write_text(f'destination,text\n{NUMBER},"{TEXT}"\n', encoding="utf-8")
    Path("wrong.csv").write_text(
        f'destination,text\n{NUMBER}0000,"{TEXT}"\n{TEXT},{NUMBER}\n', encoding="utf-8"
    )
    with open_store("receipts.db") as store:
        payload = {"umid": UMID, "destination": NUMBER[1:], "status": {"state": "delivered"}}
        body = {"namespace": "SMS", "eventType": "outbound_message_status_changed", "payload": payload}
        store.record([parse(json.dumps(body).encode()), parse(f"{NUMBER} said {TEXT}".encode())])


@pytest.fixture(autouse=True)
def every_logger(caplog: pytest.LogCaptureFixture) -> None:
    """Everything is logged, also by others' loggers."""
    caplog.set_level(logging.DEBUG)


@pytest.mark.parametrize("command", ASKING, ids=" ".join)
@pytest.mark.parametrize("server", SERVERS, indirect=True)
def test_of_a_command_that_asks(
    command: tuple[str, ...], cli: Cli, key: None, caplog: pytest.LogCaptureFixture
) -> None:
    shown = [shown for how in MANNERS for shown in attrs.astuple(cli(*command, *how))]
    # Who asks for a status knows no text to look for, and must take 8x8's words for words.
    unknown = TEXTS if command[0] in {"status", "wait", "doctor"} else ()
    assert [leak for leak in leaks(*shown, caplog.text) if leak not in unknown] == []


@pytest.mark.parametrize("server", ["works", "hangs up"], indirect=True)
def test_of_a_batch_that_is_gone_on_with(cli: Cli, key: None, caplog: pytest.LogCaptureFixture) -> None:
    first = cli("batch", "people.csv", "--output", "results.csv")
    again = cli("batch", "people.csv", "--resume", "results.csv", "--json", "--debug")
    assert leaks(first.out, first.err, again.out, again.err, caplog.text) == []


@pytest.mark.parametrize("command", ALONE, ids=" ".join)
def test_of_a_command_that_asks_nobody(
    command: tuple[str, ...],
    cli: Cli,
    files: None,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CONNECT_SMS_SUB_ACCOUNT_ID", "acme")
    monkeypatch.setenv("CONNECT_SMS_BASE_URL", "http://127.0.0.1:1/api")
    shown = [shown for how in MANNERS for shown in attrs.astuple(cli(*command, *how))]
    assert leaks(*shown, caplog.text) == []


#: Options of each type that a key is no value of, with a command that takes them.
OPTIONS = {
    "send": ("--region", "--base-url", "--timeout", "--key-file", "--sender", "--track", "--max-parts"),
    "doctor": ("--sub-account", "--base-url"),
    "sandbox": ("--port",),
}


def test_of_a_key_in_place_of_another_value(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("CONNECT_SMS_API_KEY", KEY)
    monkeypatch.setenv("CONNECT_SMS_SUB_ACCOUNT_ID", "acme")
    rest = {"send": (NUMBER, TEXT), "doctor": (), "sandbox": ()}
    calls = [(command, option, KEY) for command, options in OPTIONS.items() for option in options]
    for command, *words in (*calls, ("send", f"--timeout={KEY}"), ("send", f"--region={KEY}")):
        done = cli(command, *words, *rest[command])
        assert (done.code in {2, 3}, leaks(done.out, done.err)) == (True, []), words
    assert leaks(*attrs.astuple(cli(KEY)), *attrs.astuple(cli("receipts", KEY))) == []
    assert leaks(caplog.text) == []


def test_of_a_variable_that_holds_something_else(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("SUB_ACCOUNT_ID", "REGION", "BASE_URL", "SENDER", "TIMEOUT", "API_KEY_FILE")
    password = ("BASE_URL", f"https://user:{PASSWORD}@sms.example.com/")
    for name, wrong in (*((name, KEY) for name in names), password):
        with monkeypatch.context() as patched:
            patched.setenv("CONNECT_SMS_API_KEY", "" if name == "API_KEY_FILE" else KEY)
            patched.setenv("CONNECT_SMS_SUB_ACCOUNT_ID", "acme")
            patched.setenv(f"CONNECT_SMS_{name}", wrong)
            for command in (("send", NUMBER, TEXT), ("doctor",)):
                done = cli(*command)
                assert (done.code, leaks(done.out, done.err)) == (3, []), (name, command)


@pytest.mark.parametrize("command", [("sandbox",), ("receipts", "serve", *STORE)], ids=" ".join)
def test_of_a_command_that_serves(command: tuple[str, ...]) -> None:
    """They serve one that knows the key and one that does not."""
    variables: dict[str, Any] = {"CONNECT_SMS_RECEIPT_AUTHORIZATION": f"Basic {KEY}"}
    with start("-m", "connect_sms.cli", *command, "--port", "0", "--debug", **variables) as process:
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            url = next(word for word in said.split() if word.startswith("http"))
            sent = {"destination": NUMBER, "text": TEXT}
            for scheme in ("Basic", "Bearer"):
                for path in ("", "/api/v1/subaccounts/sandbox/messages"):
                    shown = {"authorization": f"{scheme} {KEY}"}
                    httpx.post(url + path, json=sent, headers=shown, trust_env=False, timeout=60)
            process.terminate()
            out, err = process.communicate(timeout=60)
        finally:
            process.kill()
    assert leaks(said, out, err) == []
