"""Counting parts as the service does: GSM-7 160 and 153, UCS-2 70 and 67, at most 10 parts."""

from __future__ import annotations

import pytest

from connect_sms.sandbox.api.segments import count_segments


@pytest.mark.parametrize(
    ("text", "encoding", "parts"),
    [
        ("", "GSM7", 1),
        ("a" * 160, "GSM7", 1),
        ("a" * 161, "GSM7", 2),
        ("a" * 306, "GSM7", 2),
        ("a" * 307, "GSM7", 3),
        ("a" * 1530, "GSM7", 10),
        ("€" * 80, "GSM7", 1),
        ("€" * 81, "GSM7", 2),
        ("ä" * 160, "GSM7", 1),
        ("ç", "UCS2", 1),
        ("ก" * 70, "UCS2", 1),
        ("ก" * 71, "UCS2", 2),
        ("ก" * 134, "UCS2", 2),
        ("ก" * 135, "UCS2", 3),
        ("😀" * 35, "UCS2", 1),
        ("😀" * 36, "UCS2", 2),
    ],
)
def test_parts_by_length(text: str, encoding: str, parts: int) -> None:
    assert count_segments(text) == (encoding, parts, None)


def test_an_escape_pair_does_not_straddle_two_parts() -> None:
    assert count_segments("a" * 152 + "€" + "a" * 152).parts == 3
    assert count_segments("a" * 151 + "€" + "a" * 153).parts == 2


def test_a_surrogate_pair_does_not_straddle_two_parts() -> None:
    assert count_segments("ก" * 66 + "😀" + "ก" * 66).parts == 3
    assert count_segments("ก" * 65 + "😀" + "ก" * 67).parts == 2


@pytest.mark.parametrize(
    ("text", "kept"),
    [("a" * 1531, 1530), ("ก" * 671, 670), ("€" * 766, 760), ("😀" * 331, 330), ("a" + "€" * 765, 761)],
)
def test_what_is_over_10_parts_is_cut_at_a_whole_character(text: str, kept: int) -> None:
    assert count_segments(text).parts == 10
    assert count_segments(text).cut == kept


def test_a_forced_encoding_is_obeyed() -> None:
    assert count_segments("a" * 71, "UCS2").parts == 2
    assert count_segments("สวัสดี", "GSM7") == ("GSM7", 1, None)
