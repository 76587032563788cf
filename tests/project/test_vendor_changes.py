"""The seeded changes of a vendor's file: enough of them, each can be made, and a miss would be told."""

from pathlib import Path

import pytest

from contract_tests.contract import load
from contract_tests.vendor_drift.compare import Comparison, compare_documents
from contract_tests.vendor_drift.posing import Vendor, posing_as_vendor
from tools.mutants import drift
from tools.mutants.vendor_changes._change import Change
from tools.mutants.vendor_changes.rewritings import REWRITINGS


@pytest.fixture(scope="module")
def vendor() -> dict[str, object]:
    return posing_as_vendor()


@pytest.fixture(scope="module")
def before(vendor: dict[str, object]) -> Comparison:
    return compare_documents(load(), vendor)


def test_there_are_many_and_no_two_have_one_name() -> None:
    names = [change.name for change in (*drift.CHANGES, *REWRITINGS)]
    assert len(drift.CHANGES) >= 80
    assert sorted(names) == sorted(set(names))


def test_each_can_be_made_and_changes_the_file(vendor: dict[str, object]) -> None:
    unchanged = []
    for change in drift.CHANGES:
        changed = Vendor(vendor)
        change.make(changed)
        if changed.document == vendor:
            unchanged.append(change.name)
    assert unchanged == []


def test_a_change_is_told_by_what_it_does(vendor: dict[str, object], before: Comparison) -> None:
    def told(change: Change) -> str:
        return drift.witness(vendor, before, change)

    assert told(Change("nothing", lambda _: None)) == ""
    assert told(Change("an id", lambda v: v.status.update(operationId="x"))) == "prose: getMessage: operation"
    row = "getMessage: operation deprecated | no | yes"
    assert told(Change("an end", lambda v: v.status.update(deprecated=True))) == f"warning: {row}"
    unknown = "x-new' is no known operation keyword"
    assert unknown in told(Change("unknown", lambda v: v.status.update({"x-new": 1})))


@pytest.mark.parametrize(
    ("survives", "seen", "rewriting", "kind"),
    [
        ("", "a difference", False, "noticed"),
        ("", "", False, "MISSED"),
        ("it means nothing", "", False, "allowed"),
        ("it means nothing", "a difference", False, "STALE"),
        ("", "", True, "quiet"),
        ("", "a difference", True, "NOISE"),
    ],
)
def test_a_miss_noise_and_a_list_gone_stale_are_faults(
    survives: str, seen: str, kind: str, *, rewriting: bool
) -> None:
    change = Change("a change", lambda _: None, survives)
    assert drift.kind_of(change, seen, rewriting=rewriting) == kind


def test_the_command_fails_on_a_fault(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(drift, "VENDOR_FILE", tmp_path / "absent.json")
    monkeypatch.setattr(drift, "CHANGES", [Change("nothing at all", lambda _: None)])
    assert drift.main(["nothing at all"]) == 1
    said = capsys.readouterr().out
    assert "THE VENDOR'S FILE IS ABSENT" in said
    assert "MISSED   ours nothing at all" in said
    assert "ours: 1 MISSED" in said
