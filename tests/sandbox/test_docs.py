"""The guide's tables are the sandbox's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from connect_sms.sandbox import KINDS, TABLE

GUIDE = Path(__file__).parents[2] / "docs" / "sandbox.md"


@pytest.mark.parametrize("ending", TABLE)
def test_every_destination_of_the_table_is_in_the_guide(ending: str) -> None:
    assert f"| {ending} | {TABLE[ending].title} |" in GUIDE.read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", KINDS)
def test_every_fault_is_in_the_guide(kind: str) -> None:
    assert f"| `{kind}` | {KINDS[kind]} |" in GUIDE.read_text(encoding="utf-8")


def test_the_guide_has_no_row_too_many() -> None:
    rows = [line for line in GUIDE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    named = {line.split("|")[1].strip().strip("`") for line in rows}
    assert {name for name in named if name.isdigit() or name in KINDS} == {*TABLE, *KINDS}
