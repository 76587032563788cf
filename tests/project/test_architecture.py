"""The floor plan: arrows between modules run one way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.support.floor_plan import FLOORS, LATE, ROOT, RULES, SHARED_WITH_WINGS, floor_of, wing_of
from tests.support.import_graph import Tree
from tests.support.paths import ROOT as REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="module")
def tree() -> Tree:
    return Tree.read(ROOT)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_package_keeps_the_rule(tree: Tree, rule: Callable[[Tree], Iterator[str]]) -> None:
    assert sorted(rule(tree)) == []


def test_the_package_is_read_whole(tree: Tree) -> None:
    assert len(tree.modules) > 100
    assert len(tree.imports) > 1000
    assert {wing for name in tree.modules if (wing := wing_of(tree, name))} >= {"cli", "receipts", "sandbox"}


def test_every_rule_is_about_modules_that_exist(tree: Tree) -> None:
    named = {name for names in FLOORS for name in names} - {"policy"}
    assert named <= tree.modules.keys()
    assert SHARED_WITH_WINGS.keys() <= tree.modules.keys()
    assert set(LATE) <= {(one.by, one.what) for one in tree.imports if one.function is not None}


def test_the_picture_shows_the_floors(tree: Tree) -> None:
    page = (REPOSITORY / "docs" / "architecture.md").read_text(encoding="utf-8")
    picture = page.partition("```text\n")[2].partition("```")[0]
    _, *rows = re.split(r"^─+.*$", picture, flags=re.MULTILINE)
    shown = [
        {
            floor_of(name.replace("/", "."))
            for line in row.splitlines()
            for name in re.findall(r"([\w/]+)(?:\.py|/)(?=\s)", line[:44])
        }
        for row in rows
    ]
    there = [level for level, names in enumerate(FLOORS) if tree.modules.keys() & set(names)]
    assert shown == [{level} for level in reversed(there)]
