"""The command as a process: pipes, terminals, signals, and what a start loads."""

from __future__ import annotations

import csv
import json
import os
import pty
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from connect_sms.client import SmsClient
from tests.support.cli_fixtures import environment_of
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connect_sms.sandbox import SandboxServer

COMMAND = (sys.executable, "-m", "connect_sms.cli")
PATIENCE = 60


@pytest.fixture
def environment(server: SandboxServer) -> dict[str, str]:
    path = os.pathsep.join([str(ROOT / "wrapper"), str(ROOT / "generated")])
    return {**os.environ, **environment_of(server), "PYTHONPATH": path, "TERM": "xterm", "COLUMNS": "100"}


def start(environment: dict[str, str], *args: str, **options: Any) -> subprocess.Popen[str]:
    pipes: dict[str, Any] = {
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
        "stdin": subprocess.DEVNULL,
    }
    return subprocess.Popen([*COMMAND, *args], env=environment, text=True, **{**pipes, **options})


def end(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=PATIENCE)
    return process.returncode, out, err


def numbers(count: int) -> str:
    Path("list.txt").write_text("".join(f"+4477009001{at % 100:02d}\n" for at in range(count)))
    return "list.txt"


def results() -> list[str]:
    with Path("results.csv").open(newline="") as file:
        return [row["result"] for row in csv.DictReader(file)]


def test_both_ways_to_start_it_are_the_same(environment: dict[str, str]) -> None:
    code = "import sys; sys.argv[0] = 'connect-sms'; from connect_sms.cli import main; main()"
    by_script = subprocess.run(
        [sys.executable, "-c", code, "--help"], env=environment, check=True, capture_output=True, text=True
    )
    assert end(start(environment, "--help")) == (0, by_script.stdout, "")


def test_help_loads_typer_and_nothing_heavier(environment: dict[str, str]) -> None:
    code = (
        "import sys; from connect_sms.cli.run import run; run(sys.argv[1:]); "
        "print(*(name for name, module in sys.modules.items() if module), file=sys.stderr)"
    )
    for args in (["--help"], ["send", "--help"], ["--version"]):
        done = subprocess.run(
            [sys.executable, "-c", code, *args], env=environment, check=True, capture_output=True, text=True
        )
        loaded = set(done.stderr.split())
        assert "typer" in loaded
        assert not loaded & {
            "attr",
            "httpx",
            "rich",
            "connect_sms_api",
            "starlette",
            "uvicorn",
            "keyring",
            "asyncio",
            "connect_sms.errors",
            "connect_sms.client",
            "connect_sms.sandbox",
        }


@pytest.mark.parametrize(
    ("args", "unwanted"),
    [
        (("segments", "hi", "--json"), {"httpx", "rich", "connect_sms_api", "starlette"}),
        (("send", "+447700900123", "hi"), {"rich", "starlette", "uvicorn", "keyring"}),
        (("doctor",), {"httpx", "rich", "connect_sms_api", "starlette"}),
    ],
)
def test_a_command_loads_what_it_needs(
    args: tuple[str, ...], unwanted: set[str], environment: dict[str, str]
) -> None:
    code = (
        "import sys; from connect_sms.cli.run import run; code = run(sys.argv[1:]); "
        "print('LOADED', *sys.modules, file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *args], env=environment, check=True, capture_output=True, text=True
    )
    assert not unwanted & set(done.stderr.partition("LOADED")[2].split())


