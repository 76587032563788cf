"""What strangers write is shown, and harms neither a terminal nor a spreadsheet."""

from __future__ import annotations

import csv
import io
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connect_sms.text.printable import cell_of, one_line, printable, printable_lines, text_of, visible

#: Every character that Unicode calls a control of the terminal, of a line or of the direction of text, and
#: halves of surrogate pairs.
CONTROLS = [
    char
    for char in map(chr, range(0x110000))
    if unicodedata.category(char) in {"Cc", "Zl", "Zp", "Cs"}
    or unicodedata.bidirectional(char) in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    or char in "\u061c\u200e\u200f"
]
FORMULAS = [
    "=1",
    "+1",
    "-1",
    "@x",
    "'=1",
    "''@x",
    "a;=1",
    "\uff1dx",
    "\uff0bx",
    "\uff0dx",
    "\uff20x",
    "+1 -2",
]
TEXTS = st.text(st.sampled_from("ab'=+-@;\t\r\n\x1b\x9b\u202e\u2028\uff1d ,\"5*") | st.characters())


def test_no_control_character_is_left_and_each_is_seen() -> None:
    assert len(CONTROLS) > 2_000
    for char in CONTROLS:
        shown = printable(f"a{char}b")
        assert char not in shown
        assert len(shown) > 2
        assert shown == f"a{visible(char)}b"
    assert printable("\x1b[31m\x9b\u202e\x7f\n\t") == "\u241b[31m<9B><202E>\u2421\u240a\u2409"


def test_what_people_write_stays_as_it_is() -> None:
    text = "Zoë, 50 € für «Ωmega» ไทย 👩\u200d👩\u200d👧 🏴\U000e0067\U000e0062\U000e007f שלום \u00ad-"
    assert printable(text) == one_line(text) == cell_of(text) == text


def test_our_own_line_breaks_are_kept() -> None:
    assert printable_lines("a\nb\r\nc") == "a\nb\u240d\nc"
    assert one_line("a\r\nb\tc") == "a  b\u2409c"


@pytest.mark.parametrize("text", FORMULAS)
def test_a_cell_is_no_formula(text: str) -> None:
    assert cell_of(text) == ("a;'=1" if text == "a;=1" else f"'{text}")
    assert text_of(cell_of(text)) == text


@pytest.mark.parametrize("text", ["+447700900123", "+4477*****123", "a=1", "'x", "", "it's =1", "a; =1"])
def test_numbers_and_other_text_stay_as_they_are(text: str) -> None:
    assert cell_of(text) == text_of(text) == text


@given(TEXTS)
@example("';'=")
def test_a_cell_is_read_back_and_no_spreadsheet_runs_it(text: str) -> None:
    cell = cell_of(text)
    assert text_of(cell) == one_line(text)
    # As a spreadsheet reads it, with a comma, a semicolon or a tab between cells.
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerow(["first", cell])
    for delimiter in ",;\t":
        for found in next(csv.reader([written.getvalue()], delimiter=delimiter)):
            assert found[:1] not in {*"=-@\t\r\uff1d\uff0b\uff0d\uff20"} or not found
            assert not found.startswith("+") or found[1:].replace("*", "").isdigit()
