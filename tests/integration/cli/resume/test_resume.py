"""``connect-sms batch --resume``: a batch that was killed goes on, and nobody is sent to twice."""

from __future__ import annotations

import select
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from connect_sms.cli.batch_summary import BatchSummary
from connect_sms.cli.results_file import ResultsFile
from connect_sms.cli.results_rows import HANDING_OVER
from connect_sms.receipts import open_store
from tests.support import processes
from tests.support.cli_batch import GOOD, results, rows
from tests.support.cli_fixtures import environment_of
from tests.support.cli_resume import AGAIN, FIRST, Killed, sent_to

if TYPE_CHECKING:
    from connect_sms.sandbox import SandboxServer
    from tests.support.cli_fixtures import Cli


def test_the_file_of_a_killed_batch_says_who_may_have_been_sent_to(
    killed: None, account: SandboxServer
) -> None:
    assert [(row["line"], row["result"]) for row in rows()] == [
        ("0", "unfinished"),
        *[(str(line), result) for result in ("handing_over", "accepted") for line in (1, 2, 3)],
        *[(str(line), "handing_over") for line in (4, 5, 6)],
    ]
    assert rows()[0]["reason"].startswith("10 recipients in a batch that has not ended")
    sent = {message.client_message_id for message in account.messages}
    assert {row["client_message_id"] for row in rows()[1:]} == sent


def test_the_same_command_again_does_not_send_twice(killed: None, cli: Cli, account: SandboxServer) -> None:
    before = Path("results.csv").read_bytes()
    for more in ((), ("--overwrite",)):
        done = cli(*FIRST, *more)
        assert (done.code, len(account.messages)) == (2, 6)
        assert "repeat the command with --resume results.csv instead of --output" in done.err
    assert Path("results.csv").read_bytes() == before


def test_a_resumed_batch_sends_to_the_rest_and_holds_who_may_have_been_sent_to(
    killed: None, cli: Cli, account: SandboxServer
) -> None:
    done = cli(*AGAIN)
    assert done.code == 6
    assert sent_to(account) == GOOD
    assert results() == ["accepted"] * 3 + ["unknown"] * 3 + ["accepted"] * 4
    assert [row["line"] for row in rows()] == [str(line) for line in range(1, 11)]
    assert done.out.splitlines()[:2] == [
        "10 recipients: 7 accepted, 0 rejected, 3 unknown, 0 not sent.",
        "6 are as before, 4 are of this run.",
    ]
    assert "They are held until that is known." in done.out
    assert "line 4  +4477*****103  unknown: the batch ended while its request was under way" in done.out
    assert done.err == "Results, one line for each recipient: results.csv\n"
    again = cli(*AGAIN)
    assert (again.code, len(account.messages)) == (6, 10)
    assert "10 are as before, 0 are of this run." in again.out


def test_a_resumed_batch_as_json(killed: None, cli: Cli, account: SandboxServer) -> None:
    *lines, summary = cli(*AGAIN, "--json").lines
    assert sorted((line["line"], line["result"]) for line in lines) == [
        (line, "unknown" if line in {4, 5, 6} else "accepted") for line in range(1, 11)
    ]
    assert {name: summary[name] for name in ("counts", "recipients", "kept", "held", "output")} == {
        "counts": {"accepted": 7, "rejected": 0, "unknown": 3, "not_sent": 0},
        "recipients": 10,
        "kept": 6,
        "held": 3,
        "output": "results.csv",
    }


def test_a_dry_run_says_who_would_be_sent_to_and_changes_nothing(
    killed: None, cli: Cli, account: SandboxServer
) -> None:
    before = Path("results.csv").read_bytes()
    done = cli(*AGAIN, "--dry-run")
    assert (done.code, len(account.messages), Path("results.csv").read_bytes()) == (0, 6, before)
    assert "4 messages in 2 requests" in done.out
    assert "6 recipients would not be sent to: 3 have a result, 3 are held" in done.out
    *lines, summary = cli(*AGAIN, "--dry-run", "--json").lines
    assert [line["line"] for line in lines] == [7, 8, 9, 10]
    assert (summary["kept"], summary["held"]) == (6, 3)


def test_a_batch_of_other_people_is_not_resumed(killed: None, cli: Cli, account: SandboxServer) -> None:
    before = Path("results.csv").read_bytes()
    for content, said in (
        (GOOD[:-1], "the results are of 10 recipients, the input has 9"),
        ([*GOOD[:4], "+12025550123", *GOOD[5:]], "line 5: its number, +1202****123, is not that"),
    ):
        Path("list.txt").write_text("".join(f"{number}\n" for number in content))
        for more in ((), ("--dry-run",), ("--on-invalid", "reject")):
            done = cli(*AGAIN, *more)
            assert (done.code, len(account.messages)) == (2, 6)
            assert said in done.err
    assert Path("results.csv").read_bytes() == before


def test_a_batch_that_is_running_is_not_resumed(cli: Cli, account: SandboxServer) -> None:
    seen: list[int] = []

    def resume(_: object) -> None:
        if not seen:
            seen.append(
                processes.python("-m", "connect_sms.cli", *AGAIN, **environment_of(account)).returncode
            )

    account.listen(resume)
    assert cli(*FIRST).code == 0
    assert seen == [2]
    assert sent_to(account) == GOOD


