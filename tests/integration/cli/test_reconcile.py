"""``connect-sms reconcile``: the whole way, from a store to files."""

from __future__ import annotations

import csv
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from connect_sms.cli.parsing import parse_past_time
from connect_sms.clock import Clock
from connect_sms.errors.base import InvalidArgument
from connect_sms.receipts import open_store
from connect_sms.sandbox import SandboxClock, SandboxServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.cli_fixtures import Cli

HOUR = ("reconcile", "--store", "receipts.db", "--since", "1h")
NUMBERS = ("+447700900123", "+447700900951", "+447700900960")


@pytest.fixture
def server() -> Iterator[SandboxServer]:
    """A fast sandbox that began half an hour ago, so that it is never ahead of this machine's time."""
    clock = SandboxClock(factor=1_000, start=time.time() - 1_800)
    with SandboxServer(clock=clock, status_per_second=None, seed=1) as running:
        yield running


@pytest.fixture
def sent(account: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> SandboxServer:
    """Three messages: one is delivered, one fails for now, one for good. No receipt was heard."""
    # Asking again at once is harmless here.
    monkeypatch.setattr(Clock, "sleep", lambda self, seconds: None)
    with open_store("receipts.db") as store, account.client(receipts=store) as client:
        client.send_batch(
            [{"destination": number, "client_message_id": number[-3:]} for number in NUMBERS], "Hello"
        )
    account.clock.advance(60)
    return account


def test_it_asks_and_tells_and_writes(cli: Cli, sent: SandboxServer) -> None:
    done = cli(*HOUR, "--csv", "out.csv", "--html", "out.html", "--retryable", "again.csv")
    assert done.code == 0
    assert done.out.startswith("3 messages sent from ")
    assert "3 were asked for one by one." in done.out
    assert "3 recipients: out.csv" in done.err
    assert "1 who may be sent to again: again.csv" in done.err
    with Path("out.csv").open(newline="") as file:
        outcomes = {line["client_message_id"]: line["outcome"] for line in csv.DictReader(file)}
    assert outcomes == {"123": "delivered", "951": "failed", "960": "failed"}
    assert Path("out.html").read_text().startswith("<!DOCTYPE html>")
    assert Path("again.csv").read_text() == "destination,client_message_id\n+447700900951,951~retry-1\n"
    assert not any(number in done.out + done.err + Path("out.csv").read_text() for number in NUMBERS)
    assert cli("batch", "again.csv", "--text", "Hello").code == 0
    assert sent.accepted.times(destination=NUMBERS[1]) == 2
    kept = cli(*HOUR, "--csv", "out.csv", "--show-numbers")
    assert (kept.code, "--csv: out.csv exists. Name another file, or give --overwrite" in kept.err) == (
        2,
        True,
    )
    assert not any(number in Path("out.csv").read_text() for number in NUMBERS)
    cli(*HOUR, "--csv", "out.csv", "--show-numbers", "--overwrite")
    assert all(number in Path("out.csv").read_text() for number in NUMBERS)


def test_one_recipient_is_one(cli: Cli, account: SandboxServer) -> None:
    with open_store("receipts.db") as store, account.client(receipts=store) as client:
        client.send(NUMBERS[0], "Hello")
    assert "1 recipient: out.csv" in cli(*HOUR, "--csv", "out.csv").err


def test_as_json(cli: Cli, sent: SandboxServer) -> None:
    done = cli(*HOUR, "--json", "--html", "out.html").json
    assert (done["ok"], done["exit_code"], done["written"]) == (True, 0, {"page": "out.html"})
    report = done["report"]
    assert (report["total"], report["outcomes"]) == (3, {"delivered": 1, "failed": 2})
    assert report["failures_by_country"] == {"GB": 2}
    assert {failure["category"] for failure in report["failures"]} == {"transient", "permanent_number"}
    assert set(report["seconds_to_delivery"]) == {"p50", "p90", "p99"}
    assert report["findings"]["polled"] == 3


def test_the_log_is_used_when_there_are_more_than_a_few(cli: Cli, sent: SandboxServer) -> None:
    done = cli(*HOUR, "--max-polls", "0", "--json")
    findings = done.json["report"]["findings"]
    assert (findings["polled"], findings["log_used"]) == (0, 3)


def test_the_log_can_be_left_out(cli: Cli, sent: SandboxServer) -> None:
    done = cli(*HOUR, "--max-polls", "0", "--no-log")
    assert (done.code, "8x8's log was not to be used" in done.out) == (0, True)


def test_a_span_that_ends_before_is_of_nothing(cli: Cli, sent: SandboxServer) -> None:
    done = cli("reconcile", "--store", "receipts.db", "--since", "2d", "--until", "1d", "--json")
    assert done.json["report"]["total"] == 0


@pytest.mark.parametrize("since", ["yesterday", "2026-07-01", "2026-07-01T06:00:00", "5", "-3d", "999999d"])
def test_a_time_that_is_none_is_wrong_usage(cli: Cli, account: SandboxServer, since: str) -> None:
    done = cli("reconcile", "--store", "receipts.db", f"--since={since}")
    assert done.code == 2
    assert "90m, 12h, 3d" in done.err


def test_a_file_that_cannot_be_written_is_told(cli: Cli, sent: SandboxServer) -> None:
    done = cli(*HOUR, "--csv", "no/out.csv")  # before anything is asked
    assert (done.code, "No such file or directory" in done.err) == (2, True)
    done = cli(*HOUR, "--csv", "long" * 100)
    assert done.code == 3
    assert "What was learnt is in the store" in done.err


def test_on_a_terminal_it_is_drawn_and_shows_how_far_it_is(
    cli: Cli, sent: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    done = cli(*HOUR)
    assert done.code == 0
    assert "\x1b[1mOutcome" in done.out


def test_a_time_is_one_with_an_offset_or_so_long_ago() -> None:
    assert parse_past_time("2026-07-01T06:00:00+02:00", "--since") == datetime(2026, 7, 1, 4, tzinfo=UTC)
    for text, hours in (("90m", 1.5), ("12h", 12), ("3d", 72)):
        ago = datetime.now(UTC) - parse_past_time(text, "--since")
        assert abs(ago - timedelta(hours=hours)) < timedelta(minutes=1)
    with pytest.raises(InvalidArgument):
        parse_past_time(json.dumps(None), "--since")
