"""The guide's tables are the sandbox's own, and the test in the README is one that passes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from connect_sms.sandbox import KINDS, TABLE
from tests.support.paths import ROOT
from tests.unit.sandbox.api import python

if TYPE_CHECKING:
    from pathlib import Path

GUIDE = ROOT / "docs" / "sandbox.md"
README = ROOT / "README.md"


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


def test_the_test_in_the_readme_passes(tmp_path: Path) -> None:
    [shown] = re.findall(r"```python\n(def test_.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "test_readme.py").write_text(shown, encoding="utf-8")
    done = python(
        "-m", "pytest", "-q", "--rootdir", str(tmp_path), "-p", "connect_sms.sandbox.plugin", str(tmp_path)
    )
    assert "1 passed" in done.stdout
