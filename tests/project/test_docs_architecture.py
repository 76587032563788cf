"""docs/architecture.md: every module and function that it names exists."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

import connect_sms
from tests.support.paths import ROOT

PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PACKAGE = Path(connect_sms.__file__).parent

NAMED = sorted(set(re.findall(r"`([\w/]+\.py)::([\w.]+)`", PAGE)))
FILES = sorted(set(re.findall(r"`([\w/]+(?:\.py|\.csv|/))(?:`|::)", PAGE)))


def test_the_page_names_ten_steps_and_their_functions() -> None:
    assert re.findall(r"^(\d+)\. ", PAGE, re.MULTILINE) == [str(step) for step in range(1, 11)]
    assert len(NAMED) > 20


@pytest.mark.parametrize(("module", "name"), NAMED)
def test_each_function_and_class_exists(module: str, name: str) -> None:
    found = importlib.import_module("connect_sms." + module.removesuffix(".py").replace("/", "."))
    for part in name.split("."):
        found = getattr(found, part)


@pytest.mark.parametrize("name", FILES)
def test_each_file_exists(name: str) -> None:
    assert (PACKAGE / name).exists() or (ROOT / name).exists()
