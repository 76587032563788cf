"""Input as spreadsheets, scripts and pipes write it: read rightly, or refused with what to do."""

from __future__ import annotations

import codecs
import io
import os
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from connect_sms.cli.batch_input import Source
from connect_sms.cli.batch_resume import check_resume
from connect_sms.cli.csv_lines import is_blank
from connect_sms.cli.csv_table import InputProblem, Layout
from connect_sms.cli.parsing import text_or_stdin
from connect_sms.errors.base import InvalidText

ONE, TWO = "+447700900001", "+12025550102"
HI = {"destination": ONE, "text": "Hi"}
CSV = f"destination,text\r\n{ONE},Hi\r\n"

MARKS = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}


def source(content: str | bytes, tmp_path: Path, name: str = "contacts.csv", **layout: Any) -> Source:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return Source(str(path), Layout(**layout))


def items(content: str | bytes, tmp_path: Path, **layout: Any) -> list[Any]:
    lines = list(source(content, tmp_path, **layout).lines())
    assert [line.problem for line in lines] == [None] * len(lines)
    return [line.item for line in lines]


def refusal(found: Source) -> str:
    with pytest.raises(InputProblem) as problem:
        list(found.lines())
    assert ONE not in str(problem.value)
    return str(problem.value)


@pytest.mark.parametrize("encoding", MARKS)
def test_a_byte_order_mark_is_no_text_whether_the_encoding_is_named_or_not(
    encoding: str, tmp_path: Path
) -> None:
    for named in (None, encoding, encoding.upper().replace("-", "_"), re.sub("-[lb]e", "", encoding)):
        for text, found in ((CSV, [HI]), (f"{ONE}\n", [ONE]), (f"sep=;\n{CSV.replace(',', ';')}", [HI])):
            assert items(MARKS[encoding] + text.encode(encoding), tmp_path, encoding=named) == found


def test_a_mark_that_was_written_twice_is_no_text_either(tmp_path: Path) -> None:
    assert items(codecs.BOM_UTF8 * 2 + CSV.encode(), tmp_path) == [HI]
    assert items(("\ufeff" + CSV).encode("gb18030"), tmp_path, encoding="gb18030") == [HI]


@pytest.mark.parametrize(
    ("encoding", "named"), [("utf-8", "cp1252"), ("utf-16-le", "utf-8"), ("utf-16-be", "utf-16-le")]
)
def test_a_mark_that_contradicts_the_named_encoding_is_refused(
    encoding: str, named: str, tmp_path: Path
) -> None:
    said = refusal(source(MARKS[encoding] + CSV.encode(encoding), tmp_path, encoding=named))
    assert f"so it is not {named}: leave out --input-encoding" in said


def workbook() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", f"<worksheet>{ONE}</worksheet>")
    return content.getvalue()


