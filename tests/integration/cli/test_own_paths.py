"""No command destroys a file of its own run, replaces one unasked, or makes one that it was only to read."""

from __future__ import annotations

import csv
import os
import stat
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from connect_sms.receipts import open_store
from tests.support.cli_batch import SAVED, results, rows, to, write

if TYPE_CHECKING:
    from connect_sms.sandbox import SandboxServer
    from tests.support.cli_fixtures import Cli

NUMBER = "+447700900123"
CONTACTS = f"destination,text\n{NUMBER},Hi\n"
FORMULA = '=HYPERLINK("http://x.test")'


@pytest.fixture
def contacts() -> str:
    Path("contacts.csv").write_text(CONTACTS)
    return "contacts.csv"


@pytest.mark.parametrize("output", ["contacts.csv", "./contacts.csv", "link.csv", "r.db", "r.db-wal", "key"])
def test_a_batch_does_not_write_over_what_it_needs(
    output: str, contacts: str, cli: Cli, account: SandboxServer
) -> None:
    Path("link.csv").symlink_to(contacts)
    Path("key").write_text(account.settings.api_key)
    Path("key").chmod(0o600)
    open_store("r.db").close()
    before = {path.name: path.read_bytes() for path in Path().iterdir()}
    command = ("batch", contacts, "--store", "r.db", "--key-file", "key", "-o", output, "--overwrite")
    for how in ((), ("--json",)):
        done = cli(*command, *how)
        assert (done.code, len(account.messages)) == (2, 0)
        assert "--output is the same file as " in done.err
        assert "would be destroyed: name another" in done.err
    assert {path.name: path.read_bytes() for path in Path().iterdir()} == before


def test_a_resumed_batch_takes_no_results_for_its_input(
    contacts: str, cli: Cli, account: SandboxServer
) -> None:
    done = cli("batch", contacts, "--resume", contacts)
    assert (done.code, "--resume is the same file as FILE" in done.err) == (2, True)
    assert Path(contacts).read_text() == CONTACTS


def test_the_store_is_not_the_input(contacts: str, cli: Cli, account: SandboxServer) -> None:
    done = cli("batch", contacts, "--store", contacts)
    assert (done.code, "--store is the same file as FILE" in done.err) == (2, True)


@pytest.mark.parametrize(
    "command",
    [
        ("send", NUMBER, "hi", "--key-file", "key", "--store", "key"),
        ("receipts", "serve", "--authorization-file", "key", "--store", "./key"),
    ],
    ids=" ".join,
)
def test_the_store_holds_no_secret(command: tuple[str, ...], cli: Cli, account: SandboxServer) -> None:
    Path("key").touch(mode=0o600)
    done = cli(*command)
    assert (done.code, "--store is the same file as " in done.err) == (2, True)
    assert Path("key").read_bytes() == b""


def test_overwriting_makes_the_results_private(cli: Cli, account: SandboxServer) -> None:
    write("real.csv", "old")
    Path("real.csv").chmod(0o644)
    Path("results.csv").symlink_to("real.csv")
    assert cli(*to(), *SAVED, "--overwrite").code == 0
    assert Path("results.csv").is_symlink()
    assert stat.S_IMODE(Path("real.csv").stat().st_mode) == 0o600
    assert results() == ["accepted"] * 10


@pytest.mark.skipif(sys.platform == "win32", reason="it has no such names")
@pytest.mark.parametrize("name", ["-", "/dev/stdout", "/dev/fd/1"])
def test_standard_output_by_any_name(name: str, cli: Cli, account: SandboxServer) -> None:
    done = cli(*to(), "-o", name)
    assert (done.code, done.out.count("accepted")) == (0, 10)
    assert "10 recipients: 10 accepted" in done.err
    assert len(cli(*to(), "-o", name, "--json").lines) == 11


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs")
def test_a_pipe_is_written_to_without_being_asked(cli: Cli, account: SandboxServer) -> None:
    os.mkfifo("pipe")
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append(Path("pipe").read_text()))
    reader.start()
    assert cli(*to(), "-o", "pipe").code == 0
    reader.join()
    assert [row["result"] for row in csv.DictReader(got[0].splitlines())] == ["accepted"] * 10


