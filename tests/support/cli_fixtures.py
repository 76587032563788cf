"""The command line in this process, on a sandbox of its own."""

from __future__ import annotations

import functools
import io
import json
import logging
import os
from typing import TYPE_CHECKING, Any

import attrs
import pytest
import typer.main

from connect_sms._transport.rate_limit import RateLimiter
from connect_sms.cli.run import run
from connect_sms.clock import Clock
from connect_sms.sandbox import SandboxServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


#: typer makes all commands anew at each call, which takes longer than most of them do.
_made_once = functools.cache(typer.main.get_command)


@attrs.frozen
class Done:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document it printed."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """The JSON lines it printed."""
        return [json.loads(line) for line in self.out.splitlines()]


class Cli:
    """Runs commands as `main` does."""

    def __init__(self, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capfd = capfd
        self._monkeypatch = monkeypatch

    def __call__(self, *args: str, stdin: str | bytes = b"") -> Done:
        given = stdin.encode() if isinstance(stdin, str) else stdin
        self._monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given), encoding="utf-8"))
        self._monkeypatch.setattr("typer.main.get_command", _made_once)
        self._capfd.readouterr()
        code = run(list(args))
        out, err = self._capfd.readouterr()
        assert "Traceback" not in out + err
        return Done(code, out, err)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Nothing of the developer's own account, a folder of its own to write into, and pauses cut short."""
    for name in list(os.environ):
        if name.startswith("CONNECT_SMS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    sleep = Clock.sleep
    monkeypatch.setattr(Clock, "sleep", lambda self, seconds: sleep(self, min(seconds, 0.01)))
    monkeypatch.setattr(RateLimiter, "reserve", lambda *_: 0.0)
    monkeypatch.chdir(tmp_path)
    yield
    logging.getLogger("connect_sms").setLevel(logging.NOTSET)  # --debug turns it up


@pytest.fixture
def cli(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The command line, without an account."""
    return Cli(capfd, monkeypatch)


@pytest.fixture
def server() -> Iterator[SandboxServer]:
    """A sandbox on a free port, in which a message is delivered at once."""
    with SandboxServer(factor=10_000, status_per_second=None, seed=1) as running:
        yield running


@pytest.fixture
def account(server: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> SandboxServer:
    """The same, set up in the environment."""
    for name, value in environment_of(server).items():
        monkeypatch.setenv(name, value)
    return server


def environment_of(server: SandboxServer) -> dict[str, str]:
    """What the environment says to use a sandbox."""
    return {
        "CONNECT_SMS_API_KEY": server.settings.api_key,
        "CONNECT_SMS_SUB_ACCOUNT_ID": server.settings.sub_account_id,
        "CONNECT_SMS_BASE_URL": server.base_url,
    }
