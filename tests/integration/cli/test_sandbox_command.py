"""``connect-sms sandbox``: what it hands on, and how it and ``receipts serve`` start and end."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import connect_sms.sandbox

if TYPE_CHECKING:
    from tests.support.cli_fixtures import Cli


@pytest.fixture(params=[("sandbox",), ("receipts", "serve", "--store", "receipts.db")], ids=lambda it: it[0])
def serving(request: pytest.FixtureRequest) -> tuple[str, ...]:
    command: tuple[str, ...] = request.param
    return command


@pytest.mark.parametrize("how", [(), ("--json",)])
def test_a_port_that_is_taken_is_2_with_a_way_out(
    serving: tuple[str, ...], how: tuple[str, ...], cli: Cli
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = cli(*serving, "--port", str(port), *how)
    assert done.code == 2
    said = f"cannot listen on 127.0.0.1 port {port}: Address already in use. --port 0 takes a free one"
    assert said in done.err


def test_a_second_ctrl_c_ends_it_quietly(
    serving: tuple[str, ...], cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def serve(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(f"connect_sms.{serving[0]}.serve", serve)
    assert cli(*serving).code == 0


def test_in_json_it_says_where_it_listens_and_that_it_stopped(
    serving: tuple[str, ...], cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Event:
        def wait(self) -> None:
            os.kill(os.getpid(), 2)

    monkeypatch.setattr("connect_sms.cli.serving.Event", Event)
    lines = cli(*serving, "--port", "0", "--json").lines
    assert [line["type"] for line in lines] == ["listening", "stopped"]


def test_a_port_or_a_speed_there_is_not_is_2(cli: Cli) -> None:
    assert cli("sandbox", "--port", "70000").code == 2
    assert cli("sandbox", "--speed", "-1").code == 2


def test_without_its_extra_the_line_to_type_is_shown(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("sandbox.http.foreground", "sandbox.http.server", "sandbox.http.app", "_serving.uvicorn"):
        monkeypatch.delitem(sys.modules, f"connect_sms.{name}", raising=False)
    monkeypatch.delitem(vars(connect_sms.sandbox), "serve", raising=False)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    done = cli("sandbox")
    assert done.code == 3
    assert "pip install 'connect-sms[sandbox]'" in done.err


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What would have been served, and where."""
    seen: dict[str, Any] = {}

    def serve(host: str, port: int, **options: Any) -> None:
        seen.update(options, host=host, port=port)

    monkeypatch.setattr(connect_sms.sandbox, "serve", serve)
    return seen


def test_options_reach_the_sandbox(cli: Cli, seen: dict[str, Any]) -> None:
    url = "http://127.0.0.1:1/r"
    args = ("--host", "localhost", "--port", "9", "--receipt-url", url, "--sub-account", "shop")
    assert cli("sandbox", *args, "--speed", "0").code == 0
    settings = seen["sandbox"].settings
    assert (seen["host"], seen["port"]) == ("localhost", 9)
    assert (settings.receipt_url, settings.sub_account_id) == (url, "shop")
    assert settings.receipt_authorization is None


def test_it_posts_with_the_value_that_the_receiver_accepts(
    cli: Cli, seen: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONNECT_SMS_RECEIPT_AUTHORIZATION", "Basic bmV3\nBasic b2xk")
    assert cli("sandbox").code == 0
    assert seen["sandbox"].settings.receipt_authorization == "Basic bmV3"
    Path("value").write_text("Basic ZmlsZQ==\n")
    assert cli("sandbox", "--receipt-authorization-file", "value").code == 0
    assert seen["sandbox"].settings.receipt_authorization == "Basic ZmlsZQ=="
    done = cli("sandbox", "--receipt-authorization-file", "nowhere")
    assert done.code == 3
    assert "the authorization file nowhere cannot be read" in done.err
