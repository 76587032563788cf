"""The characters that force UCS-2, and plain ones in their place."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given

from connect_sms.text.counting import NonGsmCharacter, segments, transliterate
from connect_sms.text.transliteration import replacement
from tests.unit.text import oracle
from tests.unit.text.texts import CURLY, EMOJI, texts, whole_chars


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
            ("\ufffd", "the text is damaged"), ("\u00b7", "10 dot 30 is not 10 times 30, nor l dot l"),
            ("\u2219", "as the middle dot"), ("\u2027", "it only says where a word may be split"),
            ("\u207f", "2 to the n is not 2n"), ("\u2090", "x with an index is not a word"),
            ("\u00ba", "25 degrees is not 250"), ("\u00aa", "as the other ordinal"),
            ("\u207b", "10 to the minus 3 is not 10-3"), ("\u00ac", "not A is not minus A"),
            ("\u00af", "a line over a letter"), ("\u0305", "0.3 with a line is a third"),
            ("\u2606", "three of five stars are not five"), ("\u20a4", "lire are no pounds"),
        ],
    )  # fmt: skip
    def test_no_replacement_where_the_text_would_say_something_else(self, char: str, why: str) -> None:
        assert segments(char).non_gsm_characters[0].replacement is None, why

    def test_nothing_raised_or_lowered_is_put_on_the_line(self) -> None:
        marked = ("<super>", "<sub>", "<fraction>")
        found = [
            char
            for char in map(chr, range(0x80, 0x20000))
            if unicodedata.decomposition(char).startswith(marked) and replacement(char) is not None
        ]
        words = ["\u2120", "\u2122", *map(chr, range(0x1F16A, 0x1F16D))]
        assert found == words, "SM, TM, MC, MD and MR are words"

    @pytest.mark.parametrize(
        "text",
        [
            "\u00a39\u00b799 each", "Col\u00b7legi", "10\u00b730", "2\u207f", "10\u207b\u00b3", "25\u00ba",
            "1\u1d49\u02b3", "x=\u0338y", "\u00acA", "\u2605\u2605\u2606", "CO\u2082", "V\u0305", "\u20a410",
        ],
    )  # fmt: skip
    def test_a_text_that_would_say_something_else_is_left_as_it_is(self, text: str) -> None:
        assert transliterate(text).text == text

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
