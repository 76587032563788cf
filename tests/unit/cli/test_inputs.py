"""What a batch may be read from, and what is said of input that cannot be read."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

from connect_sms.cli.batch_input import Source
from connect_sms.cli.csv_table import InputProblem, Layout, columns_of
from connect_sms.errors.base import InvalidArgument

if TYPE_CHECKING:
    from pathlib import Path

    from connect_sms.cli.csv_lines import Line

ONE, TWO = "+447700900001", "+12025550102"


def read(content: str | bytes, tmp_path: Path, **layout: Any) -> list[Line]:
    path = tmp_path / "contacts.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(Source(str(path), Layout(**layout)).lines())


def items(content: str | bytes, tmp_path: Path, **layout: Any) -> list[Any]:
    return [line.item for line in read(content, tmp_path, **layout)]


def test_a_plain_list_has_a_number_on_each_line(tmp_path: Path) -> None:
    found = read(f"\n# the family\n{ONE}\r\n\n  {TWO}  \n", tmp_path, format="auto")
    assert [(line.number, line.item) for line in found] == [(3, ONE), (5, TWO)]
    assert ONE not in repr(found)
    assert items(f"# the family\n{ONE}\n", tmp_path) == [ONE]
    assert items(f"oops\n{ONE}\n", tmp_path, format="list") == ["oops", ONE]


def test_csv_has_a_header_that_names_fields_of_a_message(tmp_path: Path) -> None:
    content = f"Destination,TEXT,client message id,Sender\n{ONE},Hello,a-1,ACME\n{TWO},,,\n"
    assert items(content, tmp_path) == [
        {"destination": ONE, "text": "Hello", "client_message_id": "a-1", "sender": "ACME"},
        {"destination": TWO},
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_seen_from_the_header(delimiter: str, tmp_path: Path) -> None:
    content = f"destination{delimiter}text\n{ONE}{delimiter}Hello\n"
    assert items(content, tmp_path) == [{"destination": ONE, "text": "Hello"}]


def test_the_delimiter_may_be_named_by_option_or_by_excel(tmp_path: Path) -> None:
    assert items(f"destination^text\n{ONE}^Hi\n", tmp_path, delimiter="^") == [
        {"destination": ONE, "text": "Hi"}
    ]
    assert items(f"sep=^\ndestination^text\n{ONE}^Hi\n", tmp_path) == [{"destination": ONE, "text": "Hi"}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_encodings_that_spreadsheets_save_are_read(encoding: str, tmp_path: Path) -> None:
    content = f"destination;text\r\n{ONE};Grüße\r\n".encode(encoding)
    named = {"encoding": encoding} if encoding == "cp1252" else {}
    assert items(content, tmp_path, **named) == [{"destination": ONE, "text": "Grüße"}]


def test_line_breaks_delimiters_and_quotes_stand_in_quotes(tmp_path: Path) -> None:
    content = f'destination,text\n{ONE},"a\nb, ""c"""\n\n{TWO}," d "\n'
    found = read(content, tmp_path)
    assert [(line.number, line.item) for line in found] == [
        (2, {"destination": ONE, "text": 'a\nb, "c"'}),
        (5, {"destination": TWO, "text": " d "}),
    ]


def test_columns_may_have_other_names(tmp_path: Path) -> None:
    content = f"Mobile,Note,From,destination\n{ONE},Hello,ACME,Paris\n"
    columns = columns_of("Mobile", "Note", ["sender=From"])
    found = items(content, tmp_path, columns=columns, ignore_others=True)
    assert found == [{"destination": ONE, "text": "Hello", "sender": "ACME"}]


def test_times_are_read_from_cells(tmp_path: Path) -> None:
    [line] = read(f"destination,scheduled\n{ONE},2030-01-31T09:00:00+01:00\n", tmp_path)
    assert isinstance(line.item, dict)
    assert str(line.item["scheduled"]) == "2030-01-31 09:00:00+01:00"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (f"destination,text\n{ONE},Hello, Ann\n", "it has 3 cells and the header 2"),
        (f"destination\n{ONE},\n , Hello\n", "it has 2 cells and the header 1"),
        ("destination,text\n,Hello\n", "it has no number"),
        (f"destination,scheduled\n{ONE},noon\n", "scheduled is not a time"),
        (f"destination,expiry\n{ONE},2030-01-31\n", "add the offset from UTC"),
        (f"destination,client_message_id\n{TWO},a\n{ONE},a\n", "the same client_message_id"),
    ],
)
def test_a_line_that_cannot_be_used_says_why(content: str, said: str, tmp_path: Path) -> None:
    *_, line = read(content, tmp_path)
    assert line.item is None
    assert said in str(line.problem)


