"""Standard output that does not take everything: each result is there, or it is said that it is not."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import processes
from tests.support.cli_fixtures import clean_environment, environment_of, server

if TYPE_CHECKING:
    from connect_sms.sandbox import SandboxServer

__all__ = ["clean_environment", "server"]  # fixtures

SEND = ("send", "+447700900123", "hi")
MANY = 3_000
PATIENCE = 60

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's")


class Ended:
    """A command that ran with another standard output: ``full``, ``closed``, ``gone`` or ``slow``."""

    def __init__(self, server: SandboxServer, output: str, *args: str, **variables: str) -> None:
        ours, theirs = os.pipe()
        if output == "slow":  # it does not block, and takes 64 KiB at a time
            os.set_blocking(theirs, False)
        elif output == "gone":
            os.close(ours)
        elif output == "full":
            os.close(theirs)
            theirs = os.open("/dev/full", os.O_WRONLY)
        shell = ("exec >&-; " if output == "closed" else "") + 'exec "$0" -m connect_sms.cli "$@"'
        process = subprocess.Popen(
            ["/bin/sh", "-c", shell, sys.executable, *args],
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=subprocess.PIPE,
            text=True,
            env={**processes.environment(), **environment_of(server), **variables},
        )
        os.close(theirs)
        self.out = b""
        if output == "slow":
            with os.fdopen(ours, "rb") as reader:
                self.out = reader.read()
        elif output != "gone":
            os.close(ours)
        self.err = process.communicate(timeout=PATIENCE)[1]
        self.code = process.returncode
        assert "Traceback" not in self.err
        assert "Exception ignored" not in self.err


def listed(count: int) -> str:
    Path("list.txt").write_text("".join(f"+4477009001{at % 100:02d}\n" for at in range(count)))
    return "list.txt"


@pytest.mark.parametrize(("output", "code"), [("full", 74), ("closed", 74), ("gone", 141)])
@pytest.mark.parametrize("how", [(), ("--json",)])
def test_who_sent_one_message_hears_of_it_on_standard_error(
    how: tuple[str, ...], output: str, code: int, server: SandboxServer
) -> None:
    done = Ended(server, output, *SEND, *how)
    [message] = server.messages
    assert done.code == code
    assert "connect-sms send: standard output" in done.err
    *_, last = done.err.splitlines()
    if how:
        assert json.loads(last)["message"]["umid"] == message.umid
    else:
        assert last == f"accepted  +4477*****123  1 part (GSM7)  umid {message.umid}"


@pytest.mark.parametrize("output", ["full", "gone"])
def test_a_worse_end_keeps_its_exit_code(output: str, server: SandboxServer) -> None:
    server.fail_next("stall-after", operation="send")
    unknown = Ended(server, output, *SEND, "--json", "--timeout", "0.3", "--id", "look-for-me")
    assert (unknown.code, "clientMessageId look-for-me" in unknown.err) == (6, True)
    assert Ended(server, output, "send", "+44", "hi", "--json").code == 2


@pytest.mark.parametrize("args", [("segments", "hi"), ("segments", "hi", "--json"), ("--help",), ("doctor",)])
def test_what_can_be_asked_again_is_said_to_be_lost(args: tuple[str, ...], server: SandboxServer) -> None:
    done = Ended(server, "full", *args)
    assert (done.code, done.err.count("\n")) == (74, 1)
    assert "standard output cannot be written: No space left on device" in done.err


@pytest.mark.parametrize("how", [("-o", "-"), ("--json",)])
def test_a_pipe_that_does_not_block_gets_every_result(how: tuple[str, ...], server: SandboxServer) -> None:
    done = Ended(server, "slow", "batch", listed(MANY), "--text", "hi", *how)
    assert done.code == 0
    text = done.out.decode()
    lines = [json.loads(line) for line in text.splitlines()] if "--json" in how else [*_rows(text)]
    got = {line["umid"]: line["result"] for line in lines if line.get("type") != "summary"}
    assert got == {message.umid: "accepted" for message in server.messages}
    assert len(got) == MANY


def _rows(text: str) -> csv.DictReader[str]:
    return csv.DictReader(io.StringIO(text))


@pytest.mark.parametrize("output", ["full", "closed"])
@pytest.mark.parametrize("how", [("-o", "-"), ("--json",)])
def test_what_cannot_be_written_at_all_is_not_sent_or_counted(
    how: tuple[str, ...], output: str, server: SandboxServer
) -> None:
    done = Ended(server, output, "batch", listed(MANY), "--text", "hi", *how)
    sent = len(server.messages)
    if output == "full" and "--json" in how:  # its first line is that of a recipient
        assert (done.code, sent) == (8, 1_000)
        assert f"{sent:,} accepted" in done.err
        assert "from line 1 to line 1000 of the input, are in no output: 1,000 accepted." in done.err
    else:
        assert (done.code, sent) == (2, 0)
        assert "nothing was sent" in done.err


@pytest.mark.parametrize("how", [("-o", "-"), ("--json",)])
def test_a_disk_that_fills_up_stops_a_batch_and_it_says_what_was_sent(
    how: tuple[str, ...], server: SandboxServer
) -> None:
    script = f"ulimit -f 64; trap '' XFSZ; exec {sys.executable} -m connect_sms.cli \"$@\" > out"
    args = ("batch", listed(MANY), "--text", "hi", "--request-size", "100", *how)
    environment = {**processes.environment(), **environment_of(server)}
    done = subprocess.run(
        ["/bin/sh", "-c", script, "sh", *args], env=environment, capture_output=True, text=True, check=False
    )
    sent = len(server.messages)
    assert (done.returncode, 0 < sent < MANY) == (8, True)
    assert "standard output cannot be written: File too large" in done.stderr
    assert f"{sent:,} accepted" in done.stderr
    assert "are in no output: 100 accepted." in done.stderr
    assert "Traceback" not in done.stderr


def test_a_results_file_is_whole_though_nobody_hears_the_summary(server: SandboxServer) -> None:
    done = Ended(server, "full", "batch", listed(3), "--text", "hi", "-o", "results.csv")
    assert (done.code, "3 recipients: 3 accepted" in done.err) == (74, True)
    with Path("results.csv").open(newline="") as file:
        assert [row["result"] for row in csv.DictReader(file)] == ["accepted"] * 3


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1", "utf-8"])
def test_json_is_json_in_every_encoding(encoding: str, server: SandboxServer) -> None:
    text = "Zoë 🍝 ไทย \x7f"
    done = Ended(server, "slow", "segments", text, "--json", PYTHONIOENCODING=encoding)
    assert done.out.isascii()
    assert "".join(json.loads(done.out)["segments"]["part_texts"]) == text


def test_a_remark_that_nobody_hears_does_not_go_into_the_results(server: SandboxServer) -> None:
    shell = 'exec 2>&-; exec "$0" -m connect_sms.cli "$@"'
    done: Any = subprocess.run(
        ["/bin/sh", "-c", shell, sys.executable, "send", "+44", "hi", "--json"],
        env={**processes.environment(), **environment_of(server)},
        stdout=subprocess.PIPE,
        check=False,
    )
    assert (done.returncode, json.loads(done.stdout)["error"]["type"]) == (2, "InvalidDestination")
