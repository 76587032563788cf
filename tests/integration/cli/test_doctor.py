"""``connect-sms doctor``: what is set, from where, what is missing, and the line to type."""

from __future__ import annotations

import socket
import ssl
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import MagicMock
from urllib.parse import urlsplit

import pytest

from connect_sms.cli import account
from connect_sms.cli.commands import doctor_online
from connect_sms.cli.commands.doctor_online import _clock, _connection
from connect_sms.errors.calls import NotFound
from connect_sms.models.responses import RawResponse

if TYPE_CHECKING:
    from connect_sms.sandbox import SandboxServer
    from tests.support.cli_fixtures import Cli, Done

KEY = "k3y-that-nobody-may-see"


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONNECT_SMS_API_KEY", KEY)
    monkeypatch.setenv("CONNECT_SMS_SUB_ACCOUNT_ID", "acme")


def settings(done: Done) -> dict[str, tuple[str, str, str | None, str | None]]:
    return {
        entry["name"]: (entry["state"], entry["value"], entry["source"], entry["fix"])
        for entry in done.json["settings"]
    }


def test_nothing_set_is_3_with_the_lines_to_type(cli: Cli) -> None:
    done = cli("doctor")
    assert done.code == 3
    assert "MISSING API key        not set\n          -> export CONNECT_SMS_API_KEY=..." in done.out
    assert "MISSING sub-account    not set\n          -> export CONNECT_SMS_SUB_ACCOUNT_ID=..." in done.out
    assert "ok      region         asia-pacific (default)" in done.out
    done = cli("doctor", "--online")
    assert done.code == 3
    assert "Not gone online: put the above right first." in done.out


def test_what_is_set_is_said_with_where_and_the_key_never_shown(configured: None, cli: Cli) -> None:
    done = cli("doctor", "--json")
    assert done.code == 0
    assert KEY not in done.out
    found = settings(done)
    assert found["API key"] == ("ok", "set, 23 characters", "CONNECT_SMS_API_KEY", None)
    assert found["sub-account"] == ("ok", "acme", "CONNECT_SMS_SUB_ACCOUNT_ID", None)
    assert found["timeout"] == ("ok", "30 s, and 5 s to connect", "default", None)
    assert found["sender ID"][0] == "note"
    assert "set, 23 characters, from CONNECT_SMS_API_KEY" in cli("doctor").out


