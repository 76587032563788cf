"""``connect-sms batch`` whose results cannot be written down: who is not in the file is not sent to."""

from __future__ import annotations

import errno
import os
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from connect_sms.cli.results_file import ResultsFile, ResultsWriteError
from connect_sms.cli.results_rows import HANDING_OVER
from connect_sms.receipts import open_store
from tests.support.cli_batch import GOOD, results, rows
from tests.support.cli_resume import AGAIN, FIRST, sent_to

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from connect_sms.sandbox import SandboxServer
    from tests.support.cli_fixtures import Cli


TOLD = (
    "the results file results.csv cannot be written: No space left on device",
    "When it can be written again, go on with --resume results.csv",
)


@contextmanager
def full_disk(account: SandboxServer, after: int) -> Generator[None]:
    """A disk with room for results until so many messages were sent."""
    real = ResultsFile.append

    def full(_: int, __: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def append(file: ResultsFile, rows: Iterable[tuple[Any, ...]]) -> None:
        given = list(rows)
        with pytest.MonkeyPatch.context() as disk:
            if HANDING_OVER in given[0] and len(account.messages) >= after:
                disk.setattr(os, "write", full)
            real(file, given)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ResultsFile, "append", append)
        yield


@pytest.mark.parametrize("store", [(), ("--store", "receipts.db")])
def test_who_cannot_be_written_down_is_not_sent_to(
    store: tuple[str, ...], cli: Cli, account: SandboxServer
) -> None:
    with full_disk(account, after=1):
        done = cli(*FIRST, *store, "--json")
    assert (done.code, len(account.messages)) == (8, 3)
    assert f"sending stopped: {'. '.join(TOLD)}" in done.err
    assert done.lines[-1]["counts"]["accepted"] == 3
    assert "store of receipts" not in done.err + done.out
    if store:
        with open_store("receipts.db") as opened:
            assert len(list(opened.statuses())) == 3
    assert cli(*AGAIN, *store).code == 0
    assert (results(), sent_to(account)) == (["accepted"] * 10, GOOD)


def test_the_first_recipients_cannot_be_written_down(cli: Cli, account: SandboxServer) -> None:
    with full_disk(account, after=0):
        done = cli(*FIRST, "--json")
    assert (done.code, len(account.requests)) == (2, 0)
    assert done.lines[-1]["error"]["may_have_been_sent"] is False
    with full_disk(account, after=0):
        done = cli(*AGAIN)
    told = "this request was not sent, as its recipients are written down first"
    assert f"not_sent: its request failed: {TOLD[0]}; {told}. {TOLD[1]}" in done.err
    assert cli(*AGAIN).code == 0
    assert sent_to(account) == GOOD


def test_an_end_that_cannot_be_written_is_noted_and_can_be_resumed(
    cli: Cli, account: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: ResultsFile) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(ResultsFile, "finish", full)
        done = cli(*FIRST)
    assert done.code == 0
    assert "has several rows for some lines, of which the last counts: No space left on device" in done.err
    assert len(rows()) == 21
    assert cli(*AGAIN).code == 0
    assert (results(), len(account.messages)) == (["accepted"] * 10, 10)


def test_ctrl_c_while_a_request_is_written_down_sends_nothing_further(
    cli: Cli, account: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = ResultsFile.append

    def interrupted(file: ResultsFile, rows: Iterable[tuple[Any, ...]]) -> None:
        given = list(rows)
        if HANDING_OVER in given[0] and account.messages:
            signal.raise_signal(signal.SIGINT)
        real(file, given)

    with monkeypatch.context() as patched:
        patched.setattr(ResultsFile, "append", interrupted)
        assert cli(*FIRST).code == 130
    assert (results(), len(account.messages)) == (["accepted"] * 3 + ["not_sent"] * 7, 3)
    assert cli(*AGAIN).code == 0
    assert sent_to(account) == GOOD


def test_what_was_kept_and_cannot_be_shown_stops_it(
    killed: None, cli: Cli, account: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(*_: Any) -> None:
        raise ResultsWriteError("standard output was closed")

    monkeypatch.setattr("connect_sms.cli.batch_output.ResultsWriter.show", closed)
    assert cli(*AGAIN).code == 6
    assert len(account.messages) == 6
