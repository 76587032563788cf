"""A key file that other users of the machine may read is told of by each command that uses the key."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from connect_sms.sandbox import SandboxServer
    from tests.support.cli_fixtures import Cli

SEND = ("send", "+447700900123", "Your code is 482910")
TOLD = "connect-sms: other users of this machine may read the key file: chmod 600 key\n"


@pytest.fixture(params=["option", "variable"])
def key_file(
    request: pytest.FixtureRequest, account: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, ...]:
    """Names a file with the key by an option or in the environment."""
    Path("key").write_text(account.settings.api_key, encoding="utf-8")
    monkeypatch.delenv("CONNECT_SMS_API_KEY")
    if request.param == "option":
        return ("--key-file", "key")
    monkeypatch.setenv("CONNECT_SMS_API_KEY_FILE", "key")
    return ()


def test_a_send_says_so_once(cli: Cli, key_file: tuple[str, ...]) -> None:
    Path("key").chmod(0o644)
    done = cli(*SEND, "--json", *key_file)
    assert (done.code, done.err) == (0, TOLD)
    assert done.json["ok"]
    Path("key").chmod(0o600)
    assert cli(*SEND, *key_file).err == ""


def test_doctor_has_the_line_to_type(cli: Cli, key_file: tuple[str, ...]) -> None:
    Path("key").chmod(0o640)
    assert "-> chmod 600 key" in cli("doctor", *key_file).out


def test_a_file_below_a_home_that_there_is_not_is_a_wrong_setting(
    cli: Cli, account: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def expanduser(_: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "expanduser", expanduser)
    assert cli(*SEND, "--key-file", "~/key").code == 3
