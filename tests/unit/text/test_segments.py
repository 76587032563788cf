"""Texts: what they take as SMS, what makes them dear, and which are refused before sending."""

from __future__ import annotations

import copy
import pickle
import traceback
from typing import Any

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connect_sms.errors.base import InvalidArgument, InvalidText
from connect_sms.text.checking import check_text
from connect_sms.text.counting import (
    MAX_PARTS,
    Encoding,
    NonGsmCharacter,
    Segments,
    normalise_encoding,
    segments,
    split,
    transliterate,
)
from tests.unit.text import oracle

EMOJI = "\U0001f600"
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
CURLY = "\u201cHello\u201d"

gsm_chars = st.sampled_from(sorted(oracle.ONE_SEPTET | oracle.TWO_SEPTETS))
dear_chars = st.sampled_from("`\t\0\x1b\x7f\u00ea\u2019\u2014\u00a0\u0e01\u4f60\uffff" + EMOJI)
whole_chars = st.characters(exclude_categories=["Cs"])


def runs(chars: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Texts that reach the part boundaries often: runs of a repeated character."""
    return st.lists(st.tuples(chars, st.integers(1, 170)), max_size=6).map(
        lambda pieces: "".join(char * times for char, times in pieces)
    )


texts = st.one_of(
    st.text(whole_chars), st.text(gsm_chars), runs(gsm_chars), runs(st.one_of(gsm_chars, dear_chars))
)


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


class TestOffenders:
    def test_they_come_in_order_with_all_positions_and_a_replacement(self) -> None:
        assert segments("\u2019a\u2014b\u2019" + EMOJI).non_gsm_characters == (
            NonGsmCharacter("\u2019", (0, 4), "'"),
            NonGsmCharacter("\u2014", (2,), "-"),
            NonGsmCharacter(EMOJI, (5,), None),
        )

    def test_a_gsm7_text_has_none(self) -> None:
        assert segments("{plain} \u20ac5").non_gsm_characters == ()

    @given(texts)
    def test_they_are_the_characters_outside_the_tables(self, text: str) -> None:
        found = {(where, o.char) for o in segments(text).non_gsm_characters for where in o.positions}
        assert found == {(where, char) for where, char in enumerate(text) if not oracle.is_gsm(char)}

    @pytest.mark.parametrize(
        ("char", "plain"),
        [
            ("\u201c", '"'), ("\u00ab", '"'), ("\u2018", "'"), ("`", "'"), ("\u00b4", "'"), ("\u2013", "-"),
            ("\u2014", "-"), ("\u2026", "..."), ("\u00a0", " "), ("\u202f", " "), ("\u3000", " "),
            ("\t", " "), ("\u2028", "\n"), ("\0", ""), ("\u200b", ""), ("\ufeff", ""), ("\u0301", ""),
            ("\u2022", "*"), ("\u2122", "TM"), ("\u2192", "->"), ("\u00ea", "e"), ("\u00e7", "c"),
            ("\u0142", "l"), ("\u0153", "oe"), ("\u1ebf", "e"), ("\ufb01", "fi"), ("\u212b", "\u00c5"),
            ("\u2126", "\u03a9"), ("\u0430", "a"), ("\u0421", "C"), ("\u0391", "A"), ("\uff21", "A"),
            ("\uff14", "4"), ("\U0001d407", "H"),
        ],
    )  # fmt: skip
    def test_a_plain_replacement(self, char: str, plain: str) -> None:
        assert segments(char).non_gsm_characters == (NonGsmCharacter(char, (0,), plain),)

    @pytest.mark.parametrize(
        ("char", "why"),
        [
            (EMOJI, "no plain form"), ("\u0e01", "a script of its own"),
            ("\u0436", "no Latin letter looks like it"), ("\u00b2", "10 squared is not 102"),
            ("\u00bd", "1 and a half is not 11/2"), ("\u2460", "a circled digit would join its neighbours"),
            ("\u0338", "a stroke through a sign negates it"), ("\u226e", "not less-than is not less-than"),
            ("\u00a8", "an accent alone is no space"), ("\u0e34", "a vowel sign is no accent"),
            ("\ufffd", "the text is damaged"),
        ],
    )  # fmt: skip
    def test_no_replacement_where_the_text_would_say_something_else(self, char: str, why: str) -> None:
        assert segments(char).non_gsm_characters[0].replacement is None, why

    @given(whole_chars)
    def test_a_replacement_is_gsm7_throughout(self, char: str) -> None:
        for offender in segments(char).non_gsm_characters:
            assert offender.replacement is None or all(map(oracle.is_gsm, offender.replacement))


class TestPlainWording:
    def test_signs_and_accents_are_replaced_and_parts_saved(self) -> None:
        plain = transliterate("\u201cF\u00eate\u201d \u2014 it\u2019s on\u2026 " * 7)
        assert plain.text == '"Fete" - it\'s on... ' * 7
        assert (plain.segments, plain.parts_saved, plain.blocked_by) == (segments(plain.text), 1, ())

    def test_an_accent_apart_from_its_letter_joins_it_first(self) -> None:
        assert transliterate("cafe\u0301").text == "caf\u00e9"

    def test_one_character_without_a_replacement_leaves_the_text_as_it_is(self) -> None:
        text = CURLY + EMOJI
        plain = transliterate(text)
        assert (plain.text, plain.parts_saved) == (text, 0)
        assert plain.blocked_by == (NonGsmCharacter(EMOJI, (7,), None),)

    def test_a_gsm7_text_is_left_as_it_is(self) -> None:
        plain = transliterate("{plain}")
        assert (plain.text, plain.parts_saved, plain.blocked_by) == ("{plain}", 0, ())

    def test_segments_offer_it_too(self) -> None:
        assert segments(CURLY).plain == transliterate(CURLY)

    @given(texts)
    def test_it_is_gsm7_or_says_what_is_in_the_way(self, text: str) -> None:
        plain = transliterate(text)
        assert plain.segments == segments(plain.text)
        assert plain.parts_saved == segments(text).parts - plain.segments.parts
        assert (plain.segments.encoding == "GSM7") == (not plain.blocked_by)
        assert {o.char for o in plain.blocked_by} == {
            o.char for o in segments(text).non_gsm_characters if o.replacement is None
        }

    @given(texts)
    def test_a_plain_wording_needs_no_other(self, text: str) -> None:
        plain = transliterate(text)
        assert transliterate(plain.text).text == plain.text


class TestChecking:
    def test_a_text_that_fits_is_counted(self) -> None:
        assert check_text("x" * 1530) == segments("x" * 1530)
        assert check_text(CURLY, "UCS2") == segments(CURLY)

    @pytest.mark.parametrize("encoding", ["AUTO", "GSM7", "UCS2"])
    def test_an_empty_text_is_refused(self, encoding: Encoding) -> None:
        with pytest.raises(InvalidText, match="the text is empty") as refused:
            check_text("", encoding)
        assert refused.value.argument == "text"

    @pytest.mark.parametrize("text", [None, 482910, b"hello", ["hello"]])
    def test_what_is_no_str_is_refused(self, text: Any) -> None:
        with pytest.raises(InvalidText, match=f"must be a str, not {type(text).__name__}"):
            check_text(text)

    @pytest.mark.parametrize("encoding", ["AUTO", "GSM7", "UCS2"])
    def test_half_of_a_surrogate_pair_is_refused(self, encoding: Encoding) -> None:
        with pytest.raises(InvalidText, match=r"character 2 .*half of a surrogate pair \(U\+D83D\)"):
            segments("ab\ud83d\ude00", encoding)

    def test_the_advice_for_two_halves_works(self) -> None:
        broken = "ab\ud83d\ude00"
        assert broken.encode("utf-16", "surrogatepass").decode("utf-16") == "ab" + EMOJI

    @pytest.mark.parametrize("max_parts", [0, 11, -1, True, 2.0, "3", None])
    def test_max_parts_is_a_whole_number_from_1_to_10(self, max_parts: Any) -> None:
        with pytest.raises(InvalidArgument, match="max_parts must be a whole number from 1 to 10") as refused:
            check_text("x", max_parts=max_parts)
        assert refused.value.argument == "max_parts"
        assert not isinstance(refused.value, InvalidText)

    def test_more_than_ten_parts_are_refused_because_8x8_would_cut(self) -> None:
        with pytest.raises(InvalidText) as refused:
            check_text("x" * 1531)
        assert str(refused.value) == (
            "the text takes 11 parts as GSM7, more than the 10 allowed: 8x8 would send the first 10 and cut "
            "off the rest without saying so. Shorten it."
        )

    def test_fewer_parts_can_be_asked_for(self) -> None:
        assert check_text("x" * 160, max_parts=1).parts == 1
        with pytest.raises(
            InvalidText, match=r"2 parts as GSM7, more than the 1 allowed: 8x8 bills each part"
        ):
            check_text("x" * 161, max_parts=1)

    def test_the_refusal_tells_what_forces_ucs2_and_what_plain_characters_would_save(self) -> None:
        with pytest.raises(InvalidText) as refused:
            check_text("It\u2019s a f\u00eate " * 60)
        assert str(refused.value) == (
            "the text takes 11 parts as UCS2, more than the 10 allowed: 8x8 would send the first 10 and cut "
            "off the rest without saying so. It has 120 characters outside GSM-7 (60 x letter or digit, 60 x "
            "U+2019 RIGHT SINGLE QUOTATION MARK). In GSM7 transliterate(text).text says the same in 5 parts."
        )

    def test_it_says_when_plain_characters_are_not_enough(self) -> None:
        with pytest.raises(InvalidText, match=r"says the same in 14 parts, still too many: shorten it\.$"):
            check_text(CURLY * 300)

    def test_it_says_when_ucs2_was_not_needed(self) -> None:
        with pytest.raises(InvalidText, match=r"In GSM7 it could go out in 5 parts\.$"):
            check_text("x" * 700, "UCS2")

    def test_it_promises_nothing_when_a_character_has_no_replacement(self) -> None:
        with pytest.raises(InvalidText, match=r"\(1000 x U\+1F600 GRINNING FACE\)\. Shorten it\.$"):
            check_text(EMOJI * 1000)

    def test_it_names_five_characters_at_most(self) -> None:
        with pytest.raises(InvalidText, match=r"U\+2014 EM DASH, \.\.\.\)"):
            check_text("\u00a0\u2010\u2011\u2013\u2014\u2018\u2019" * 200)

    def test_gsm7_forced_on_what_it_cannot_carry_is_refused(self) -> None:
        with pytest.raises(InvalidText) as refused:
            check_text("\u2019t is so", "GSM7")
        assert str(refused.value) == (
            "encoding GSM7 was asked for and the text has 1 character outside GSM-7 (1 x U+2019 RIGHT SINGLE "
            "QUOTATION MARK), which would be lost or garbled. Use AUTO or UCS2, or send "
            "transliterate(text).text, which says the same."
        )

    def test_no_plain_wording_is_offered_where_there_is_none(self) -> None:
        with pytest.raises(InvalidText, match=r"Use AUTO or UCS2\.$"):
            check_text(EMOJI, "GSM7")

    @given(texts, st.sampled_from(["AUTO", "GSM7", "UCS2"]), st.integers(1, MAX_PARTS))
    def test_what_passes_goes_out_whole(self, text: str, encoding: Encoding, max_parts: int) -> None:
        expected = oracle.count(text, encoding)
        lost = expected.encoding == "GSM7" and not all(map(oracle.is_gsm, text))
        if not text or lost or len(expected.parts) > max_parts:
            with pytest.raises(InvalidText):
                check_text(text, encoding, max_parts=max_parts)
        else:
            assert check_text(text, encoding, max_parts=max_parts).parts == len(expected.parts)


class TestSecrecy:
    SECRET = "\u0e23\u0e2b\u0e31\u0e2a \uff14\uff18\uff12\uff19 fnord"

    def test_no_repr_shows_the_text(self) -> None:
        found = segments(self.SECRET)
        shown = repr((found, found.non_gsm_characters, found.plain, segments(CURLY).plain))
        assert not [char for char in self.SECRET if not char.isascii() and char in shown]
        assert "fnord" not in shown
        assert "Hello" not in shown
        assert "FULLWIDTH" not in shown

    def test_a_repr_shows_the_figures(self) -> None:
        assert repr(segments("Hi")) == "Segments(encoding='GSM7', units=2, parts=1, units_left=158)"
        assert repr(segments(CURLY).non_gsm_characters[0]) == (
            "NonGsmCharacter(char=U+201C LEFT DOUBLE QUOTATION MARK, positions=<1>)"
        )
        assert repr(segments("\0").non_gsm_characters[0]) == "NonGsmCharacter(char=U+0000, positions=<1>)"

    @pytest.mark.parametrize(
        ("text", "encoding"),
        [(SECRET * 100, "AUTO"), (SECRET, "GSM7"), (SECRET + "\ud83d", "AUTO"), ("fnord " * 400, "AUTO")],
    )
    def test_no_error_shows_the_text_or_carries_it_along(self, text: str, encoding: Encoding) -> None:
        with pytest.raises(InvalidText) as refused:
            check_text(text, encoding)
        error = refused.value
        shown = "".join(traceback.format_exception(error)).split("InvalidText:")[1]
        assert "fnord" not in shown
        assert "FULLWIDTH" not in shown
        assert error.__context__ is None
        assert error.__cause__ is None


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
