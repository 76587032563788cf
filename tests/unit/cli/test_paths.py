"""The files of a run: none destroys another, and none is replaced unasked."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from connect_sms.cli.csv_table import InputProblem
from connect_sms.cli.paths import (
    RunPath,
    check_not_replaced,
    check_paths,
    check_store_exists,
    is_stream,
    output_path,
    store_paths,
)
from connect_sms.errors.base import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    Path("contacts.csv").write_text("destination\n")
    return tmp_path


def symlink(name: str, to: str) -> str:
    Path(name).symlink_to(to)
    return name


def hard_link(name: str, to: str) -> str:
    Path(name).hardlink_to(to)
    return name


#: Other ways to write the path of a file that exists, and of one that does not.
EXISTING: list[Callable[[str], str]] = [
    lambda name: name,
    lambda name: f"./folder/../{name}",
    lambda name: str(Path(name).absolute()),
    lambda name: symlink("link", name),
    lambda name: hard_link("hard", name),
    lambda name: f"{symlink('elsewhere', '.')}/{name}",
]


@pytest.mark.parametrize("other", EXISTING)
@pytest.mark.parametrize("output", ["--output", "--store"])
def test_an_output_is_not_the_input(output: str, other: Callable[[str], str]) -> None:
    reads = [RunPath("FILE", "contacts.csv")]
    with pytest.raises(InputProblem, match=f"{output} is the same file as FILE, which would be destroyed"):
        check_paths(reads, [RunPath(output, other("contacts.csv"))])


@pytest.mark.parametrize("other", [*EXISTING[:4], EXISTING[5]])
def test_two_outputs_are_not_one_file_that_is_yet_to_be(other: Callable[[str], str]) -> None:
    writes = [RunPath("--csv", "new.csv"), RunPath("--html", other("new.csv"))]
    with pytest.raises(InputProblem, match="--html is the same file as --csv"):
        check_paths([], writes)


@pytest.mark.parametrize("side", ["", "-wal", "-shm", "-journal"])
@pytest.mark.parametrize("name", ["receipts.db", "sqlite:///receipts.db"])
def test_an_output_is_no_file_of_the_store(name: str, side: str) -> None:
    with pytest.raises(InputProblem, match=r"--output is the same file as .*--store"):
        check_paths([], [*store_paths(name), RunPath("--output", f"receipts.db{side}")])


def test_the_files_of_a_store_that_is_a_link_are_beside_what_it_leads_to() -> None:
    Path("folder/real.db").touch()
    symlink("receipts.db", "folder/real.db")
    with pytest.raises(InputProblem, match="a file of --store"):
        check_paths([], [*store_paths("receipts.db"), RunPath("--output", "folder/real.db-wal")])
    assert list(store_paths("postgresql://host/database")) == list(store_paths(None)) == []


def test_what_differs_is_allowed() -> None:
    reads = [RunPath("FILE", "contacts.csv"), RunPath("the key file", "no/such/key")]
    check_paths(reads, [*store_paths("receipts.db"), RunPath("--csv", "a.csv"), RunPath("--html", "b.csv")])
    check_paths(reads, [RunPath("--csv", os.devnull), RunPath("--html", os.devnull)])
    check_paths([RunPath("FILE", "-")], [RunPath("--csv", "-")])


def test_standard_output_is_taken_once() -> None:
    with pytest.raises(InputProblem, match="--html is the same file as --csv"):
        check_paths([], [RunPath("--csv", "-"), RunPath("--html", "-")])


@pytest.mark.parametrize(
    ("number", "path", "name"), [(0, "-", "FILE"), (1, "contacts.csv", "standard output")]
)
def test_a_redirection_counts_too(number: int, path: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """`batch - -o contacts.csv < contacts.csv`, and `batch contacts.csv >> contacts.csv`."""
    real = os.fstat

    def fstat(fd: int) -> os.stat_result:
        return Path("contacts.csv").stat() if fd == number else real(fd)

    monkeypatch.setattr("connect_sms.cli.paths.os.fstat", fstat)
    with pytest.raises(InputProblem, match=f"is the same file as {'FILE' if number else name}"):
        check_paths([RunPath("FILE", path)], [RunPath("--output", "contacts.csv" if number == 0 else "new")])


def test_what_exists_is_replaced_only_if_asked() -> None:
    output = RunPath("--csv", "contacts.csv")
    with pytest.raises(
        InputProblem, match=r"--csv: contacts.csv exists. Name another file, or give --overwrite"
    ):
        check_not_replaced(output, overwrite=False)
    with pytest.raises(InputProblem, match="of a batch"):
        check_not_replaced(output, overwrite=False, why=lambda _: "of a batch")
    check_not_replaced(output, overwrite=True)
    check_not_replaced(RunPath("--csv", "new.csv"), overwrite=False)
    check_not_replaced(RunPath("--csv", os.devnull), overwrite=False)
    for overwrite in (False, True):
        with pytest.raises(InputProblem, match="--csv: folder is a folder"):
            check_not_replaced(RunPath("--csv", "folder"), overwrite=overwrite)
        with pytest.raises(
            InputProblem, match=r"--csv: no/new\.csv cannot be written: No such file or directory"
        ):
            check_not_replaced(RunPath("--csv", "no/new.csv"), overwrite=overwrite)


def test_a_store_has_to_be_there() -> None:
    for name in ("no.db", "folder", "sqlite:///no.db"):
        with pytest.raises(ConfigurationError, match="there is no store at"):
            check_store_exists(name)
    check_store_exists("contacts.csv")
    check_store_exists("postgresql://host/database")
    assert not Path("no.db").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="it has no such names")
def test_standard_output_has_several_names() -> None:
    given: Any = ("-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")
    assert {output_path(path) for path in given} == {"-"}
    assert (output_path("a.csv"), output_path("/dev/fd/3")) == ("a.csv", "/dev/fd/3")
    assert is_stream("/dev/fd/3")
    assert is_stream(os.devnull)
    assert not is_stream("contacts.csv")
    assert not is_stream("new.csv")


@pytest.mark.skipif(sys.platform == "win32", reason="it has no such names")
def test_what_the_shell_has_opened_is_written_to_and_not_replaced() -> None:
    with Path("contacts.csv").open("a") as redirected:
        check_not_replaced(RunPath("--output", f"/dev/fd/{redirected.fileno()}"), overwrite=False)
