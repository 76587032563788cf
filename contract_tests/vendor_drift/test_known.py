"""What is known is told from what is new, and the command fails on news and on what it cannot read."""

import json
import sys
from pathlib import Path

import pytest

from contract_tests.vendor_drift import __main__ as command
from contract_tests.vendor_drift.compare import Comparison, Difference, compare_documents
from contract_tests.vendor_drift.known import expand, news, read_deviations, read_prose, write_prose
from contract_tests.vendor_drift.severity import Direction, Severity
from contract_tests.vendor_drift.small import PATH, both
from contract_tests.vendor_drift.vendor_file import PREFIX

BEFORE = compare_documents(*both())


def difference(row: str) -> Difference:
    return Difference(row, "1", "2", Direction.REQUEST, Severity.INFO)


def test_new_differences_gone_ones_and_other_prose_are_told_apart() -> None:
    found = Comparison([difference("a"), difference("c")], {"same": "1", "other": "2", "new": "3"})
    known = {"a | 1 | 2": "because", "b | 1 | 2": "because"}
    told = news(found, known, {"same": "1", "other": "1", "gone": "4"})
    assert told.new == [difference("c")]
    assert told.gone == ["b | 1 | 2"]
    assert told.prose == ["gone", "new", "other"]


def test_short_forms_are_written_out() -> None:
    assert expand("x <a,b> y <1,2>") == ["x a y 1", "x a y 2", "x b y 1", "x b y 2"]
    assert expand("^[a]{1,2}$") == ["^[a]{1,2}$"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("- reason: ''\n  deviations: [a]\n", "no reason"),
        ("- deviations: [a]\n", "no reason"),
        ("- {reason: x, deviations: [a]}\n- {reason: y, deviations: [a]}\n", "listed twice"),
    ],
)
def test_a_list_without_reasons_or_with_repetitions_is_refused(
    tmp_path: Path, text: str, complaint: str
) -> None:
    path = tmp_path / "known.yaml"
    path.write_text(text)
    with pytest.raises(ValueError, match=complaint):
        read_deviations(path)


def test_every_recorded_deviation_is_well_formed() -> None:
    assert [row for row in read_deviations() if row.count(" | ") != 2] == []


def test_prose_that_is_recorded_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "prose.yaml"
    written = {"sendMessage: request application/json .text": "abcdefghijkl", "document": "mnopabcdefgh"}
    write_prose(written, path)
    assert read_prose(path) == written
    assert path.read_text().startswith("# The prose")


@pytest.fixture
def vendor_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A vendor's file of our own making, of which everything is known."""
    ours, vendor = both()
    path = tmp_path / "vendor.json"
    path.write_text(json.dumps(vendor))
    rows = dict.fromkeys(map(str, BEFORE.differences), "it is made up")
    monkeypatch.setattr(command, "load", lambda: ours)
    monkeypatch.setattr(command, "VENDOR_FILE", path)
    monkeypatch.setattr(command, "read_vendor", lambda: json.loads(path.read_text()))
    monkeypatch.setattr(command, "read_deviations", lambda: rows)
    monkeypatch.setattr(command, "read_prose", lambda: BEFORE.prose)
    return path


def test_the_command_is_content_with_what_is_known(
    vendor_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["--require"]) == 0
    assert vendor_file.is_file()
    said = capsys.readouterr().out
    assert "it is made up\n    DELETE" in said
    assert "1 known deviations, 0 new ones, 0 recorded but gone, 0 places of prose changed" in said


def test_the_command_names_what_is_new(vendor_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, vendor = both()
    item = vendor["paths"][PREFIX + PATH]
    del item["delete"]
    schema = item["post"]["requestBody"]["content"]["application/json"]["schema"]
    schema["properties"]["field"].update(maxLength=11, description="Shorter")
    vendor_file.write_text(json.dumps(vendor))
    assert command.main([]) == 1
    said = capsys.readouterr().out
    assert "NEW   error in a request: makeThing: request application/json .field maxLength | 16 | 11" in said
    assert "GONE  DELETE " in said
    assert "PROSE makeThing: request application/json .field\n" in said
    assert "record it with its reason in known_deviations.yaml" in said
    assert "--accept-prose" in said


def test_the_command_vouches_for_nothing_that_it_does_not_understand(
    vendor_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vendor_file.write_text(json.dumps({**both()[1], "x-new": 1}))
    assert command.main([]) == 2
    assert "NOTHING WAS COMPARED: the vendor's file holds" in capsys.readouterr().err


@pytest.mark.parametrize(("arguments", "code"), [([], 0), (["--require"], 2)])
def test_without_the_file_nothing_is_compared_and_that_can_be_an_error(
    vendor_file: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int
) -> None:
    vendor_file.unlink()
    assert command.main(arguments) == code
    assert "SKIPPED, nothing was compared" in capsys.readouterr().err


def test_prose_is_recorded_on_request(
    vendor_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    recorded: dict[str, str] = {}
    monkeypatch.setattr(command, "write_prose", recorded.update)
    monkeypatch.setattr(sys, "argv", ["drift", "--accept-prose"])
    assert command.main() == 0
    assert vendor_file.is_file()
    assert recorded == BEFORE.prose
    assert capsys.readouterr().out
