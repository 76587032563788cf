"""``connect-sms batch --dry-run``: what would be sent, and what it would take."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.cli_batch import GOOD, SAVED, TEXT, to, write

if TYPE_CHECKING:
    from connect_sms.sandbox import SandboxServer
    from tests.support.cli_fixtures import Cli


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
    assert "more" not in done.out
    many = cli(*to(*["12"] * 13), "--dry-run").out
    assert "13 lines cannot be sent:" in many
    assert "  and 3 more\n" in many
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