SHEETS = {
    "xlsx": (workbook(), "is a spreadsheet"),
    "xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504), "is a spreadsheet"),
    "html": (b"\xef\xbb\xbf<html><table><tr><td>destination</td></tr>", "is HTML or XML"),
    "xml": (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>', "is HTML or XML"),
    "pdf": (b"%PDF-1.7", "is a PDF"),
    "gz": (b"\x1f\x8b\x08\x00\x00\x00\x00\x00", "is compressed, not CSV. Unpack it first: gunzip -c"),
    "utf-16": (CSV.encode("utf-16-le"), "UTF-16 without a byte order mark"),
    "nothing": (bytes(512), "begins with zero bytes"),
}


@pytest.mark.parametrize("kind", SHEETS)
def test_what_is_no_csv_file_says_what_it_is(kind: str, tmp_path: Path) -> None:
    content, said = SHEETS[kind]
    layouts: list[dict[str, Any]] = [{}, {"encoding": "cp1252"}, {"format": "list"}]
    for name in ("contacts.xlsx", "contacts.numbers", "contacts.csv", "list"):
        for layout in layouts:
            found = refusal(source(content, tmp_path, name, **layout))
            assert f"{name} " in found
            assert said in found
            assert ("as CSV UTF-8" in found) == (kind != "gz")


def test_utf_16_without_a_mark_is_read_when_it_is_named(tmp_path: Path) -> None:
    assert items(CSV.encode("utf-16-le"), tmp_path, encoding="utf-16-le") == [HI]


@pytest.mark.parametrize(
    ("line", "delimiter"),
    [
        ("sep=;", ";"), ("SEP=;", ";"), ("sep=;  ", ";"), ("sep=|", "|"), ("sep=^", "^"),
        ('"sep=,"', ","), ('"sep=;"', ";"), ('"Sep=\t"', "\t"),
        ("sep=\t", "\t"), (r"sep=\t", "\t"), ("sep=", ","), ("sep=", ";"),
        # Saved again: padded to the width of the table, maybe with another delimiter.
        ("sep=;;", ";"), ("sep=,,,", ","), ("sep=;,", ","), ('"sep=,";', ";"), ('"sep=;";;', ";"),
        ("sep=;\t", "\t"), ("sep=;^^", "^"), ('"sep=;",,', ","),
        # Saved again with another delimiter, and not padded.
        ("sep=;", ","), ('"sep=,"', ";"),
    ],
)  # fmt: skip
def test_a_line_that_names_the_delimiter_for_excel_is_not_the_header(
    line: str, delimiter: str, tmp_path: Path
) -> None:
    for between in ("\r\n", "\r\n\r\n", "\n \n"):
        content = f"\r\n{line}{between}destination{delimiter}text\r\n{ONE}{delimiter}Hi\r\n"
        [found] = source(content, tmp_path).lines()
        assert found.item == HI
        assert found.number == content[: content.index(ONE)].count("\n") + 1
        assert items(f"\ufeff{content}", tmp_path) == [HI]


def test_a_header_that_only_begins_like_that_line_is_one(tmp_path: Path) -> None:
    assert "Columns found: sep=x, text" in refusal(source(f"sep=x,text\n{ONE},Hi\n", tmp_path))
    assert "is empty" in refusal(source("sep=;\r\n\r\n", tmp_path))


def test_a_delimiter_that_is_named_by_an_option_outranks_that_line(tmp_path: Path) -> None:
    assert items(f"sep=,\ndestination;text\n{ONE};Hi\n", tmp_path, delimiter=";") == [HI]


@pytest.mark.parametrize(
    "header",
    ["#,destination,text", '"#",destination,text', "# ,Destination,text", "#id;destination;text",
     "#TYPE System.Object\n#,destination,text", "# exported, yesterday\n\nid,destination,text"],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["auto", "csv"])
def test_a_header_may_begin_with_a_number_sign(header: str, kind: str, tmp_path: Path) -> None:
    delimiter = ";" if ";" in header else ","
    content = f"{header}\n1{delimiter}{ONE}{delimiter}Hi\n"
    assert items(content, tmp_path, ignore_others=True, format=kind) == [HI]


@pytest.mark.parametrize("kind", ["auto", "csv"])
def test_a_first_column_may_have_a_number_sign_before_its_name(kind: str, tmp_path: Path) -> None:
    assert items(f"#destination,text\n{ONE},Hi\n", tmp_path, format=kind) == [HI]
    assert items(f"# destination\n{ONE}\n", tmp_path, format=kind) == [{"destination": ONE}]
    for name in ("#phone", "phone"):
        layout = {"columns": {"destination": name}, "format": kind}
        assert items(f"#phone,text\n{ONE},Hi\n", tmp_path, **layout) == [HI]


def test_a_comment_that_could_be_the_header_is_spoken_of_as_the_header(tmp_path: Path) -> None:
    said = refusal(source(f"# made by hand\n\n#,phone,text\n1,{ONE},Hi\n", tmp_path))
    assert "Columns found: #, phone, text. Say which holds the numbers: --destination-column phone" in said
    said = refusal(source(f"# made by hand\n1,{ONE},Hi\n", tmp_path))
    assert "begins with a row of data. The first line must name the columns" in said


@pytest.mark.parametrize("comment", ["# the family", "# Ann, Ben, Cid", "#", "# sep=;", "#id,name"])
def test_comments_of_a_list_are_no_header(comment: str, tmp_path: Path) -> None:
    found = list(source(f"{comment}\n#second\n\n{ONE}\n{comment}\n{TWO}\n", tmp_path).lines())
    assert [(line.number, line.item) for line in found] == [(4, ONE), (6, TWO)]
    assert "has no recipients" in refusal(source(f"{comment}\n", tmp_path))


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (' "Your table is ready"', "Your table is ready"),
        ('   "a, b"', "a, b"),
        (' "a\n, b"', "a\n, b"),
        (' "say ""hi"""', 'say "hi"'),
        ('" a "', " a "),
        (" a", " a"),
        (' a "b"', ' a "b"'),
        ('"a, ""b"""', 'a, "b"'),
    ],
)
def test_blanks_before_a_quotation_mark_are_no_text_and_others_are(
    cell: str, text: str, tmp_path: Path
) -> None:
    content = f'"destination", "text"\n{ONE},{cell}\n "{TWO}", Hi\n'
    assert items(content, tmp_path) == [
        {"destination": ONE, "text": text},
        {"destination": TWO, "text": " Hi"},
    ]


@pytest.mark.parametrize("blank", ["\t", "\xa0", "\xa0 ", "\u3000"])
def test_a_blank_that_csv_does_not_know_before_a_quotation_mark_is_refused(
    blank: str, tmp_path: Path
) -> None:
    content = f'destination,text\n{ONE},{blank}"Hi"\n{TWO},"{blank}Hi"\n'
    first, second = source(content, tmp_path).lines()
    assert "before a quotation mark" in str(first.problem)
    assert second.item == {"destination": TWO, "text": f"{blank}Hi"}