def test_options_outrank_the_environment(configured: None, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"REGION": "europe", "SENDER": "ACME", "TIMEOUT": "20"}.items():
        monkeypatch.setenv(f"CONNECT_SMS_{name}", value)
    found = settings(cli("doctor", "--json"))
    assert found["region"] == ("ok", "europe", "CONNECT_SMS_REGION", None)
    assert found["sender ID"] == ("ok", "ACME", "CONNECT_SMS_SENDER", None)
    assert found["timeout"] == ("ok", "20 s", "CONNECT_SMS_TIMEOUT", None)
    Path("key").write_text("other")
    Path("key").chmod(0o600)
    found = settings(
        cli(
            *("doctor", "--json", "--base-url", "http://127.0.0.1:1/x", "--timeout", "5"),
            *("--sub-account", "other", "--key-file", "key"),
        )
    )
    assert found["base URL"] == ("ok", "http://127.0.0.1:1/x", "--base-url", None)
    assert found["timeout"] == ("ok", "5 s", "--timeout", None)
    assert found["sub-account"][2] == "--sub-account"
    assert found["API key"][1:3] == ("set, 5 characters", "--key-file")


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize(
    ("variables", "args", "name", "said"),
    [
        ({"REGION": "mars"}, (), "region", "'mars' is none of 8x8's"),
        ({"REGION": "europe", "BASE_URL": "https://example.com"}, (), "region", "both set"),
        ({}, ("--region", "europe", "--base-url", "https://example.com"), "region", "both set"),
        ({"BASE_URL": "http://example.com"}, (), "base URL", "plain http"),
        ({"TIMEOUT": "soon"}, (), "timeout", "must be a number of seconds"),
        ({"TIMEOUT": "-1"}, (), "timeout", "must be a number of seconds"),
        ({"SUB_ACCOUNT_ID": "a b c"}, (), "sub-account", "sub_account_id must be"),
        ({"SUB_ACCOUNT_ID": KEY}, (), "settings", "sub_account_id is the API key"),
        ({}, ("--sub-account", "ab"), "sub-account", "sub_account_id must be"),
        ({"SENDER": "much too long a name"}, (), "sender ID", "it may have 11"),
        ({"API_KEY": "", "API_KEY_FILE": "none"}, (), "API key", "there is no such file"),
    ],
)
def test_what_is_wrong_is_3_and_says_why(  # noqa: PLR0917  a table with four columns
    variables: dict[str, str],
    args: tuple[str, ...],
    name: str,
    said: str,
    cli: Cli,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for variable, value in variables.items():
        monkeypatch.setenv(f"CONNECT_SMS_{variable}", value)
    done = cli("doctor", "--json", *args)
    assert done.code == 3
    state, value, *_ = settings(done)[name]
    assert state == "wrong"
    assert said in value
    assert cli("doctor", *args).out.count("WRONG") == 1


def test_a_key_file_that_others_may_read_is_remarked_on(
    configured: None, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CONNECT_SMS_API_KEY")
    monkeypatch.setenv("CONNECT_SMS_API_KEY_FILE", "key")
    Path("key").write_text(KEY)
    Path("key").chmod(0o644)
    done = cli("doctor", "--json")
    assert done.code == 0
    assert settings(done)["API key"] == (
        "note",
        "set, 23 characters; others may read the file",
        "CONNECT_SMS_API_KEY_FILE",
        "chmod 600 key",
    )
    Path("key").chmod(0o600)
    assert settings(cli("doctor", "--json"))["API key"][0] == "ok"


def test_a_keyring_that_fails_is_told(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        account, "_from_keyring", lambda _: account.Key(None, "the keyring failed: NoBackend")
    )
    assert "MISSING API key        the keyring failed: NoBackend" in cli("doctor").out


def test_extras_are_listed_with_versions_or_the_line_to_type(
    configured: None, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def version(name: str) -> str:
        if name == "nowhere":
            raise metadata.PackageNotFoundError
        return "1.2"

    cli_needs = ['typer<1,>=0.20; extra == "cli"', "rich<16,>=13.7; extra == 'cli'"]
    needs = ["attrs>=23", *cli_needs, 'nowhere<2; extra == "far"']
    monkeypatch.setattr(metadata, "requires", lambda _: needs)
    monkeypatch.setattr(metadata, "version", version)
    out = cli("doctor").out
    assert "ok      [cli]          typer 1.2, rich 1.2" in out
    assert (
        "-       [far]          not installed (nowhere)\n          -> pip install 'connect-sms[far]'" in out
    )
    assert "attrs" not in out

    def requires(_: str) -> list[str]:
        raise metadata.PackageNotFoundError

    monkeypatch.setattr(metadata, "requires", requires)
    assert "extras         not known" in cli("doctor").out


def online(done: Done) -> dict[str, tuple[str, str]]:
    return {entry["name"]: (entry["state"], entry["value"]) for entry in done.json["online"]}


def test_online_looks_at_name_key_and_clock_and_sends_nothing(cli: Cli, account: SandboxServer) -> None:
    assert cli("doctor", "--json").json["online"] is None
    assert len(account.requests) == 0
    done = cli("doctor", "--online", "--json")
    assert done.code == 0
    found = online(done)
    assert found["DNS"] == ("ok", "127.0.0.1 is 127.0.0.1")
    assert found["TLS"] == ("note", "none: the base URL is plain http")
    assert found["key"][0] == found["clock"][0] == "ok"
    assert len(account.messages) == 0
    assert "8x8 takes the key for this sub-account" in cli("doctor", "--online").out


def test_online_says_when_the_key_is_wrong(
    cli: Cli, account: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONNECT_SMS_API_KEY", KEY)
    done = cli("doctor", "--online", "--json")
    assert done.code == 5
    assert online(done)["key"][0] == "wrong"
    assert KEY not in done.out


def test_online_says_when_nobody_listens(configured: None, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/x"
    done = cli("doctor", "--online", "--json", "--base-url", url)
    assert done.code == 5
    said = f"127.0.0.1 port {url.split(':')[2][:-2]}: Connection refused"
    assert online(done)["connection"] == ("wrong", said)
    assert online(done)["service"][0] == "wrong"


def test_online_says_when_there_is_no_such_name(
    configured: None, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nowhere(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    done = cli("doctor", "--online", "--json", "--region", "europe")
    assert online(done)["DNS"] == ("wrong", "sms.8x8.uk has no address: Name or service not known")


def test_online_through_a_proxy_leaves_dns_and_tls_to_it(
    configured: None, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")
    found = online(cli("doctor", "--online", "--json", "--region", "europe"))
    assert found["connection"][0] == "note"
    assert "DNS" not in found
    assert found["service"][0] == "wrong"


def test_online_no_proxy_is_in_the_way_to_this_machine(
    cli: Cli, account: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    found = online(cli("doctor", "--online", "--json"))
    assert found["DNS"][0] == found["key"][0] == "ok"


@pytest.mark.parametrize(
    ("date", "state", "said"),
    [
        ("Wed, 01 Jan 2020 00:00:00 GMT", "wrong", "ahead of the server's"),
        ("Fri, 01 Jan 2100 00:00:00 GMT", "wrong", "behind the server's"),
        ("yesterday", None, ""),
        (None, None, ""),
    ],
)
def test_a_clock_that_is_off_is_told(date: str | None, state: str | None, said: str) -> None:
    response = RawResponse(404, {} if date is None else {"date": date}, b"")
    assert _clock(NotFound(status=404)) == []
    found = _clock(NotFound(status=404, response=response))
    assert [finding.state for finding in found] == ([] if state is None else [state])
    assert all(said in finding.value for finding in found)


UNTRUSTED = ssl.SSLCertVerificationError(1, "x")
UNTRUSTED.verify_message = "self-signed"


class Older:
    """A context whose most is TLS 1.2, as openssl.cnf may make it."""

    maximum_version = ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize("older", ["the settings of the system", "the build"])
def test_a_python_that_does_not_offer_tls_1_3_is_told_of(
    configured: None, cli: Cli, monkeypatch: pytest.MonkeyPatch, older: str
) -> None:
    state, value, _, fix = settings(cli("doctor", "--json"))["TLS"]
    assert (state, value, fix) == ("ok", f"1.3 is offered, by {ssl.OPENSSL_VERSION}", None)
    if older == "the build":
        monkeypatch.setattr(ssl, "HAS_TLSv1_3", False)
    else:
        monkeypatch.setattr(ssl, "create_default_context", Older)
    done = cli("doctor", "--json")
    state, value, _, fix = settings(done)["TLS"]
    assert (done.code, state) == (3, "wrong")
    assert "1.3 is not offered" in value
    assert "MaxProtocol" in str(fix)


@pytest.mark.parametrize(
    ("problem", "name", "finding"),
    [
        ("TLSv1.3", "TLS", ("ok", "TLSv1.3, the certificate is trusted")),
        ("TLSv1.2", "TLS", ("note", "8x8 refuses messages to Singapore below TLS 1.3")),
        (UNTRUSTED, "TLS", ("wrong", "the certificate is not trusted: self-signed")),
        (OSError(104, "Connection reset"), "connection", ("wrong", "Connection reset")),
    ],
)
def test_online_shakes_hands(
    problem: Exception | str, name: str, finding: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    context = MagicMock()
    if isinstance(problem, str):
        context.wrap_socket.return_value.__enter__.return_value.version.return_value = problem
    else:
        context.wrap_socket.side_effect = problem
    monkeypatch.setattr(doctor_online, "default_context", lambda: context)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        found = _connection(urlsplit(f"https://127.0.0.1:{port}/x"), "127.0.0.1")
    assert context.wrap_socket.call_args.kwargs == {"server_hostname": "127.0.0.1"}
    by_name = {entry.name: (entry.state, entry.value) for entry in found}
    assert by_name[name][0] == finding[0]
    assert by_name[name][1].endswith(finding[1])


def test_online_takes_any_answer_for_a_key_that_works(
    cli: Cli, account: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connect_sms.client.SmsClient.status", lambda *_: None)
    assert online(cli("doctor", "--online", "--json"))["key"][0] == "ok"