@pytest.mark.parametrize(
    ("content", "layout", "said"),
    [
        ("", {}, "is empty: it has no recipients"),
        ("\n \n", {}, "is empty"),
        (f"phone,name\n{ONE},Ann\n", {}, "Columns found: phone, name. Say which holds the numbers"),
        (f"name,Mobile no\nAnn,{ONE}\n", {}, '--destination-column "Mobile no"'),
        (f"a b,c\n{ONE},Ann\n", {}, 'Columns found: "a b", c. Say which holds'),
        (f"a b,c\n{ONE},Ann\n", {}, "--destination-column NAME"),
        (f"{ONE},Hello\n", {}, "begins with a row of data"),
        (f"destination,first name\n{ONE},Ann\n", {}, 'nothing here: "first name". Known are'),
        (f"destination,Destination\n{ONE},{TWO}\n", {}, "two columns for destination"),
        (f"destination\n{ONE}\n", {"columns": {"text": "Note"}}, "there is no column Note in"),
        (f'destination,text\n{ONE},"Hello\n{TWO},Hi\n', {}, "as CSV from line 2 on: unexpected end of data"),
        (f"destination,text\n{ONE},Hi\n", {"delimiter": "::"}, "--delimiter takes one character"),
        (f"destination,text\n{ONE},caf\xe9\n".encode("latin-1"), {}, "byte 0xE9. Save it as UTF-8"),
        (b"\xff\xfed", {"encoding": "utf-16"}, "is not utf-16"),
        (f"{ONE}\n", {"encoding": "klingon"}, "there is no encoding 'klingon'"),
    ],
)  # fmt: skip
def test_input_that_cannot_be_read_says_why(
    content: str | bytes, layout: dict[str, Any], said: str, tmp_path: Path
) -> None:
    with pytest.raises(InputProblem) as problem:
        read(content, tmp_path, **layout)
    assert said in str(problem.value)
    assert ONE not in str(problem.value)


def test_a_number_among_the_columns_found_is_masked(tmp_path: Path) -> None:
    with pytest.raises(InputProblem, match=r"\+4477\*\*\*\*\*001") as problem:
        read(f"{ONE} Ann,b\n", tmp_path)
    assert ONE not in str(problem.value)


def test_a_wide_header_is_not_shown_whole(tmp_path: Path) -> None:
    header = ",".join([f"c{at}" for at in range(25)] + ["x" * 50])
    with pytest.raises(InputProblem, match=r"c19, and 6 more") as problem:
        read(f"{header}\n", tmp_path)
    assert "x" * 50 not in str(problem.value)


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputProblem, match="cannot be read: No such file"):
        list(Source(str(tmp_path / "none.csv")).lines())
    with pytest.raises(InputProblem, match="cannot be read: Is a directory"):
        list(Source(str(tmp_path)).lines())


def test_lines_are_read_as_they_are_needed(tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    path.write_bytes(f"destination\n{ONE}\n".encode() + b"\n" * 100_000 + b"\xff")
    assert next(Source(str(path)).lines()).destination == ONE


def test_standard_input_is_read_once_unless_it_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(f"{ONE}\n".encode())))
    kept = Source("-").keep()
    assert Source("-").is_live
    assert not kept.is_live
    assert [line.item for line in kept.lines()] == [line.item for line in kept.lines()] == [ONE]


@pytest.mark.parametrize("pair", ["sender", "=From", "size=From", "sender="])
def test_a_column_option_that_is_none_is_explained(pair: str) -> None:
    with pytest.raises(InvalidArgument, match="--column takes FIELD=NAME"):
        columns_of(None, None, [pair])
    with pytest.raises(InvalidArgument, match="destination is named twice"):
        columns_of("Mobile", None, ["destination=Phone"])
