"""docs/cli.md says what the command does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from connect_sms.cli.commands.doctor_findings import Finding
from connect_sms.cli.csv_table import FIELDS
from connect_sms.cli.exit_codes import Exit
from connect_sms.cli.results_rows import COLUMNS
from tests.support.cli_fixtures import account, clean_environment, cli, server
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from connect_sms.sandbox import SandboxServer
    from tests.support.cli_fixtures import Cli

__all__ = ["account", "clean_environment", "cli", "server"]  # fixtures

DOCS = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")


def fields_of(row: str) -> set[str]:
    """Names in code quotes in a row of the table of JSON fields."""
    line = next(line for line in reversed(DOCS.splitlines()) if line.startswith(f"| {row} |"))
    return set(re.findall(r"`([a-z_]+)`", line.removeprefix(f"| {row} |")))


def names(document: Any) -> set[str]:
    """Every field of a document, at any depth; not those of a request, which are 8x8's."""
    if isinstance(document, list):
        return set().union(*map(names, document)) if document else set()
    if not isinstance(document, dict):
        return set()
    inner = (names(value) for name, value in document.items() if name not in {"request", "segments", "error"})
    return set(document).union(*inner) - {"command", "ok", "exit_code", "error"}


def test_the_exit_codes_are_those_there_are() -> None:
    listed = re.findall(r"^\| (\d+) \| (.+) \|$", DOCS, re.MULTILINE)
    assert listed == [(str(code.value), code.meaning) for code in Exit]


def test_the_columns_are_those_there_are() -> None:
    assert "\n    " + " ".join(FIELDS) + "\n" in DOCS
    assert ", ".join(f"`{name}`" for name in COLUMNS).replace("`line`", "`line` (of the input)") in " ".join(
        DOCS.split()
    )


def test_the_json_fields_are_those_there_are(cli: Cli, account: SandboxServer) -> None:
    number = "+447700900960"
    Path("list.txt").write_text(f"{number}\n")
    umid = cli("send", number, "hi", "--json").json["message"]["umid"]
    sent = names(cli("send", number, "hi", "--json").json)
    assert sent <= fields_of("`send`")
    assert names(cli("status", umid, "--json").json) - {"status"} == fields_of("`status`, `wait`") - {
        "status"
    }
    *_, line, summary = cli("batch", "list.txt", "--text", "hi", "--json").lines
    assert names(line) == fields_of("`batch`, each line") - {"recipient"}
    assert names(summary) == fields_of("`batch`, last line") - {"summary"}
    line, summary = cli("batch", "list.txt", "--text", "hi", "--json", "--dry-run").lines
    assert names(line) == fields_of("`batch --dry-run`, each line") - {"message"}
    assert names(summary) == fields_of("`batch --dry-run`, last line") - {"summary"}
    drafted = cli("send", number, "hi", "--json", "--dry-run").json
    assert names(drafted) | set(drafted["request"]) == fields_of("`send --dry-run`")
    assert set(cli("segments", "hi", "--json").json["segments"]) == fields_of("`segments`") - {"segments"}
    states = {"ok", "missing", "wrong", "note"}
    found = {"settings", "extras", "online"} | set(attrs.fields_dict(Finding))
    assert fields_of("`doctor`") == found | states