def test_a_blank_may_be_the_delimiter(tmp_path: Path) -> None:
    content = f"destination text sender\n{ONE}  ACME\n"
    assert items(content, tmp_path, delimiter=" ") == [{"destination": ONE, "sender": "ACME"}]


BLANKS = [" ", "  \t", "\xa0", "\u2003\u3000", "\u200b", "\ufeff", "\u2060\u00ad", "\u3164", "\u2800", '" "']


@pytest.mark.parametrize("blank", BLANKS)
def test_a_cell_of_blanks_is_empty(blank: str, tmp_path: Path) -> None:
    content = f"destination,text,sender\n{ONE},{blank},{blank}\n{blank},{blank}\n{TWO},Hi,ACME\n"
    assert items(content, tmp_path) == [
        {"destination": ONE},
        {"destination": TWO, "text": "Hi", "sender": "ACME"},
    ]


def test_a_cell_with_anything_to_see_is_not_empty() -> None:
    assert all(not is_blank(cell) for cell in ("a", " .", "\u200b0", "\u0301", "\0", "\u2764\ufe0f"))


@pytest.mark.parametrize("end", ["\x1a", "\n\x1a", "\n\x1a\n", ",\x1a", "\n , \n", "\n,,,\n", ""])
def test_what_dos_and_spreadsheets_leave_at_the_end_is_nothing(end: str, tmp_path: Path) -> None:
    assert items(f"destination,text\n{ONE},Hi{end}", tmp_path) == [HI]


def test_a_list_may_end_as_dos_files_did(tmp_path: Path) -> None:
    assert items(f"{ONE}\r\n{TWO}\r\n\x1a", tmp_path) == [ONE, TWO]
    assert items(f"{ONE}\r\n\xa0\r\n{TWO}\x1a", tmp_path) == [ONE, TWO]


def test_rows_may_lack_empty_cells_or_have_too_many_of_them(tmp_path: Path) -> None:
    content = f"destination,text,sender\n{ONE},Hi,ACME\n{ONE},Hi\n{ONE}\n{ONE},Hi,,, \n"
    assert items(content, tmp_path) == [{**HI, "sender": "ACME"}, HI, {"destination": ONE}, HI]


@pytest.mark.parametrize(
    ("row", "layout", "said"),
    [
        (f"{ONE},Hi, Ann", {}, "it has 3 cells and the header 2"),
        (f"{ONE},Hi, Ann", {"ignore_others": True}, "it has 3 cells and the header 2"),
        (f"{ONE},Hi,,Ann", {}, "it has 4 cells and the header 2"),
    ],
)
def test_no_cell_that_says_something_is_dropped(
    row: str, layout: dict[str, Any], said: str, tmp_path: Path
) -> None:
    [line] = source(f"destination,text\n{row}\n", tmp_path, **layout).lines()
    assert line.item is None
    assert line.problem == f'{said}: a cell with a delimiter in it must be in "quotation marks"'


def test_a_cell_in_a_column_without_a_name_is_not_dropped_unless_told(tmp_path: Path) -> None:
    content = f"destination,text,\n{ONE},Hi, \n{TWO},Hi, Ann\n"
    first, second = source(content, tmp_path).lines()
    assert first.item == HI
    assert "its cell 3 is in a column without a name" in str(second.problem)
    assert items(content, tmp_path, ignore_others=True)[1] == {"destination": TWO, "text": "Hi"}


@pytest.mark.skipif(not Path("/dev/fd").is_dir(), reason="the system has no /dev/fd")
@pytest.mark.parametrize("begin", ["", "\ufeff"])
def test_a_pipe_is_read_once(begin: str) -> None:
    reading, writing = os.pipe()
    try:
        # The first bytes come alone.
        os.write(writing, f"{begin}d".encode()[:1])
        os.write(writing, f"{begin}{CSV}".encode()[1:])
        os.close(writing)
        pipe = Source(f"/dev/fd/{reading}")
        assert pipe.is_live
        assert pipe.count() is None
        kept = pipe.keep()
        assert kept.count() == 1
        assert [line.item for line in kept.lines()] == [line.item for line in kept.lines()] == [HI]
        with pytest.raises(InputProblem, match="is empty"):
            list(pipe.lines())
        with pytest.raises(InputProblem, match=f"as a file, to compare it .* /dev/fd/{reading} is none"):
            check_resume(pipe, "results.csv", None, overwrite=False)
    finally:
        os.close(reading)


def test_a_fifo_is_live_and_so_is_nothing_that_is_not_there(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    assert Source(str(tmp_path / "fifo")).is_live
    assert not Source(str(tmp_path / "none")).is_live


def test_a_file_is_kept_by_its_name(tmp_path: Path) -> None:
    found = source(CSV, tmp_path)
    assert found.keep() is found
    assert not found.is_live
    with pytest.raises(InputProblem, match="Is a directory"):
        Source(str(tmp_path)).keep()


def test_a_standard_input_that_was_closed_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    assert refusal(Source("-")) == "standard input is closed"
    with pytest.raises(InvalidText, match="standard input is closed"):
        text_or_stdin("-")
