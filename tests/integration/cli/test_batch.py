"""``connect-sms batch``: many recipients, and a record of every one of them."""

from __future__ import annotations

import csv
import io
import os
import signal
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from connect_sms._batch.plan import BatchPlan
from connect_sms.cli.batch_output import ResultsWriter
from connect_sms.cli.progress_bar import ProgressBar
from connect_sms.client import SmsClient

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connect_sms.sandbox import SandboxServer
    from tests.support.cli_fixtures import Cli

TEXT = "Sale ends Friday"
GOOD = [f"+4477009001{at:02d}" for at in range(10)]
REFUSED = "+447700900990"


def write(path: str, *lines: str) -> str:
    Path(path).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def rows() -> list[dict[str, str]]:
    with Path("results.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def results() -> list[str]:
    return [row["result"] for row in rows()]


def to(*numbers: str) -> tuple[str, ...]:
    """The command for a list of these numbers, or of the good ones, and the same text for all."""
    return ("batch", write("list.txt", *(numbers or GOOD)), "--text", TEXT)


SAVED = ("-o", "results.csv")
REJECT = ("--on-invalid", "reject")


def test_everybody_in_a_list_is_sent_to_and_written_down(cli: Cli, account: SandboxServer) -> None:
    done = cli(*to(), "--sender", "SHOP", *SAVED)
    assert done.code == 0
    assert done.out == "10 recipients: 10 accepted, 0 rejected, 0 unknown, 0 not sent.\n"
    assert done.err == "Results, one line for each recipient: results.csv\n"
    assert [message.digits for message in account.messages] == [number[1:] for number in GOOD]
    assert [row["umid"] for row in rows()] == [message.umid for message in account.messages]
    assert stat.S_IMODE(Path("results.csv").stat().st_mode) == 0o600
    assert rows()[0] == {
        "line": "1",
        "destination": "+4477*****100",
        "result": "accepted",
        "umid": account.messages[0].umid,
        "client_message_id": account.messages[0].client_message_id,
        "reason": "",
    }


def test_each_line_of_a_csv_may_have_its_own_text_and_sender(cli: Cli, account: SandboxServer) -> None:
    write("c.csv", "destination,text,sender", f"{GOOD[0]},One,ACME", f"{GOOD[1]},,")
    assert cli("batch", "c.csv", "--text", "All", "--sender", "SHOP").code == 0
    assert [(m.text, m.source) for m in account.messages] == [("One", "ACME"), ("All", "SHOP")]


def test_requests_are_of_the_size_asked_for(cli: Cli, account: SandboxServer) -> None:
    done = cli(*to(), "--batch-id", "friday", "--request-size", "4")
    assert (done.code, "--output results.csv" in done.err) == (0, True)
    assert account.requests.count("batch") == 3
    assert {message.shared.client_batch_id for message in account.messages} == {"friday"}


@pytest.mark.parametrize("how", ["raise", "reject"])
def test_recipients_may_come_from_standard_input(how: str, cli: Cli, account: SandboxServer) -> None:
    assert cli("batch", "-", "--text", TEXT, "--on-invalid", how, stdin="\n".join(GOOD)).code == 0
    assert len(account.messages) == 10


def test_a_wrong_line_stops_everything_before_anything_is_sent(cli: Cli, account: SandboxServer) -> None:
    write("list.txt", *GOOD[:5], "+4477OO900105", "12")
    done = cli("batch", "list.txt", "--text", TEXT, *SAVED, "--request-size", "2")
    assert (done.code, done.out, len(account.messages)) == (2, "", 0)
    assert "2 lines cannot be sent, so nothing was:" in done.err
    assert "line 6: destination has a letter at position 5" in done.err
    assert "line 7: destination has 2 digits, too few" in done.err
    assert "--on-invalid reject" in done.err
    assert not Path("results.csv").exists()
    done = cli(*to(*["1"] * 25))
    assert "25 lines cannot be sent" in done.err
    assert "line 10:" in done.err
    assert "and 15 more" in done.err
    assert "line 11:" not in done.err


def test_wrong_lines_may_be_reported_and_the_others_sent(cli: Cli, account: SandboxServer) -> None:
    write("c.csv", "destination,text", f"{GOOD[0]},Hi", f"{GOOD[1]},Hello, Ann", "+44,Hi", f"{REFUSED},Hi")
    done = cli("batch", "c.csv", *REJECT, *SAVED)
    assert done.code == 1
    assert results() == ["accepted", "rejected", "rejected", "rejected"]
    assert "line 3  +4477*****101  rejected: not sent: it has 3 cells and the header 2" in done.out
    assert "line 5  +4477*****990  rejected: The destination is not an E.164 number" in done.out


def test_no_line_at_all_may_be_right(cli: Cli, account: SandboxServer) -> None:
    done = cli(*to(*["1"] * 12), *REJECT)
    assert (done.code, len(account.requests)) == (1, 0)
    assert "  and 2 more" in done.out


@pytest.mark.parametrize("how", ["raise", "reject"])
@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_nobody_to_send_to_is_2(how: str, dry: tuple[str, ...], cli: Cli, account: SandboxServer) -> None:
    write("c.csv", "destination,text")
    done = cli("batch", "c.csv", "--on-invalid", how, *dry)
    assert done.code == 2
    assert "c.csv has no recipients" in done.err


def test_a_text_is_needed(cli: Cli, account: SandboxServer) -> None:
    done = cli("batch", write("list.txt", *GOOD))
    assert (done.code, len(account.requests)) == (2, 0)
    assert "--text for all" in done.err


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (("--sender", "much too long a name"), "it may have 11"),
        (("--scheduled", "soon"), "--scheduled is not a time"),
        (("--batch-id", "x" * 21), "1 to 20 characters"),
        (("--max-parts", "11"), "from 1 to 10"),
        (("--request-size", "0"), "--request-size"),
        (("--on-invalid", "ignore"), "--on-invalid"),
        (("--column", "size=Size"), "--column takes FIELD=NAME"),
        (("--text", ""), "the text is empty"),
    ],
)
@pytest.mark.parametrize("how", ["raise", "reject"])
def test_a_wrong_option_is_explained(
    option: tuple[str, str], said: str, how: str, cli: Cli, account: SandboxServer
) -> None:
    done = cli(*to(), "--on-invalid", how, *option)
    assert (done.code, len(account.requests)) == (2, 0)
    assert said in done.err


