"""``connect-sms batch``: many recipients, and a record of every one of them."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import pty
import stat
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.cli_batch import GOOD, REFUSED, REJECT, SAVED, TEXT, results, rows, to, write

if TYPE_CHECKING:
    from connect_sms.sandbox import SandboxServer
    from tests.support.cli_fixtures import Cli


def test_everybody_in_a_list_is_sent_to_and_written_down(cli: Cli, account: SandboxServer) -> None:
    done = cli(*to(), "--sender", "SHOP", *SAVED)
    assert done.code == 0
    assert done.out == "10 recipients: 10 accepted, 0 rejected, 0 unknown, 0 not sent.\n"
    assert done.err == "Results, one line for each recipient: results.csv\n"
    assert [message.digits for message in account.messages] == [number[1:] for number in GOOD]
    assert [row["umid"] for row in rows()] == [message.umid for message in account.messages]
    assert stat.S_IMODE(Path("results.csv").stat().st_mode) == 0o600
    first = rows()[0]
    assert datetime.fromisoformat(first.pop("sent_at")).utcoffset() == timedelta()
    assert first == {
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
        "sent_at": None,
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


def test_a_terminal_is_shown_a_bar(cli: Cli, account: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = pty.openpty()
    shown = bytearray()

    def read() -> None:
        with contextlib.suppress(OSError):  # the other side is closed
            while piece := os.read(ours, 65_536):
                shown.extend(piece)

    reader = threading.Thread(target=read)
    reader.start()
    monkeypatch.setenv("TERM", "xterm")
    with os.fdopen(theirs, "w") as terminal:
        monkeypatch.setattr("sys.stderr", terminal)
        codes = [cli(*to(), "--request-size", "2").code, cli("send", GOOD[0], TEXT, "--wait").code]
        monkeypatch.undo()
    reader.join()
    os.close(ours)
    assert codes == [0, 0]
    for words in (b"checking", b"sending", b"10/10", b"waiting for the outcome"):
        assert words in shown
