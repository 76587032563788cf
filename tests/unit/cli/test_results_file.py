"""A results file: what is appended is whole or absent, the last row of a line counts, one process has it."""

from __future__ import annotations

import csv
import errno
import os
import stat
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from connect_sms.cli.csv_table import InputProblem
from connect_sms.cli.results_file import InUse, ResultsFile, ResultsWriteError
from connect_sms.cli.results_rows import COLUMNS, Result, as_csv, cells_of, read_row, unfinished

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEADER = ",".join(COLUMNS) + "\n"


def row(line: int, result: str = "accepted", **more: Any) -> Result:
    return Result(line, "+4477*****123", result, client_message_id=f"id-{line}", **more)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "results.csv"


@pytest.fixture
def file(path: Path) -> Iterator[ResultsFile]:
    with closing(ResultsFile.create(str(path), overwrite=False)) as created:
        created.append([COLUMNS, cells_of(unfinished(3))])
        yield created


def add(file: ResultsFile, *results: Result) -> None:
    file.append(map(cells_of, results))


def written(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def index_of(path: Path) -> Any:
    with closing(ResultsFile.reopen(str(path))) as file:
        index = file.index()
        return index, {
            line: file.row_at(offset)
            for line in range(1, len(index.offsets))
            if (offset := index.offset_of(line)) is not None
        }


def test_a_row_is_read_as_it_was_written() -> None:
    for result in (
        row(7, umid="u", reason='8x8 said: "no", or so'),
        Result(1, "", "not_sent"),
        unfinished(5),
        unfinished(None),
    ):
        (line,) = as_csv([cells_of(result)]).splitlines()
        read = read_row(line, "it")
        assert (read.line, read.destination or "", read.result) == (
            result.line,
            result.destination or "",
            result.result,
        )
        assert read.reason == result.reason


def test_a_row_is_one_line_whatever_is_in_it() -> None:
    text = as_csv([cells_of(row(1, reason="a\r\nb\rc\nd"))])
    assert text.count("\n") == 1
    assert read_row(text, "it").reason == "a  b c d"


@pytest.mark.parametrize(
    "line",
    [
        "",
        "1,x,accepted",
        "one,x,accepted,,,,",
        "0,x,accepted,,,,",
        "-1,x,accepted,,,,",
        f"{10**10},x,accepted,,,,",
        "1,x,delivered,,,,",
        "1,,unfinished,,,,",
        '1,"x,accepted,,,,',
        "1,x,accepted,,,,,",
        "1,x,accepted,,,",
        "1,x,accepted,,,noon,",
        "1,x,accepted,,,2026-11-27T09:00:00,",
    ],
)
def test_what_is_no_row_is_refused(line: str) -> None:
    with pytest.raises(InputProblem, match=r"line 5 of r.csv is not a row"):
        read_row(line, "line 5 of r.csv")


def test_the_last_row_of_a_line_counts(file: ResultsFile, path: Path) -> None:
    add(file, row(1, "handing_over"), row(3, "handing_over"))
    add(file, row(1), row(3, "rejected"))
    file.close()
    index, rows = index_of(path)
    assert (index.lines, index.recipients, index.is_unfinished) == (2, 3, True)
    assert {line: found.result for line, found in rows.items()} == {1: "accepted", 3: "rejected"}
    assert index.offset_of(2) is None
    assert index.offset_of(1_000) is None


def test_at_its_end_each_recipient_has_one_row_in_the_order_of_the_input(
    file: ResultsFile, path: Path
) -> None:
    path.chmod(0o640)
    add(file, row(3, "handing_over"))
    add(file, row(3), row(1, "not_sent"), row(20))
    file.finish()
    with path.open(newline="") as finished:
        found = list(csv.DictReader(finished))
    assert [(one["line"], one["result"]) for one in found] == [
        ("1", "not_sent"),
        ("3", "accepted"),
        ("20", "accepted"),
    ]
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [entry.name for entry in path.parent.iterdir()] == ["results.csv"]


def test_a_link_to_the_file_stays_one(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.csv"
    link.symlink_to(path)
    with closing(ResultsFile.create(str(link), overwrite=True)) as file:
        file.append([COLUMNS, cells_of(row(1))])
        file.finish()
    assert link.is_symlink()
    assert path.read_text().count("\n") == 2


def test_an_end_that_fails_leaves_the_file_as_it_was(
    file: ResultsFile, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(file, row(1))
    before = path.read_bytes()
    monkeypatch.setattr("pathlib.Path.replace", _full)
    with pytest.raises(OSError, match="No space"):
        file.finish()
    assert path.read_bytes() == before
    assert [entry.name for entry in path.parent.iterdir()] == ["results.csv"]


def _full(*_: Any) -> Any:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("failing", ["write", "fsync"])
def test_rows_are_written_whole_or_not_at_all(
    failing: str, file: ResultsFile, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(file, row(1))
    before = path.read_bytes()
    real, written = os.write, 0

    def half(fd: int, data: Any) -> int:
        nonlocal written
        if written:
            _full()
        written = real(fd, bytes(data)[:20])
        return written

    with monkeypatch.context() as patched:
        patched.setattr(os, failing, half if failing == "write" else _full)
        with pytest.raises(ResultsWriteError, match="No space left on device"):
            add(file, row(2), row(3))
    assert path.read_bytes() == before
    add(file, row(2))
    assert path.read_text().endswith(as_csv([cells_of(row(2))]))


@pytest.mark.parametrize("cut_off", ["4", "4,+4477*****123,hand", '4,+4477*****123,"', "\0\0\0", "4,,"])
def test_a_row_that_was_cut_off_is_no_row_and_the_next_ones_follow_the_last_whole_one(
    cut_off: str, path: Path
) -> None:
    whole = HEADER + as_csv([cells_of(row(1)), cells_of(row(2))])
    written(path, whole + cut_off)
    with closing(ResultsFile.reopen(str(path))) as file:
        assert file.index().lines == 2
        file.drop_cut_off_row()
        add(file, row(3))
        assert path.read_text() == whole + as_csv([cells_of(row(3))])
        assert file.index().lines == 3
        file.finish()
    assert path.read_text() == whole + as_csv([cells_of(row(3))])


def test_rows_are_read_while_others_are_written(file: ResultsFile) -> None:
    add(file, *(row(line, "not_sent") for line in range(1, 1_000)))
    index = file.index()
    for line in range(1, 1_000):
        offset = index.offset_of(line)
        assert offset is not None
        assert file.row_at(offset) == row(line, "not_sent")
        if line % 10 == 0:
            add(file, row(line))
    assert file.index().lines == 999


def test_a_row_without_a_line_break_counts_as_an_editor_may_have_removed_it(path: Path) -> None:
    written(path, HEADER + as_csv([cells_of(row(1)), cells_of(row(2))]).rstrip("\n"))
    with closing(ResultsFile.reopen(str(path))) as file:
        assert file.index().lines == 2
        file.drop_cut_off_row()
        add(file, row(3))
    assert sorted(index_of(path)[1]) == [1, 2, 3]


def test_a_file_that_a_spreadsheet_wrote_is_read(path: Path) -> None:
    text = HEADER + as_csv([cells_of(row(1)), cells_of(row(2, "not_sent"))])
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert {line: found.result for line, found in index_of(path)[1].items()} == {
        1: "accepted",
        2: "not_sent",
    }
    with closing(ResultsFile.reopen(str(path))) as file:
        file.finish()
    assert path.read_bytes() == text.encode()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty: nothing was sent"),
        ("destination,text\n", "its first line is not line,destination,result"),
        (HEADER.replace(",", ";"), "its first line is not"),
        (HEADER + "1,x\n" + "2,x,accepted,,,,\n", "line 2 of .* is not a row"),
        (HEADER + "1,x,accepted,,,,\n" + '2,"x,accepted,,,,\n', "line 3 of .* is not a row"),
    ],
)
def test_another_kind_of_file_is_refused(text: str, said: str, path: Path) -> None:
    written(path, text)
    with pytest.raises(InputProblem, match=said):
        index_of(path)


def test_one_process_has_the_file(file: ResultsFile, path: Path) -> None:
    with pytest.raises(InUse, match="is in use: another `connect-sms batch`"):
        ResultsFile.reopen(str(path))
    with pytest.raises(InUse, match="is in use"):
        ResultsFile.create(str(path), overwrite=True)
    with pytest.raises(InputProblem, match=r"--output: .* is in use"):
        ResultsFile.create(str(path), overwrite=False)
    file.close()
    ResultsFile.reopen(str(path)).close()
    file.close()  # twice does no harm


def test_a_file_that_was_replaced_while_it_was_waited_for_is_not_the_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(path, HEADER)

    def replaced(_: int) -> bool:
        other = path.with_name("other")
        other.write_text(HEADER)
        other.replace(path)
        return True

    monkeypatch.setattr("connect_sms.cli.results_file.try_lock", replaced)
    with pytest.raises(InUse):
        ResultsFile.reopen(str(path))


def test_without_locks_a_first_batch_goes_on_and_a_resumed_one_does_not(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(_: int) -> bool:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("connect_sms.cli.results_file.try_lock", none)
    ResultsFile.create(str(path), overwrite=False).close()
    with pytest.raises(InputProblem, match=r"cannot be locked .No locks available.*local disk"):
        ResultsFile.reopen(str(path))


def test_what_exists_is_not_replaced_unasked(path: Path) -> None:
    written(path, "precious")
    with pytest.raises(InputProblem, match=r"exists, and may say who was sent to before.*--overwrite"):
        ResultsFile.create(str(path), overwrite=False)
    assert path.read_text() == "precious"
    ResultsFile.create(str(path), overwrite=True).close()
    assert path.read_text() == ""


def test_nothing_of_what_was_replaced_is_read_again(path: Path) -> None:
    written(path, "destination,text\n+447700900123,Hi\n")
    with closing(ResultsFile.create(str(path), overwrite=True)) as file:
        file.append([COLUMNS])
        file.finish()
    assert path.read_text() == HEADER


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_batch_that_has_not_ended_is_not_replaced_even_if_asked(
    *, overwrite: bool, file: ResultsFile, path: Path
) -> None:
    add(file, row(1, "handing_over"))
    file.close()
    before = path.read_bytes()
    with pytest.raises(InputProblem, match=r"has not ended.*--resume .*results.csv instead of --output"):
        ResultsFile.create(str(path), overwrite=overwrite)
    assert path.read_bytes() == before


def test_what_cannot_be_opened_is_refused(path: Path, tmp_path: Path) -> None:
    with pytest.raises(InputProblem, match=r"--resume: .* cannot be opened: No such file"):
        ResultsFile.reopen(str(path))
    with pytest.raises(InputProblem, match=r"--resume: .* cannot be opened: Is a directory"):
        ResultsFile.reopen(str(tmp_path))
    with pytest.raises(InputProblem, match=r"--resume: .* is not a file"):
        ResultsFile.reopen(os.devnull)
    with pytest.raises(InputProblem, match=r"--output: .* cannot be written: No such file"):
        ResultsFile.create(str(tmp_path / "no" / "folder.csv"), overwrite=False)