def test_json_has_a_line_for_each_recipient_and_one_for_all(cli: Cli, account: SandboxServer) -> None:
    done = cli(*to(GOOD[0], REFUSED), "--json")
    first, second, summary = done.lines
    assert first == {
        "type": "recipient",
        "line": 1,
        "destination": "+4477*****100",
        "result": "accepted",
        "umid": account.messages[0].umid,
        "client_message_id": account.messages[0].client_message_id,
        "reason": None,
    }
    assert second["result"] == "rejected"
    batch_ids = summary.pop("batch_ids")
    assert len(batch_ids) == 1
    assert summary == {
        "command": "batch",
        "ok": False,
        "exit_code": 1,
        "type": "summary",
        "counts": {"accepted": 1, "rejected": 1, "unknown": 0, "not_sent": 0},
        "recipients": 2,
        "kept": 0,
        "held": 0,
        "input_read": True,
        "output": None,
        "error": None,
    }


def test_results_may_go_to_standard_output_with_the_rest_on_standard_error(
    cli: Cli, account: SandboxServer
) -> None:
    done = cli(*to(*GOOD[:2]), "-o", "-", "--show-numbers")
    assert [row["destination"] for row in csv.DictReader(io.StringIO(done.out))] == GOOD[:2]
    assert "2 recipients: 2 accepted" in done.err