def test_a_batch_stopped_by_an_error_is_resumed(
    cli: Cli, account: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setenv("CONNECT_SMS_API_KEY", "wrong-key")
        assert cli(*FIRST).code == 4
    assert results() == ["not_sent"] * 10
    assert "--resume results.csv" in cli(*FIRST).err
    assert cli(*AGAIN).code == 0
    assert (results(), sent_to(account)) == (["accepted"] * 10, GOOD)
    assert cli(*AGAIN).code == 0
    assert len(account.messages) == 10


def test_invalid_lines_stay_rejected(cli: Cli, account: SandboxServer) -> None:
    Path("list.txt").write_text(f"{GOOD[0]}\n12\n{GOOD[1]}\n")
    reject = ("--on-invalid", "reject", "--request-size", "1")
    account.fail_next("error-after", operation="batch")
    assert cli(*FIRST, *reject).code == 6
    before = results()
    assert before == ["unknown", "rejected", "accepted"]
    assert cli(*AGAIN, *reject).code == 6
    assert (results(), len(account.messages)) == (before, 2)


def test_whoever_the_user_marks_as_not_sent_is_sent_to(
    killed: None, cli: Cli, account: SandboxServer
) -> None:
    cli(*AGAIN)
    text = Path("results.csv").read_text()
    lines = [
        line.replace("unknown", "not_sent") if line.startswith("5,") else line for line in text.splitlines()
    ]
    Path("results.csv").write_text("\n".join(lines))
    assert cli(*AGAIN).code == 6
    assert len(account.messages) == 11
    assert results()[3:6] == ["unknown", "accepted", "unknown"]


def test_8x8s_log_settles_who_was_held(cli: Cli, account: SandboxServer) -> None:
    store = ("--store", "receipts.db")
    account.fail_next("error-after", operation="batch")
    assert cli(*FIRST, *store).code == 6
    assert results()[:3] == ["unknown"] * 3
    assert cli(*AGAIN, *store).code == 6
    account.clock.advance(60)
    assert cli("reconcile", *store, "--since", "1d").code == 0
    assert cli(*AGAIN, *store).code == 0
    assert (results(), len(account.messages)) == (["accepted"] * 10, 10)
    assert rows()[0]["reason"].endswith("according to the store")
    assert rows()[0]["umid"] == account.messages[0].umid


def test_8x8s_log_settles_who_was_held_though_the_first_batch_had_no_store(
    killed: None, cli: Cli, account: SandboxServer
) -> None:
    store = ("--store", "receipts.db")
    assert cli(*AGAIN, *store, "--dry-run").code == 0
    with open_store("receipts.db") as opened:
        assert list(opened.statuses()) == []
    assert cli(*AGAIN, *store).code == 6
    account.clock.advance(60)
    assert cli("reconcile", *store, "--since", "1d").code == 0
    assert cli(*AGAIN, *store).code == 0
    assert (results(), len(account.messages)) == (["accepted"] * 10, 10)


def test_with_a_store_both_know_who_is_handed_over(
    cli: Cli, account: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[set[str | None]] = []

    def look(_: object) -> None:
        with open_store("receipts.db") as store:
            in_store = {status.client_message_id for status in store.statuses()}
        in_file = {row["client_message_id"] for row in rows() if row["result"] == HANDING_OVER}
        seen.append({message.client_message_id for message in account.messages} - (in_store & in_file))

    account.listen(look)
    assert cli(*FIRST, "--store", "receipts.db").code == 0
    assert seen == [set()] * 4


def test_the_input_of_a_pipe_is_not_counted_and_not_resumed(
    cli: Cli, account: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(BatchSummary, "report", _die)
        patched.setattr(ResultsFile, "finish", lambda _: None)
        with pytest.raises(Killed):
            cli("batch", "-", *FIRST[2:], "--on-invalid", "reject", stdin="\n".join(GOOD))
    assert "an unknown number of recipients" in rows()[0]["reason"]
    done = cli(*AGAIN)
    assert (done.code, len(account.messages)) == (2, 10)
    assert "could be read only once" in done.err
    assert "--resume needs the input as a file" in cli("batch", "-", *AGAIN[2:]).err


def _die(*_: Any) -> None:
    raise Killed


def test_kill_9_while_an_answer_is_awaited(cli: Cli, account: SandboxServer) -> None:
    def hang_the_second(_: object) -> None:
        if account.requests.count("batch") == 1:
            account.fail_next("stall-after;seconds=60", operation="batch")

    account.listen(hang_the_second)
    process = processes.start("-m", "connect_sms.cli", *FIRST, pipes=None, **environment_of(account))
    while len(account.messages) < 6:
        assert process.poll() is None
        select.select([], [], [], 0.02)
    process.kill()
    process.communicate()
    assert results()[-3:] == ["handing_over"] * 3
    assert cli(*AGAIN).code == 6
    assert sent_to(account) == GOOD
    assert results() == ["accepted"] * 3 + ["unknown"] * 3 + ["accepted"] * 4
