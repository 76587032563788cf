"""Destinations: exactly what 8x8 publishes, and a refusal that says what to change."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connect_sms._validation.phone_numbers import check_destination
from connect_sms.errors.base import InvalidDestination
from tests.support import NUMBER
from tests.unit.validation.refusals import digits, not_text, refusal

#: The rules as 8x8 publishes them, written here a second time so that the code is not its own witness.
PUBLISHED_DESTINATION = re.compile(r"^\+{0,1}[1-9]{1}[0-9]{6,14}\Z")

near_misses = st.tuples(
    st.just(NUMBER),
    st.integers(0, len(NUMBER)),
    st.sampled_from(["\n", "٣", "3", " ", "\u200e", "/", "%2F", "+", "0", "a"]),
).map(lambda edit: edit[0][: edit[1]] + edit[2] + edit[0][edit[1] :])


class TestDestination:
    def test_a_national_number_passes_through_with_its_country(self) -> None:
        assert check_destination("7700900123", country="GB") == "7700900123"

    @given(st.text() | near_misses | digits | st.from_regex(PUBLISHED_DESTINATION))
    def test_it_takes_exactly_what_8x8_publishes(self, value: str) -> None:
        if PUBLISHED_DESTINATION.match(value):
            assert check_destination(value) == value
        else:
            with pytest.raises(InvalidDestination) as caught:
                check_destination(value)
            assert caught.value.argument == "destination"

    @given(not_text)
    def test_what_is_no_str_is_refused_by_its_type(self, value: object) -> None:
        name = "None" if value is None else type(value).__name__
        assert refusal(lambda: check_destination(value)).endswith(f"not {name}")

    @pytest.mark.parametrize(
        ("value", "message"),
        [
            ("", "destination is empty"),
            ("+44 7700 900123", "a space at position 3 (counted from 0): remove the character at position 3"),
            ("+44-7700-900123", "a dash at position 3 (counted from 0): remove"),
            ("(0)7700900123", "a bracket at position 0 (counted from 0): remove"),
            ("+44.7700900123", "a full stop at position 3"),
            ("+44/7700900123", "a slash at position 3"),
            ("+44\t7700900123", "a tab at position 3"),
            ("+44#7700900123", "the sign # at position 3"),
            ("44+7700900123", "a + at position 2 (counted from 0): a + may only stand first"),
            ("++447700900123", "a + at position 1"),
            ("+44770090012O", "a letter at position 12 (counted from 0): a phone number has none"),
            ("+4477009001é", "a letter outside ASCII, U+00E9 LATIN SMALL LETTER E WITH ACUTE at position 11"),
            ("+\uff147700900123", "a digit of another script, U+FF14 FULLWIDTH DIGIT FOUR at position 1"),
            ("+447700900123\n", "ends with a line break, as lines of a file do: call .strip() on it first"),
            ("+447700900123\r\n", "ends with a line break"),
            ("+44\u00a07700900123", "the invisible character U+00A0 NO-BREAK SPACE at position 3"),
            ("\u200e+447700900123", "the invisible character U+200E LEFT-TO-RIGHT MARK at position 0"),
            ("+44\x007700900123", "the invisible character U+0000 at position 3"),
            ("+44\ud8007700900123", "the invisible character U+D800 at position 3"),
            ("+44₀7700900123", "the character U+2080 SUBSCRIPT ZERO at position 3"),
            ("447700900123.0", "went through a float or a spreadsheet"),
            ("4.47700900123E+11", "went through a float or a spreadsheet"),
            ("00447700900123", "starts with 00: write the international form with + in its place"),
            ("07700900123", "with 0: write the international form (+, country code, no 0), or drop the 0"),
            ("+07700900123", "starts with 0"),
            ("+", "has 0 digits, too few: 8x8 takes 7 to 15"),
            ("1", "has 1 digit, too few: 8x8 takes 7 to 15"),
            ("+447700", "has 6 digits, too few: 8x8 takes 7 to 15"),
            ("+4477009001234567", "has 16 digits, too many: 8x8 takes 7 to 15"),
        ],
    )
    def test_the_refusal_says_what_to_change(self, value: str, message: str) -> None:
        assert message in refusal(lambda: check_destination(value))

    def test_a_trunk_zero_is_refused_with_a_country_too(self) -> None:
        said = refusal(lambda: check_destination("07700900123", country="GB"))
        assert "drop that trunk 0, or write the international form" in said

    @given(
        st.text("0123456789 -+.()a٣", min_size=7).filter(lambda value: not PUBLISHED_DESTINATION.match(value))
    )
    @example("07700900123")
    @example("+44 7700 900456")
    def test_no_refusal_shows_the_number(self, value: str) -> None:
        said = refusal(lambda: check_destination(value))
        shown = said.replace(NUMBER, "")
        assert not any(run in shown for run in re.findall("[0-9]{5,}", value))
        assert value not in shown or not value.strip()
