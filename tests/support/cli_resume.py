"""A batch of ``connect-sms batch`` that is killed half-way, and the sandbox that it sends to."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from connect_sms.cli.results_file import ResultsFile
from connect_sms.sandbox import SandboxClock, SandboxServer
from tests.support.cli_batch import GOOD

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.support.cli_fixtures import Cli

SENT = ("--text", "Sale ends Friday", "--request-size", "3")
FIRST = ("batch", "list.txt", *SENT, "-o", "results.csv")
AGAIN = ("batch", "list.txt", *SENT, "--resume", "results.csv")


@pytest.fixture
def server() -> Iterator[SandboxServer]:
    """A fast sandbox that began half an hour ago, so that its log is never ahead of this machine's time."""
    clock = SandboxClock(factor=1_000, start=time.time() - 1_800)
    with SandboxServer(clock=clock, status_per_second=None, seed=1) as running:
        yield running


@pytest.fixture(autouse=True)
def recipients() -> None:
    Path("list.txt").write_text("".join(f"{number}\n" for number in GOOD))


def sent_to(account: SandboxServer) -> list[str]:
    return [f"+{message.digits}" for message in account.messages]


class Killed(BaseException):
    """Stands for `kill -9`: nothing is tidied up after it."""


@pytest.fixture
def killed(cli: Cli, account: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second request is accepted, and the process dies before it has the answer."""
    real, calls = ResultsFile.append, list[int]()

    def append(file: ResultsFile, rows: Iterable[tuple[Any, ...]]) -> None:
        given = list(rows)
        calls.append(len(given))
        if len(calls) == 5:  # the first row, who is handed over, what came of it, who is handed over
            assert len(account.messages) == 6
            raise Killed
        real(file, given)

    with monkeypatch.context() as patched:
        patched.setattr(ResultsFile, "append", append)
        with pytest.raises(Killed):
            cli(*FIRST)
