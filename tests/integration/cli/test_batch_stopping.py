"""``connect-sms batch`` that is refused, interrupted or not answered: what became of each recipient."""

from __future__ import annotations

import io
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from connect_sms._batch.plan import BatchPlan
from connect_sms.cli.batch_output import ResultsWriter
from connect_sms.cli.progress_bar import ProgressBar
from connect_sms.client import SmsClient
from tests.support.cli_batch import GOOD, REJECT, SAVED, TEXT, results, to, write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connect_sms.sandbox import SandboxServer
    from tests.support.cli_fixtures import Cli


def test_a_disk_that_fills_up_stops_the_batch_and_says_so(
    cli: Cli, account: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, written = os.write, [0]

    def full(fd: int, data: bytes) -> int:
        written[0] += 1
        if written[0] == 5:  # the results of the second request
            raise OSError(28, "No space left on device")
        return real(fd, data)

    monkeypatch.setattr(os, "write", full)
    done = cli(*to(), "-o", "r.csv", "--request-size", "3", "--json")
    assert (done.code, len(account.messages)) == (8, 6)
    assert "the results file r.csv cannot be written: No space left on device" in done.err
    assert done.lines[-1]["counts"] == {"accepted": 6, "rejected": 0, "unknown": 0, "not_sent": 0}
    assert done.lines[-1]["input_read"] is False


def test_an_unknown_outcome_is_6_and_the_others_go_on(cli: Cli, account: SandboxServer) -> None:
    account.fail_next("error-after", operation="batch")
    done = cli(*to(), *SAVED, "--request-size", "4")
    assert (done.code, len(account.messages)) == (6, 10)
    assert results() == ["unknown"] * 4 + ["accepted"] * 6
    assert "look for their receipts before sending again" in done.out


def test_three_unknown_outcomes_in_a_row_stop_it(cli: Cli, account: SandboxServer) -> None:
    for _ in range(3):
        account.fail_next("reset-before", operation="batch")
    done = cli(*to(), *SAVED, "--request-size", "2", "--json")
    assert (done.code, len(account.messages)) == (6, 0)
    assert results() == ["unknown"] * 6 + ["not_sent"] * 4
    assert done.lines[-1]["error"]["type"] == "OutcomeUnknown"
    assert "3 requests in a row without a usable answer" in done.err


def test_a_refusal_at_once_is_4_and_nobody_was_sent_to(
    cli: Cli, account: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONNECT_SMS_API_KEY", "wrong-key")
    done = cli(*to(), *SAVED, "--request-size", "4")
    assert done.code == 4
    assert results() == ["not_sent"] * 10
    assert "10 not sent" in done.err


def test_a_refusal_half_way_is_8_and_says_of_each_what_became_of_them(
    cli: Cli, account: SandboxServer
) -> None:
    def after_first(record: Any) -> None:
        if account.requests.count("batch") == 1:
            account.fail_next("old-tls", operation="batch")

    account.listen(after_first)
    done = cli(*to(), *SAVED, "--request-size", "4", "--json")
    assert (done.code, len(account.messages)) == (8, 4)
    assert results() == ["accepted"] * 4 + ["not_sent"] * 6
    assert done.lines[-1]["error"]["type"] == "InsecureProtocol"
    assert done.lines[-1]["error"]["may_have_been_sent"] is True


def test_input_that_ends_in_nonsense_half_way_is_8_or_the_code_of_an_earlier_failure(
    cli: Cli, account: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = "destination\n" + "".join(f"{number}\n" for number in GOOD[:6]) + '"'
    args = ("--text", TEXT, *REJECT, "--request-size", "4", *SAVED)
    done = cli("batch", "-", *args, stdin=content)
    assert (done.code, len(account.messages)) == (8, 4)
    assert results() == ["accepted"] * 4 + ["not_sent"] * 2
    assert "unexpected end of data" in done.err
    assert "What followed in the input was not read" in done.err
    monkeypatch.setenv("CONNECT_SMS_API_KEY", "wrong-key")
    write("c.csv", content)
    done = cli("batch", "c.csv", *args, "--overwrite")
    assert (done.code, results()) == (4, ["not_sent"] * 4)
    assert "What followed in the input was not read" in done.err


def test_what_a_pipe_has_not_delivered_when_it_stops_is_not_waited_for(
    cli: Cli, account: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONNECT_SMS_API_KEY", "wrong-key")
    args = ("--text", TEXT, *REJECT, "--request-size", "4", "--json")
    done = cli("batch", "-", *args, stdin="\n".join(GOOD))
    assert done.lines[-1]["counts"]["not_sent"] == 4
    assert done.lines[-1]["input_read"] is False


@pytest.mark.parametrize(
    ("where", "name", "number"),
    [(ProgressBar, "show", signal.SIGINT), (ResultsWriter, "add", signal.SIGTERM)],
)
def test_a_signal_between_requests_or_while_results_are_written_loses_nobody(  # noqa: PLR0917  a table
    where: type, name: str, number: int, cli: Cli, account: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = getattr(where, name)

    def interrupted(self: object, found: Any, counts: Any = "results") -> None:
        if counts:  # of sending, not of checking
            os.kill(os.getpid(), number)
        real(self, found, *([counts] if counts != "results" else []))

    monkeypatch.setattr(where, name, interrupted)
    done = cli(*to(), *SAVED, "--request-size", "4", "--json")
    assert (done.code, len(account.messages)) == (128 + number, 4)
    assert results() == ["accepted"] * 4 + ["not_sent"] * 6
    assert "10 recipients: 4 accepted, 0 rejected, 0 unknown, 6 not sent." in done.err
    assert done.lines[-1]["error"]["type"] == "Interrupted"


def test_ctrl_c_while_checking_says_that_nothing_was_sent(
    cli: Cli, account: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: Any, **__: Any) -> Any:
        os.kill(os.getpid(), 2)

    monkeypatch.setattr(BatchPlan, "chunks", interrupted)
    done = cli(*to(), *SAVED, "--json")
    assert (done.code, done.json["error"]["message"]) == (130, "nothing was sent")
    assert not Path("results.csv").exists()


def test_recipients_of_whom_the_library_says_nothing_at_its_end_are_unknown(
    cli: Cli, account: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: SmsClient, messages: Iterator[Any], *__: Any, **___: Any) -> Iterator[Any]:
        yield from ()
        next(messages)
        os.kill(os.getpid(), 2)

    monkeypatch.setattr(SmsClient, "iter_batch", interrupted)
    cli(*to(*GOOD[:2]), *SAVED, *REJECT)
    assert results() == ["unknown", "not_sent"]


@pytest.mark.parametrize("how", [("--json",), ("-o", "-")])
def test_nobody_to_read_the_results_stops_it(
    how: tuple[str, ...], cli: Cli, account: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Gone(io.StringIO):
        def write(self, text: str, /) -> int:
            if "+4477" in text:
                raise BrokenPipeError
            return super().write(text)

    monkeypatch.setattr("sys.stdout", Gone())
    done = cli(*to(), "--request-size", "4", *how)
    assert (done.code, len(account.messages)) == (141, 4)
    assert "sending stopped: standard output was closed" in done.err
    assert "4 recipients: 4 accepted" in done.err