@pytest.mark.parametrize(
    "more",
    [("--csv", "r.db"), ("--html", "r.db-shm"), ("--csv", "a", "--html", "./a"), ("--retryable", "key")],
)
def test_a_report_does_not_either(more: tuple[str, ...], cli: Cli, account: SandboxServer) -> None:
    Path("key").write_text(account.settings.api_key)
    Path("key").chmod(0o600)
    open_store("r.db").close()
    before = {path.name: path.read_bytes() for path in Path().iterdir()}
    command = ("reconcile", "--store", "r.db", "--since", "1h", "--key-file", "key", "--overwrite")
    done = cli(*command, *more)
    assert (done.code, "is the same file as" in done.err, len(account.requests)) == (2, True, 0)
    assert {path.name: path.read_bytes() for path in Path().iterdir()} == before


@pytest.mark.parametrize(
    "command",
    [
        ("reconcile", "--since", "1h", "--csv", "out.csv"),
        ("receipts", "list"),
        ("receipts", "outages"),
        ("receipts", "quarantine", "--save", "bodies"),
    ],
    ids=" ".join,
)
def test_what_looks_into_a_store_makes_none(
    command: tuple[str, ...], cli: Cli, account: SandboxServer
) -> None:
    done = cli(*command, "--store", "misspelt.db")
    assert (done.code, "there is no store at misspelt.db" in done.err) == (3, True)
    assert list(Path().iterdir()) == []


def test_a_report_on_standard_output_has_its_summary_on_standard_error(
    cli: Cli, account: SandboxServer
) -> None:
    assert cli("send", NUMBER, "hi", "--store", "r.db").code == 0
    hour = ("reconcile", "--store", "r.db", "--since", "1h")
    done = cli(*hour, "--csv", "-")
    assert [row["destination"] for row in csv.DictReader(done.out.splitlines())] == ["+4477*****123"]
    assert done.err.startswith("1 message sent from ")
    refused = cli(*hour, "--csv", "-", "--json")
    assert (refused.code, "--csv - and --json are both standard output" in refused.err) == (2, True)
    assert cli(*hour, "--csv", "-", "--html", "/dev/stdout").code == 2


def test_an_id_that_looks_like_a_formula_keeps_its_meaning(cli: Cli, account: SandboxServer) -> None:
    """In the results, in those of a resumed batch, and in the file of those who can be sent to again."""
    failing = "+447700900951"
    quoted = FORMULA.replace('"', '""')
    write("c.csv", "destination,text,client_message_id", f'{failing},Hi,"{quoted}"')
    assert cli("batch", "c.csv", *SAVED, "--store", "r.db").code == 0
    assert rows()[0]["client_message_id"] == f"'{FORMULA}"
    resumed = cli("batch", "c.csv", "--resume", "results.csv", "--json")
    assert (resumed.code, resumed.lines[0]["client_message_id"]) == (0, FORMULA)
    assert rows()[0]["client_message_id"] == f"'{FORMULA}"
    account.clock.advance(60)
    hour = ("reconcile", "--store", "r.db", "--since", "1h")
    assert cli(*hour, "--retryable", "again.csv").code == 0
    assert f"{failing},\"'=HYPERLINK" in Path("again.csv").read_text()
    assert cli("batch", "again.csv", "--text", "Hi", "--store", "r.db").code == 0
    assert account.messages[-1].client_message_id == f"{FORMULA}~retry-1"
    assert cli(*hour, "--retryable", "again.csv", "--overwrite", "--max-polls", "0", "--no-log").code == 0
    assert Path("again.csv").read_text().count("\n") == 1
