"""Standard output that does not take everything: each result is there, or it is said that it is not.

`tests/slow/test_lost_output.py` says the same of processes.
"""

from __future__ import annotations

import csv
import io
import json
import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from connect_sms.cli.run import run
from connect_sms.cli.streams import OutputLost, whole_streams
from tests.support.cli_batch import rows, to

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connect_sms.sandbox import SandboxServer

SEND = ("send", "+447700900123", "hi")
MANY = 3_000


class Output:
    """Runs commands with another standard output, and keeps what they say on standard error."""

    def __init__(self, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capfd = capfd
        self._monkeypatch = monkeypatch

    def __call__(self, stream: io.TextIOWrapper | None, *args: str) -> tuple[int, str]:
        self._capfd.readouterr()
        with self._monkeypatch.context() as patched:
            patched.setattr("sys.stdout", stream)
            code = run(list(args))
            assert sys.stdout is stream
            if stream is not None:
                stream.flush()
        out, err = self._capfd.readouterr()
        assert "Traceback" not in out + err
        return code, err


@pytest.fixture
def output(
    account: SandboxServer, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Output:
    return Output(capfd, monkeypatch)


@pytest.fixture(params=["full", "closed", "gone"])
def lost(request: pytest.FixtureRequest) -> Iterator[tuple[io.TextIOWrapper | None, int]]:
    """A standard output that takes nothing, and the exit code that says so."""
    if request.param == "closed":
        yield None, 74
        return
    if request.param == "full":
        if not Path("/dev/full").exists():
            pytest.skip("no /dev/full")
        fd, code = os.open("/dev/full", os.O_WRONLY), 74
    else:
        reader, fd = os.pipe()
        os.close(reader)
        code = 141
    with os.fdopen(fd, "w") as stream:
        yield stream, code


@pytest.mark.parametrize("how", [(), ("--json",)])
def test_who_sent_one_message_hears_of_it_on_standard_error(
    how: tuple[str, ...], lost: Any, output: Output, account: SandboxServer
) -> None:
    code, err = output(lost[0], *SEND, *how)
    [message] = account.messages
    first, last = err.splitlines()
    assert code == lost[1]
    assert first.startswith("connect-sms send: standard output ")
    if how:
        assert json.loads(last)["message"]["umid"] == message.umid
    else:
        assert last == f"accepted  +4477*****123  1 part (GSM7)  umid {message.umid}"


def test_a_worse_end_keeps_its_exit_code(lost: Any, output: Output, account: SandboxServer) -> None:
    assert output(lost[0], "send", "+44", "hi", "--json")[0] == 2
    account.fail_next("stall-after", operation="send")
    code, err = output(lost[0], *SEND, "--json", "--timeout", "0.2", "--id", "look-for-me")
    assert (code, "clientMessageId look-for-me" in err) == (6, True)


@pytest.mark.parametrize("args", [("segments", "hi"), ("segments", "hi", "--json"), ("--help",)])
def test_what_can_be_asked_again_is_said_to_be_lost(args: Any, lost: Any, output: Output) -> None:
    if args == ("--help",) and lost[0] is None:
        pytest.skip("there is nowhere to print it")
    code, err = output(lost[0], *args)
    # A reader that goes away, as `head` does, needs no telling.
    assert (code, err.count("\n")) == (lost[1], 1 if code == 74 else 0)


@pytest.mark.parametrize("how", [("-o", "-"), ("--json",)])
def test_a_batch_sends_nothing_or_counts_what_it_sent(
    how: tuple[str, ...], lost: Any, output: Output, account: SandboxServer
) -> None:
    code, err = output(lost[0], *to(), *how, "--request-size", "3")
    sent = len(account.messages)
    if how == ("-o", "-") or lost[0] is None:
        assert (code, sent) == (2, 0)
        assert "nothing was sent" in err
    else:
        assert (code, sent) == (141 if lost[1] == 141 else 8, 3)
        assert "3 recipients: 3 accepted, 0 rejected, 0 unknown, 0 not sent." in err
        assert "from line 1 to line 3 of the input, are in no output: 3 accepted." in err


def test_a_results_file_is_whole_though_nobody_hears_the_summary(lost: Any, output: Output) -> None:
    code, err = output(lost[0], *to(), "-o", "results.csv")
    assert (code, "10 recipients: 10 accepted" in err) == (lost[1], True)
    assert [row["result"] for row in rows()] == ["accepted"] * 10


def test_a_pipe_that_does_not_block_gets_every_result(output: Output, account: SandboxServer) -> None:
    ours, theirs = os.pipe()
    os.set_blocking(theirs, False)
    got = bytearray()

    def read() -> None:
        while piece := os.read(ours, 1_000):
            got.extend(piece)

    reader = threading.Thread(target=read)
    reader.start()
    Path("many.txt").write_text("".join(f"+4477009001{at % 100:02d}\n" for at in range(MANY)))
    with os.fdopen(theirs, "w") as stream:
        assert output(stream, "batch", "many.txt", "--text", "hi", "--json")[0] == 0
    reader.join()
    os.close(ours)
    *lines, summary = [json.loads(line) for line in got.splitlines()]
    assert {line["umid"] for line in lines} == {message.umid for message in account.messages}
    assert (len(lines), summary["counts"]["accepted"]) == (MANY, MANY)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_json_is_json_in_every_encoding(encoding: str, output: Output) -> None:
    text, written = "Zoë 🍝 ไทย \x7f", io.BytesIO()
    stream = io.TextIOWrapper(written, encoding=encoding)
    assert output(stream, "segments", text, "--json")[0] == 0
    assert written.getvalue().isascii()
    assert "".join(json.loads(written.getvalue())["segments"]["part_texts"]) == text


def test_what_is_closed_from_the_start_is_nobody_s_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or the next file to be opened would get what is meant for standard output."""
    opened: list[str] = []

    def fstat(fd: int) -> None:
        if fd == 1:
            raise OSError(9, "Bad file descriptor")

    with monkeypatch.context() as patched:
        patched.setattr("connect_sms.cli.streams.os.fstat", fstat)
        patched.setattr("connect_sms.cli.streams.os.open", lambda path, _: opened.append(path))
        with whole_streams():
            pass
    assert opened == [os.devnull]


def test_whatever_writes_to_a_standard_output_that_was_closed_is_told_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdout", None)
    with whole_streams():
        assert not sys.stdout.isatty()
        with pytest.raises(OutputLost, match="standard output is closed"):
            csv.writer(sys.stdout).writerow(["umid"])
    assert sys.stdout is None
