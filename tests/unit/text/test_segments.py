"""What a text takes as SMS: encoding, units and parts."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import attrs
import pytest
from hypothesis import example, given

from connect_sms.errors.base import InvalidArgument
from connect_sms.text.counting import Segments, normalise_encoding, segments, split
from tests.unit.text import oracle
from tests.unit.text.texts import CURLY, EMOJI, FAMILY, texts


class TestCounting:
    @pytest.mark.parametrize(
        ("text", "encoding", "units", "parts", "units_left"),
        [
            ("", "GSM7", 0, 1, 160), ("Your code is 482910", "GSM7", 19, 1, 141),
            ("x" * 160, "GSM7", 160, 1, 0), ("x" * 161, "GSM7", 161, 2, 145),
            ("x" * 306, "GSM7", 306, 2, 0), ("x" * 307, "GSM7", 307, 3, 152),
            ("x" * 1530, "GSM7", 1530, 10, 0), ("\u20ac" * 80, "GSM7", 160, 1, 0),
            ("\u0e01" * 70, "UCS2", 70, 1, 0), ("\u0e01" * 71, "UCS2", 71, 2, 63),
            ("\u0e01" * 134, "UCS2", 134, 2, 0), (EMOJI, "UCS2", 2, 1, 68), (EMOJI * 35, "UCS2", 70, 1, 0),
            (EMOJI * 36, "UCS2", 72, 2, 61),
        ],
    )  # fmt: skip
    def test_a_text_takes(self, text: str, encoding: str, units: int, parts: int, units_left: int) -> None:
        found = segments(text)
        assert (found.encoding, found.units, found.parts) == (encoding, units, parts)
        assert found.units_left == units_left

    def test_each_character_of_the_basic_table_takes_one_septet(self) -> None:
        assert {segments(char).units for char in oracle.ONE_SEPTET} == {1}
        assert {segments(char).encoding for char in oracle.ONE_SEPTET} == {"GSM7"}
        assert len(oracle.ONE_SEPTET) == 127

    def test_each_character_of_the_extension_table_takes_two_septets(self) -> None:
        assert {segments(char).units for char in oracle.TWO_SEPTETS} == {2}
        assert {segments(char).encoding for char in oracle.TWO_SEPTETS} == {"GSM7"}

    def test_no_other_character_of_the_basic_plane_is_gsm7(self) -> None:
        whole = (chr(code) for code in range(0x10000) if not 0xD800 <= code <= 0xDFFF)
        assert {char for char in whole if segments(char).encoding == "GSM7"} == (
            oracle.ONE_SEPTET | oracle.TWO_SEPTETS
        )

    @pytest.mark.parametrize(
        "char", ["`", "\t", "\0", "\x1b", "\x7f", "\u00e7", "\u00ea", "\u2019", "\u00a0"]
    )
    def test_one_character_outside_gsm7_makes_the_whole_text_ucs2(self, char: str) -> None:
        assert segments("x" * 100 + char).encoding == "UCS2"
        assert segments("x" * 100 + char).parts == 2

    def test_units_per_part_and_concatenation_follow_from_the_parts(self) -> None:
        seen = [
            (found.units_per_part, found.concatenated)
            for found in map(segments, ("x", "x" * 161, EMOJI, EMOJI * 36))
        ]
        assert seen == [(160, False), (153, True), (70, False), (67, True)]

    def test_what_readers_see_as_one_emoji_may_begin_in_one_part_and_end_in_the_next(self) -> None:
        text = "\u0e01" * 65 + FAMILY + "\u0e01" * 5
        first, second = split(text)
        assert first.endswith("\U0001f468")
        assert second.startswith("\u200d")

    @given(texts)
    @example("x" * 152 + "\u20ac" + "x" * 152)
    @example("\u0e01" * 66 + EMOJI + "\u0e01" * 66)
    @example("\u20ac" * 153)
    @example(EMOJI * 67)
    def test_the_fast_way_agrees_with_counting_one_character_at_a_time(self, text: str) -> None:
        for encoding in ("AUTO", "GSM7", "UCS2"):
            expected = oracle.count(text, encoding)
            found = segments(text, encoding)
            assert (found.encoding, found.units) == (expected.encoding, expected.units)
            assert (found.parts, found.units_left) == (len(expected.parts), expected.units_left)
            assert list(found.part_texts) == list(split(text, encoding)) == expected.parts


class TestEncoding:
    @pytest.mark.parametrize(
        ("word", "known"),
        [
            ("AUTO", "AUTO"), ("auto", "AUTO"), ("GSM7", "GSM7"), ("gsm7", "GSM7"), ("GSM7bit", "GSM7"),
            ("UCS2", "UCS2"), ("UCS-2", "UCS2"), ("ucs-2", "UCS2"),
        ],
    )  # fmt: skip
    def test_the_live_words_and_the_catalogues_are_known(self, word: Any, known: str) -> None:
        assert normalise_encoding(word) == known
        assert segments("x", word).encoding == ("UCS2" if known == "UCS2" else "GSM7")

    @pytest.mark.parametrize("word", ["", "GSM-7", "UTF-8", "latin1", None, 7, b"AUTO"])
    def test_any_other_word_is_refused_with_the_list(self, word: Any) -> None:
        with pytest.raises(
            InvalidArgument, match=r"AUTO, GSM7 \(or GSM7bit\) and UCS2 \(or UCS-2\)"
        ) as refused:
            segments("x", word)
        assert refused.value.argument == "encoding"

    def test_a_text_in_the_wrong_place_is_not_repeated(self) -> None:
        with pytest.raises(InvalidArgument) as refused:
            segments("AUTO", "Your code is 482910")  # type: ignore[arg-type]
        assert "482910" not in str(refused.value)

    def test_ucs2_can_be_forced_on_a_plain_text(self) -> None:
        found = segments("x" * 71, "UCS2")
        assert (found.encoding, found.parts, found.non_gsm_characters) == ("UCS2", 2, ())

    def test_gsm7_forced_counts_what_it_cannot_carry_as_one_unit_and_reports_it(self) -> None:
        found = segments("1\u20ac\u2019" + EMOJI + "`", "GSM7")
        assert (found.encoding, found.units, found.parts) == ("GSM7", 6, 1)
        assert [offender.char for offender in found.non_gsm_characters] == ["\u2019", EMOJI, "`"]


class TestValues:
    def test_segments_are_frozen_and_have_no_dict(self) -> None:
        found = segments("x")
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            found.parts = 2  # type: ignore[misc]
        assert not hasattr(found, "__dict__")

    def test_the_fast_way_to_make_one_makes_what_the_constructor_makes(self) -> None:
        assert segments("Hi") == Segments("GSM7", 2, 1, 158, "Hi")
        assert hash(segments("Hi")) == hash(Segments("GSM7", 2, 1, 158, "Hi"))

    def test_segments_survive_copying_and_pickling(self) -> None:
        found = segments(CURLY)
        assert copy.deepcopy(found) == found
        assert pickle.loads(pickle.dumps(found)).non_gsm_characters == found.non_gsm_characters  # noqa: S301  our own bytes

    def test_a_subclass_of_str_counts_as_its_text(self) -> None:
        class Template(str):
            __slots__ = ()

        assert segments(Template("x" * 161)).parts == 2
