"""The harness itself: it can fail, and says why."""

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from contract_tests.contract import ROOT
from tools.mutants import _harness, contract, sandbox, wrapper
from tools.mutants._harness import Mutant, Stage, apply, chosen, pytest_stage, run

BOILED = Mutant("boiled", "egg.txt", "raw", "boiled")
BROKEN = Mutant("broken", "egg.txt", "whole", "broken")
NUMBERED = Mutant("numbered", "egg.txt", "egg", "egg 1", survives="nobody looks at numbers")
IS_WHOLE = Stage("look", (sys.executable, "-c", "assert 'whole' in open('egg.txt').read(), 'not whole'"))
IS_RAW = Stage("spin", (sys.executable, "-c", "assert 'raw' in open('egg.txt').read(), 'not raw'"))


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "egg.txt").write_text("a whole, raw egg")
    monkeypatch.setattr(_harness, "ROOT", tmp_path)
    return tmp_path


def test_every_caught_mutant_is_named_with_its_witness(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([BOILED, BROKEN], [IS_WHOLE, IS_RAW], BROKEN, workers=1) == 0
    table = capsys.readouterr().out
    assert re.search(r"caught +boiled .* spin: AssertionError: not raw", table)
    assert re.search(r"caught +broken .* look: AssertionError: not whole", table)
    assert "2 caught in" in table


def test_a_survivor_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([BOILED], [IS_WHOLE], BROKEN) == 1
    assert re.search(r"SURVIVED +boiled .* nothing noticed", capsys.readouterr().out)


def test_a_survivor_with_a_reason_does_not_fail(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([NUMBERED], [IS_WHOLE], BROKEN) == 0
    assert re.search(r"allowed +numbered .* nobody looks at numbers", capsys.readouterr().out)


def test_an_allowed_survivor_that_is_caught_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([BROKEN._replace(survives="nobody looks")], [IS_WHOLE], BROKEN) == 1
    assert "1 STALE" in capsys.readouterr().out


def test_tests_that_fail_without_a_defect_are_not_trusted(capsys: pytest.CaptureFixture[str]) -> None:
    always = Stage("always", (sys.executable, "-c", "raise SystemExit('no')"))
    assert run([BOILED], [always], BROKEN) == 1
    assert capsys.readouterr().out == "THE HARNESS IS BROKEN: without any defect, always: no\n"


def test_a_test_that_fails_without_the_defect_it_caught_is_not_trusted(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of all tests of a stage only those that caught something are run again."""
    (project / "test_egg.py").write_text(
        "def egg(): return open('egg.txt').read()\n"
        "def test_whole(): assert 'whole' in egg()\n"
        "def test_raw(): assert False\n"
        "def test_never_run(): assert False\n"
    )
    stage = pytest_stage("eggs", "-p", "no:cacheprovider", "./test_egg.py")
    assert run([BOILED], [stage], BROKEN, workers=1) == 1
    table = capsys.readouterr().out
    assert re.search(r"caught +boiled .* eggs: test_egg.py::test_raw", table)
    assert "THE HARNESS IS BROKEN: without any defect, again: test_egg.py::test_raw" in table
    assert "1 caught in" in table


def test_tests_that_miss_the_known_bad_are_not_trusted(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([BROKEN], [IS_WHOLE], BOILED) == 1
    assert "THE HARNESS IS BROKEN: nothing noticed 'boiled'" in capsys.readouterr().out


def test_parts_are_disjoint_and_together_all(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = []
    for part in (1, 2, 3):
        monkeypatch.setenv("MUTANTS_PART", f"{part}/3")
        parts.append(chosen(wrapper.MUTANTS, []))
    assert sorted(mutant.name for part in parts for mutant in part) == sorted(m.name for m in wrapper.MUTANTS)
    monkeypatch.delenv("MUTANTS_PART")
    assert chosen(wrapper.MUTANTS, []) == wrapper.MUTANTS


def test_two_mutants_of_one_name_are_refused() -> None:
    assert run([BROKEN, BROKEN], [IS_WHOLE], BROKEN) == 1


def test_a_defect_that_cannot_be_planted_is_an_error(project: Path) -> None:
    with pytest.raises(ValueError, match="'fried': its text occurs 0 times"):
        apply(project, Mutant("fried", "egg.txt", "fresh", "fried"))


def test_the_project_itself_is_never_touched(project: Path) -> None:
    run([BROKEN], [IS_WHOLE], BROKEN)
    assert (project / "egg.txt").read_text() == "a whole, raw egg"


@pytest.mark.parametrize("planned", [contract, sandbox, wrapper], ids=lambda module: module.__name__)
def test_every_defect_can_be_planted_and_no_two_have_one_name(planned: ModuleType) -> None:
    mutants: list[Mutant] = [planned.KNOWN_BAD, *planned.MUTANTS]
    counts = {mutant.name: (ROOT / mutant.path).read_text("utf-8").count(mutant.old) for mutant in mutants}
    assert {name: count for name, count in counts.items() if count != 1} == {}
    assert [mutant.name for mutant in mutants if mutant.old == mutant.new] == []
    assert len(counts) == len(mutants)


@pytest.mark.parametrize("planned", [contract, sandbox, wrapper], ids=lambda module: module.__name__)
def test_every_stage_runs_tests_that_are_there(planned: ModuleType) -> None:
    paths = [argument.partition("::")[0] for stage in planned.STAGES for argument in stage.tests]
    assert [path for path in paths if "tests/" in path and not (ROOT / path).exists()] == []