def test_results_of_an_earlier_batch_are_kept(cli: Cli, account: SandboxServer) -> None:
    write("results.csv", "precious")
    done = cli(*to(), *SAVED)
    assert (done.code, len(account.messages), Path("results.csv").read_text()) == (2, 0, "precious\n")
    assert "--overwrite" in done.err
    assert cli(*to(), *SAVED, "--overwrite").code == 0
    assert len(results()) == 10


def test_results_that_cannot_be_written_stop_everything_beforehand(cli: Cli, account: SandboxServer) -> None:
    done = cli(*to(), "--overwrite", "-o", "no/such/folder/results.csv")
    assert (done.code, len(account.messages)) == (2, 0)
    assert "No such file or directory" in done.err
    if sys.platform == "linux":
        done = cli(*to(), "--overwrite", "-o", "/dev/full")
        assert (done.code, len(account.messages)) == (2, 0)
        assert "No space left on device; nothing was sent" in done.err


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
    assert "the results cannot be written: No space left on device" in done.err
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


def test_a_dry_run_shows_totals_and_the_exact_request(cli: Cli, account: SandboxServer) -> None:
    write(
        "c.csv", "destination,text", f"{GOOD[0]},Hi", f"{GOOD[1]},{'“' * 71}", *[f"{n},Hi" for n in GOOD[2:]]
    )
    done = cli("batch", "c.csv", "--dry-run", "--request-size", "6", *SAVED)
    assert (done.code, len(account.requests), Path("results.csv").exists()) == (0, 0, False)
    for line in (
        "2      +4477*****100      GSM7      1      ",
        "3      +4477*****101      UCS2      2      “",
        "... and 5 more",
        "10 messages in 2 requests, 11 parts to pay for:",
        "  9 of 1 part (GSM7)",
        "  1 of 2 parts (UCS2)",
        "1 character outside GSM-7:",
        "Transliteration would save 1 part.",
        "The first request, with 2 of its 6 messages:",
        f"POST {account.base_url}/sandbox/messages/batch",
        "Authorization: Bearer ***",
        "Dry run: nothing was sent.",
    ):
        assert line in done.out.splitlines(), line


def test_a_dry_run_names_the_lines_that_are_wrong_and_has_no_request_where_all_are(cli: Cli) -> None:
    done = cli(*to(GOOD[0], "12"), "--dry-run")
    assert done.code == 2
    assert "1 line cannot be sent:\n  line 2: destination has 2 digits" in done.out
    assert "export CONNECT_SMS_API_KEY" in done.err
    done = cli(*to("12"), "--dry-run", "--json")
    assert (done.code, done.lines[-1]["request"], done.lines[-1]["wrong"]) == (2, None, 1)
    assert cli("batch", "list.txt", "--text", TEXT, "--dry-run").code == 2


def test_a_dry_run_as_json_has_a_line_for_each_message(cli: Cli, account: SandboxServer) -> None:
    done = cli("batch", write("list.txt", GOOD[0], "12"), "--text", "a — b", "--dry-run", "--json")
    good, wrong, summary = done.lines
    assert good == {
        "type": "message",
        "line": 1,
        "destination": "+4477*****100",
        "encoding": "UCS2",
        "units": 5,
        "parts": 1,
        "non_gsm_characters": ["—"],
        "parts_saved_in_plain": 0,
        "problem": None,
    }
    assert wrong["problem"].startswith("destination has 2 digits")
    totals = {name: summary[name] for name in ("messages", "wrong", "parts", "non_gsm_characters")}
    assert totals == {"messages": 1, "wrong": 1, "parts": 1, "non_gsm_characters": {"—": 1}}
    assert summary["request"]["body"]["messages"][0]["destination"] == "+4477*****100"


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


def test_a_terminal_is_shown_a_bar(cli: Cli, account: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr("sys.stderr", terminal)
    assert cli(*to(), "--request-size", "2").code == 0
    shown = terminal.getvalue()
    assert "checking" in shown
    assert "sending" in shown
    assert "10/10" in shown
    assert cli("send", GOOD[0], TEXT, "--wait").code == 0
    assert "waiting for the outcome" in terminal.getvalue().removeprefix(shown)
