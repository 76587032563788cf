"""Wrong usage and missing settings: a clear line, the right code, and never the key."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from connect_sms import __version__
from connect_sms.cli import main
from connect_sms.cli.account import Account
from connect_sms.cli.exit_codes import Exit, exit_of
from connect_sms.cli.run import run
from connect_sms.cli.signals import Interrupts
from connect_sms.client import SmsClient
from connect_sms.errors.base import ConfigurationError
from connect_sms.errors.calls import NetworkError
from connect_sms.errors.results import BatchInterrupted
from connect_sms.models.batch_results import BatchResult, RecipientResult

if TYPE_CHECKING:
    from connect_sms.sandbox import SandboxServer
    from tests.support.cli_fixtures import Cli

KEY = "k3y-that-nobody-may-see"
SEND = ("send", "+447700900123", "Your code is 482910")


@pytest.mark.parametrize(
    "args",
    [
        (*SEND, "--api-key", KEY),
        (*SEND, f"--api-key={KEY}"),
        ("status", "--token", KEY, "umid"),
        ("doctor", "--apikey", KEY),
        ("--api-key", KEY, *SEND),
    ],
)
def test_a_key_as_an_argument_is_refused_and_not_repeated(args: tuple[str, ...], cli: Cli) -> None:
    done = cli(*args)
    assert (done.code, done.out) == (2, "")
    assert "is not an option: a key on a command line ends up in the shell's history" in done.err
    assert "--key-file PATH" in done.err
    assert KEY not in done.err


def test_a_key_in_place_of_a_key_file_is_not_repeated(cli: Cli) -> None:
    done = cli(*SEND, "--key-file", KEY, "--sub-account", "acme")
    assert done.code == 3
    assert "--key-file: there is no such file. It takes the path of a file, never the key" in done.err
    assert KEY not in done.err


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("send",), "Missing argument 'NUMBER'"),
        (("send", "+447700900123"), "Missing argument 'TEXT'"),
        (("send", "+447700900123", "Your", "code"), "A text with spaces in it goes in quotes"),
        (("send", "+447700900123", "-5% off"), "A text that begins with a dash goes after --"),
        (("sned", "+447700900123", "hi"), "No such command 'sned'"),
        (("+447700900123", "hi"), "No such command '+4477*****123'"),
        ((*SEND, "--region", "mars"), "--region"),
        ((*SEND, "--timeout", "soon"), "--timeout"),
        (("wait", "umid", "--until", "doomsday"), "--until"),
        (("batch",), "Missing argument 'FILE'"),
        (("status", "a", "b"), "more arguments than it takes"),
        (("segments", "a", "b"), "goes in quotes"),
    ],
)
def test_wrong_usage_is_2_with_where_to_look(args: tuple[str, ...], said: str, cli: Cli) -> None:
    done = cli(*args)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "--help" in done.err
    assert "+447700900123" not in done.err


def test_wrong_usage_is_json_when_json_was_asked_for(cli: Cli) -> None:
    document = cli("send", "--json").json
    assert (document["command"], document["ok"], document["exit_code"]) == ("send", False, 2)
    assert document["error"]["type"] == "Usage"


def test_a_text_that_looks_like_an_option_goes_after_two_dashes(cli: Cli, account: SandboxServer) -> None:
    done = cli("send", "--", "+447700900123", "--json")
    assert (done.code, account.messages[0].text) == (0, "--json")
    assert done.out.startswith("accepted")


@pytest.mark.parametrize(
    "args", [SEND, ("status", "umid"), ("wait", "umid"), ("reconcile", "--store", "s.db", "--since", "1h")]
)
def test_without_a_key_the_lines_to_type_are_shown(args: tuple[str, ...], cli: Cli) -> None:
    done = cli(*args)
    assert (done.code, done.out) == (3, "")
    for line in ("export CONNECT_SMS_API_KEY=...", "--key-file", "keyring set connect-sms", "doctor"):
        assert line in done.err


def test_a_missing_key_is_seen_before_a_batch_is_read(cli: Cli) -> None:
    done = cli("batch", "there-is-no-such-file.csv", "--json")
    assert (done.code, done.json["error"]["type"]) == (3, "ConfigurationError")


def test_without_a_sub_account_the_line_to_type_is_shown(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONNECT_SMS_API_KEY", KEY)
    done = cli(*SEND)
    assert done.code == 3
    assert "export CONNECT_SMS_SUB_ACCOUNT_ID=..., or give --sub-account" in done.err
    assert KEY not in done.err


def test_a_setting_that_cannot_be_is_3(cli: Cli, account: SandboxServer) -> None:
    assert cli(*SEND, "--base-url", "http://sms.example.com/api").code == 3
    assert cli(*SEND, "--region", "europe", "--base-url", account.base_url).code == 3
    assert cli(*SEND, "--timeout", "-1").code == 3
    assert len(account.messages) == 0


@pytest.mark.parametrize("how", ["option", "variable"])
def test_a_key_may_stand_in_a_file(
    how: str, cli: Cli, account: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("key").write_text(f"{account.settings.api_key}\n")
    monkeypatch.delenv("CONNECT_SMS_API_KEY")
    if how == "variable":
        monkeypatch.setenv("CONNECT_SMS_API_KEY_FILE", "key")
    assert cli(*SEND, *(("--key-file", "key") if how == "option" else ())).code == 0


def test_a_key_file_outranks_the_environment_and_is_not_empty(cli: Cli, account: SandboxServer) -> None:
    Path("key").write_text("wrong-key")
    assert cli(*SEND, "--key-file", "key").code == 4
    Path("key").write_text("\n")
    done = cli(*SEND, "--key-file", "key")
    assert done.code == 3
    assert "--key-file: the key file is empty" in done.err


class Ring:
    """A keyring with one key in it."""

    def __init__(self, **keys: str) -> None:
        self._keys = keys

    def get_password(self, service: str, user: str) -> str | None:
        assert service == "connect-sms"
        if user == "locked":
            raise RuntimeError("no desktop")
        return self._keys.get(user)


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connect_sms.cli.account.find_spec", lambda _: object())
    monkeypatch.setitem(sys.modules, "keyring", Ring(sandbox="sandbox-key\n", blank=" "))


def test_a_key_may_stand_in_a_keyring_under_its_sub_account(
    ring: None, cli: Cli, account: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CONNECT_SMS_API_KEY")
    assert cli(*SEND).code == 0
    assert Account().key().source == "keyring"


@pytest.mark.parametrize(
    ("user", "source"),
    [("other", "nowhere"), ("blank", "nowhere"), ("locked", "the keyring failed: RuntimeError")],
)
def test_a_keyring_without_the_key_is_as_none(
    ring: None, user: str, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = Account(sub_account=user).key()
    assert (key.secret, key.source) == (None, source)
    monkeypatch.setattr("connect_sms.cli.account.find_spec", lambda _: None)
    assert Account(sub_account="sandbox").key().source == "nowhere"


def test_help_lists_every_exit_code(cli: Cli) -> None:
    done = cli("--help")
    assert done.code == 0
    for code in Exit:
        assert f"{code.value:>3}  {code.meaning}" in done.out
    assert cli("-h").out == done.out


def test_every_command_has_help_and_no_option_for_the_key(cli: Cli) -> None:
    for command in ("send", "batch", "status", "wait", "segments", "sandbox", "doctor"):
        done = cli(command, "--help")
        assert done.code == 0
        assert "--json" in done.out
        assert "--api-key" not in done.out


def test_no_command_at_all_shows_the_help_and_the_version_is_an_option(cli: Cli) -> None:
    done = cli()
    assert done.code == 2
    assert "Commands:" in done.out + done.err
    assert cli("--version").out == f"connect-sms {__version__}\n"


def test_what_is_unexpected_is_70_by_its_type_only_unless_debugging(
    cli: Cli, account: SandboxServer, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise KeyError("+447700900123")

    monkeypatch.setattr(SmsClient, "status", broken)
    done = cli("status", "umid", "--json")
    assert (done.code, done.json["error"]["type"]) == (70, "KeyError")
    assert "--debug shows more" in done.err
    assert "+447700900123" not in done.out + done.err
    assert run(["status", "umid", "--debug"]) == 70
    assert "in broken" in capfd.readouterr().err
    assert logging.getLogger("connect_sms").level == logging.DEBUG


def test_an_interruption_nobody_caught_is_130(
    cli: Cli, account: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(SmsClient, "status", interrupted)
    assert cli("status", "umid").code == 130
    monkeypatch.setattr("connect_sms.cli.run._commands", lambda _: {})
    monkeypatch.setattr("connect_sms.cli.run.app", interrupted)
    assert cli("status", "umid").code == 130


def test_a_missing_extra_is_named_with_the_line_to_type(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "rich"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "rich", None)
    monkeypatch.setitem(sys.modules, "rich.console", None)
    done = cli("segments", "hi")
    monkeypatch.delitem(sys.modules, "connect_sms.cli.run")
    monkeypatch.setitem(sys.modules, "typer", None)
    with pytest.raises(SystemExit) as end:
        main()
    assert done.code == end.value.code == 3
    for err in (done.err, capfd.readouterr().err):
        assert "pip install 'connect-sms[cli]'" in err


def test_another_missing_module_is_no_missing_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "connect_sms.cli.run")
    monkeypatch.setitem(sys.modules, "connect_sms.cli.output", None)
    with pytest.raises(ModuleNotFoundError):
        main()


def test_main_leaves_with_the_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["connect-sms", "status"])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 2
    assert "Missing argument 'UMID'" in capsys.readouterr().err


def test_every_error_of_the_library_has_a_code() -> None:
    recipient = RecipientResult(0, "+447700900123", "id")
    some = BatchResult((recipient,), (), (), ())
    doubtful = BatchResult((), (), (recipient,), ())
    assert exit_of(BatchInterrupted("x", result=some)) is Exit.HALFWAY
    assert exit_of(BatchInterrupted("x", result=doubtful)) is Exit.UNKNOWN
    assert exit_of(ConfigurationError("x")) is Exit.CONFIGURATION
    assert exit_of(NetworkError("x", reason="x")) is Exit.NETWORK


def test_a_signal_that_came_early_is_heeded_as_soon_as_it_may_be() -> None:
    with Interrupts() as stop:
        stop._handle(2, None)
        with pytest.raises(KeyboardInterrupt), stop.allowed():
            pytest.fail("it was allowed to go on")
        assert stop.exit_code == 130


def test_outside_the_main_thread_signals_are_left_alone() -> None:
    from threading import Thread

    seen: list[int | None] = []

    def work() -> None:
        with Interrupts() as stop, stop.allowed():
            seen.append(stop.number)

    thread = Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [None]