@pytest.mark.parametrize(
    "args",
    [
        ("segments", "x" * 2000),
        ("segments", "x" * 2000, "--json"),
        ("doctor",),
        ("send", "+447700900123", "hi"),
        ("send", "+447700900123", "hi", "--dry-run"),
        ("send", "+44", "hi", "--json"),
    ],
)
def test_a_closed_pipe_is_quiet(args: tuple[str, ...], environment: dict[str, str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    process = start(environment, *args, stdout=writer)
    os.close(writer)
    code, _, err = end(process)
    assert code == 141
    assert "Traceback" not in err
    assert "Exception ignored" not in err
    assert "BrokenPipe" not in err


def test_nobody_to_hear_a_remark_is_no_reason_to_stop(
    environment: dict[str, str], server: SandboxServer
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    process = start(environment, "batch", numbers(3), "--text", "hi", "-o", "results.csv", stderr=writer)
    os.close(writer)
    assert end(process)[0] == 0
    assert len(server.messages) == 3


def test_a_pipe_closed_half_way_stops_a_batch_and_says_what_was_sent(
    environment: dict[str, str], server: SandboxServer
) -> None:
    process = start(environment, "batch", numbers(5_000), "--text", "hi", "--json", "--request-size", "100")
    assert process.stdout is not None
    assert json.loads(process.stdout.readline())["result"] == "accepted"
    process.stdout.close()
    process.stdout = None
    code, _, err = end(process)
    sent = len(server.messages)
    assert code == 141
    assert sent < 5_000
    assert "Traceback" not in err
    assert f"{sent:,} accepted" in err


@pytest.mark.parametrize(("signal_number", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_ctrl_c_in_the_middle_of_a_batch_says_what_was_sent_and_loses_nobody(
    signal_number: int, exit_code: int, environment: dict[str, str], server: SandboxServer
) -> None:
    """The third request hangs after it was accepted: its recipients may have been sent to."""

    def hang_the_third(_: object) -> None:
        if server.requests.count("batch") == 2:
            server.fail_next("stall-after;seconds=60", operation="batch")

    server.listen(hang_the_third)
    args = ("batch", numbers(50), "--text", "hi", "-o", "results.csv", "--request-size", "10", "--json")
    process = start(environment, *args)
    _wait_until(lambda: len(server.messages) == 30)
    process.send_signal(signal_number)
    code, out, err = end(process)
    assert code == exit_code
    assert results() == ["accepted"] * 20 + ["unknown"] * 10 + ["not_sent"] * 20
    assert "50 recipients: 20 accepted, 0 rejected, 10 unknown, 20 not sent." in err
    assert "Traceback" not in err
    summary = json.loads(out.splitlines()[-1])
    assert summary["error"] == {"type": "Interrupted", "message": "interrupted", "may_have_been_sent": True}


def test_ctrl_c_while_a_send_hangs_says_that_it_may_have_been_sent(
    environment: dict[str, str], server: SandboxServer
) -> None:
    server.fail_next("stall-after;seconds=60", operation="send")
    process = start(environment, "send", "+447700900123", "hi", "--id", "look-for-me")
    _wait_until(lambda: len(server.messages) == 1)
    process.send_signal(signal.SIGINT)
    code, _, err = end(process)
    assert code == 130
    assert "it may have been sent (clientMessageId look-for-me)" in err


def test_ctrl_c_while_standard_input_is_awaited_ends_it(
    environment: dict[str, str], server: SandboxServer
) -> None:
    process = start(
        *(environment, "batch", "-", "--text", "hi", "--on-invalid", "reject", "--request-size", "2"),
        *("-o", "results.csv"),
        stdin=subprocess.PIPE,
    )
    assert process.stdin is not None
    process.stdin.write("+447700900101\n+447700900102\n+447700900103\n" + "\n" * 10_000)
    process.stdin.flush()
    _wait_until(lambda: Path("results.csv").exists() and results() == ["accepted"] * 2)
    process.send_signal(signal.SIGINT)
    code, out, err = end(process)
    assert code == 130
    assert "2 accepted" in out + err
    assert "What followed in the input was not read, and not sent." in err
    assert len(server.messages) == 2


def test_on_a_terminal_a_bar_shows_how_far_a_batch_has_come(
    environment: dict[str, str], server: SandboxServer
) -> None:
    terminal, theirs = pty.openpty()
    process = start(environment, "batch", numbers(400), "--text", "hi", "--request-size", "50", stderr=theirs)
    os.close(theirs)
    shown = _read_all(terminal)
    assert end(process)[:2] == (0, "400 recipients: 400 accepted, 0 rejected, 0 unknown, 0 not sent.\n")
    assert "checking" in shown
    assert "400/400" in shown
    assert "accepted" in shown


def test_on_a_terminal_waiting_is_shown(environment: dict[str, str], server: SandboxServer) -> None:
    terminal, theirs = pty.openpty()
    process = start(environment, "send", "+447700900123", "hi", "--wait", stderr=theirs)
    os.close(theirs)
    assert "waiting for the outcome, at most 60 s" in _read_all(terminal)
    assert end(process)[0] == 0


def test_off_a_terminal_there_is_no_bar(environment: dict[str, str], server: SandboxServer) -> None:
    code, _, err = end(start(environment, "batch", numbers(400), "--text", "hi", "--request-size", "50"))
    assert code == 0
    assert "checking" not in err
    assert "\x1b" not in err


def test_what_a_terminal_cannot_show_is_no_reason_to_fail(environment: dict[str, str]) -> None:
    environment["PYTHONIOENCODING"] = "ascii"
    code, out, _ = end(start(environment, "segments", "ไทย 🎉"))
    assert code == 0
    assert "\\U0001f389" in out


@pytest.fixture
def running(environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    args = ("sandbox", "--port", "0", "--speed", "1000", "--sub-account", "shop")
    process = start(environment, *args)
    yield process
    process.kill()
    process.communicate()


def test_the_sandbox_runs_until_ctrl_c_and_shows_its_traffic(running: subprocess.Popen[str]) -> None:
    assert running.stdout is not None
    first = running.stdout.readline()
    url = first.split()[-1]
    assert first.startswith("8x8 Connect SMS sandbox (unofficial) on http://127.0.0.1:")
    base_url = running.stdout.readline().split()[-1]
    assert base_url.startswith(url)
    with SmsClient(api_key="sandbox-key", sub_account_id="shop", base_url=base_url) as sms:
        sms.send("+447700900123", "hi")
    while "send" not in (line := running.stdout.readline()):
        assert line
    assert "+447700900123" not in line
    running.send_signal(signal.SIGINT)
    code, _, err = end(running)
    assert (code, err) == (0, "")


def test_the_sandbox_speaks_json_too(environment: dict[str, str]) -> None:
    process = start(environment, "sandbox", "--port", "0", "--json")
    assert process.stdout is not None
    started = json.loads(process.stdout.readline())
    assert started["type"] == "listening"
    with SmsClient(
        api_key=started["api_key"], sub_account_id=started["sub_account_id"], base_url=started["base_url"]
    ) as sms:
        sms.send("+447700900123", "hi")
    seen = json.loads(process.stdout.readline())
    assert (seen["operation"], seen["status"], seen["accepted"]) == ("send", 200, 1)
    process.send_signal(signal.SIGINT)
    code, out, err = end(process)
    assert (code, err) == (0, "")
    assert json.loads(out.splitlines()[-1])["type"] == "stopped"


def test_completion_knows_the_commands_and_the_options(environment: dict[str, str]) -> None:
    for words, wanted in {"connect-sms se": "segments", "connect-sms wait --unt": "--until"}.items():
        asked = {
            "_CONNECT_SMS_COMPLETE": "complete_bash",
            "COMP_WORDS": words,
            "COMP_CWORD": str(words.count(" ")),
        }
        _, out, _ = end(start({**environment, **asked}))
        assert wanted in out.split()


def test_a_completion_script_can_be_shown(environment: dict[str, str]) -> None:
    code, out, _ = end(start(environment, "--show-completion", "bash"))
    if code != 0:  # typer asks which shell it runs under when it may
        code, out, _ = end(
            start(
                {**environment, "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"},
                "--show-completion",
                "bash",
            )
        )
    assert code == 0
    assert "_CONNECT_SMS_COMPLETE=complete_bash" in out


def _wait_until(reached: Any) -> None:
    for _ in range(PATIENCE * 50):
        if reached():
            return
        select.select([], [], [], 0.02)
    pytest.fail("it never came that far")


def _read_all(terminal: int) -> str:
    shown = b""
    while True:
        try:
            piece = os.read(terminal, 65_536)
        except OSError:  # the other side is closed
            piece = b""
        if not piece:
            os.close(terminal)
            return shown.decode()
        shown += piece
