"""The command as a process: pipes, terminals, signals, and what a start loads."""

from __future__ import annotations

import csv
import json
import os
import select
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from connect_sms.client import SmsClient
from tests.support import processes
from tests.support.cli_fixtures import environment_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connect_sms.sandbox import SandboxServer

COMMAND = ("-m", "connect_sms.cli")
PATIENCE = 60


@pytest.fixture
def environment(server: SandboxServer) -> dict[str, str]:
    return {**processes.environment(), **environment_of(server), "TERM": "xterm", "COLUMNS": "100"}


def start(environment: dict[str, str], *args: str, **options: Any) -> subprocess.Popen[str]:
    return processes.start(*COMMAND, *args, pipes=options, **environment)


def end(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=PATIENCE)
    return process.returncode, out, err


def listed(count: int) -> str:
    Path("list.txt").write_text("".join(f"+4477009001{at % 100:02d}\n" for at in range(count)))
    return "list.txt"


def python(environment: dict[str, str], code: str, *args: str) -> subprocess.CompletedProcess[str]:
    done = processes.python("-c", code, *args, **environment)
    assert done.returncode == 0, done.stderr
    return done


def results() -> list[str]:
    """The result of each recipient: the last row of a line counts."""
    with Path("results.csv").open(newline="") as file:
        last = {row["line"]: row["result"] for row in csv.DictReader(file)}
    return [result for line, result in last.items() if line != "0"]


def test_both_ways_to_start_it_are_the_same(environment: dict[str, str]) -> None:
    code = "import sys; sys.argv[0] = 'connect-sms'; from connect_sms.cli import main; main()"
    assert end(start(environment, "--help")) == (0, python(environment, code, "--help").stdout, "")


HEAVY = {"httpx", "rich", "connect_sms_api", "starlette", "uvicorn", "keyring"}
OURS = {f"connect_sms.{name}" for name in ("errors", "client", "sandbox")}


@pytest.mark.parametrize(
    ("args", "unwanted"),
    [
        (("--help",), HEAVY | OURS | {"attr", "asyncio"}),
        (("send", "--help"), HEAVY | OURS | {"attr", "asyncio"}),
        (("--version",), HEAVY | OURS | {"attr", "asyncio"}),
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
        "print('LOADED', *(name for name, module in sys.modules.items() if module), file=sys.stderr); "
        "sys.exit(code)"
    )
    loaded = set(python(environment, code, *args).stderr.partition("LOADED")[2].split())
    assert "typer" in loaded
    assert not unwanted & loaded


@pytest.mark.parametrize(
    "args",
    [
        ("segments", "x" * 2000),
        ("segments", "x" * 2000, "--json"),
        ("doctor",),
        ("send", "+447700900123", "hi"),
        ("send", "+447700900123", "hi", "--dry-run"),
    ],
)
def test_a_closed_pipe_is_quiet(args: tuple[str, ...], environment: dict[str, str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    process = start(environment, *args, stdout=writer)
    os.close(writer)
    code, _, err = end(process)
    assert code == 141
    assert not any(word in err for word in ("Traceback", "Exception ignored", "BrokenPipe"))


def test_nobody_to_hear_a_remark_is_no_reason_to_stop(
    environment: dict[str, str], server: SandboxServer
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    process = start(environment, "batch", listed(3), "--text", "hi", "-o", "results.csv", stderr=writer)
    os.close(writer)
    assert end(process)[0] == 0
    assert len(server.messages) == 3


def test_a_pipe_closed_half_way_stops_a_batch_and_says_what_was_sent(
    environment: dict[str, str], server: SandboxServer
) -> None:
    process = start(environment, "batch", listed(5_000), "--text", "hi", "--json", "--request-size", "100")
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
    args = ("batch", listed(50), "--text", "hi", "-o", "results.csv", "--request-size", "10", "--json")
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
    banner = running.stdout.readline()
    base_url = banner.split()[-1]
    assert base_url.startswith(url)
    with SmsClient(api_key="sandbox-key", sub_account_id="shop", base_url=base_url) as sms:
        sms.send("+447700900123", "The password is rose")
    while "send" not in (line := running.stdout.readline()):
        assert line
        banner += line
    assert "sandbox-key" in banner
    assert "+4477*****123" in line
    assert "rose" not in line
    running.send_signal(signal.SIGINT)
    code, out, err = end(running)
    assert (code, out.splitlines()[-1], err) == (0, "stopped", "")


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
    # Where it may, typer asks which shell it runs under, and takes no argument.
    no_asking = {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    ends = [end(start({**environment, **more}, "--show-completion", "bash")) for more in ({}, no_asking)]
    out = next(out for code, out, _ in ends if code == 0)
    assert "_CONNECT_SMS_COMPLETE=complete_bash" in out


def _wait_until(reached: Any) -> None:
    for _ in range(PATIENCE * 50):
        if reached():
            return
        select.select([], [], [], 0.02)
    pytest.fail("it never came that far")
