"""Which texts are refused before sending, and that no refusal shows them."""

from __future__ import annotations

import traceback
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_sms.errors.base import InvalidArgument, InvalidText
from connect_sms.text.checking import check_text
from connect_sms.text.counting import MAX_PARTS, Encoding, segments
from tests.unit.text import oracle
from tests.unit.text.texts import CURLY, EMOJI, texts


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
