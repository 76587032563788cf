"""What a log line or an error may show of numbers, keys and texts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_sms.models.private import PrivateStr
from connect_sms.models.redaction import mask, scrub, shown_value
from tests.support import NUMBER
from tests.unit.validation.refusals import digits


class TestMask:
    @pytest.mark.parametrize(
        ("number", "shown"),
        [
            (NUMBER, "+4477*****123"), ("447700900123", "4477*****123"), ("+12025550123", "+1202****123"),
            ("+44 7700 900123", "+4477*****123"), ("2025550123", "***"), ("12345", "***"), ("", "***"),
            ("ACME", "***"), ("Your code is 447700900123", "***"), ("٤٤٧٧٠٠٩٠٠١٢٣", "***"),
        ],
    )  # fmt: skip
    def test_a_number_shows_its_ends_and_all_else_nothing(self, number: str, shown: str) -> None:
        assert mask(number) == shown

    @given(st.text() | digits)
    def test_at_least_four_digits_stay_hidden_and_no_more_than_seven_show(self, number: str) -> None:
        shown = mask(number)
        assert sum(map(str.isdigit, shown)) in {0, 7}
        assert shown.count("*") >= (4 if shown != "***" else 3)

    def test_masking_twice_shows_no_more(self) -> None:
        assert mask(mask(NUMBER)) == "***"


class TestTold:
    @pytest.mark.parametrize(
        ("value", "shown"),
        [
            ("europa", "'europa'"), ("north-amer1", "'north-amer1'"), ("", "''"), (10, "10"), (-1.5, "-1.5"),
            (True, "True"), (None, "None"), (float("nan"), "float"), (float("inf"), "float"), ([5], "list"),
            ("k3y-of-12345", "a str of length 12"), (PrivateStr("abc"), "'abc'"), ("7700900123", "'***'"),
            (NUMBER, "a str of length 13"), (447700900123, "int"), (10**400, "int"), (b"key", "bytes"),
        ],
    )  # fmt: skip
    def test_a_word_is_shown_and_nothing_that_may_be_private(self, value: object, shown: str) -> None:
        assert shown_value(value) == shown


class TestScrub:
    @pytest.mark.parametrize(
        ("said", "shown"),
        [
            ("Invalid MSISDN +447700900123.", "Invalid MSISDN +4477*****123."),
            ("to=447700900123;", "to=4477*****123;"), ("x447700900123y", "x4477*****123y"),
            ("+44 7700 900123 and +1 (202) 555-0123", "+4477*****123 and +1202****123"),
            ("+44 (0) 7700 900123", "+4407******123"), ("+44\u00a07700\u2011900123", "***"),
            ("٤٤٧٧٠٠٩٠٠١٢٣", "***"), ("number 5550123 is short", "number *** is short"),
            ("error 123456 after 10 of 160", "error 123456 after 10 of 160"), ("", ""),
        ],
    )  # fmt: skip
    def test_numbers_are_masked_however_they_are_written(self, said: str, shown: str) -> None:
        assert scrub(said) == shown

    def test_what_was_sent_does_not_come_back(self) -> None:
        said = "key sk-canary may not send 'Your code is 482910' to 7700900123"
        shown = scrub(said, "sk-canary", "Your code is 482910", "7700900123", None, "")
        assert shown == "key *** may not send '***' to ***"

    def test_a_known_number_is_masked_and_not_blotted_out(self) -> None:
        assert scrub(f"bad {NUMBER}", NUMBER) == "bad +4477*****123"

    def test_the_beginning_of_what_was_sent_does_not_come_back_either(self) -> None:
        text = "Dear Ann, your test result is ready"
        assert scrub("text 'Dear Ann, your test...' too long", text) == "text '***...' too long"

    def test_a_quote_from_anywhere_in_a_text_is_hidden(self) -> None:
        text = "Dear Ann, your results are ready: negative. Call us."
        said = "forbidden in 's are ready: negative.' at 17, and in 'negative. Call us.'"
        assert scrub(said, text) == "forbidden in '***' at 17, and in '***'"

    def test_each_occurrence_is_replaced(self) -> None:
        assert scrub("key-one, key-one", "key-one") == "***, ***"

    def test_the_longer_of_two_goes_first(self) -> None:
        assert scrub("secret-key", "secret", "secret-key") == "***"

    def test_a_very_short_text_is_replaced_as_a_word_only(self) -> None:
        assert scrub("Invalid parameter: a", "a") == "Invalid parameter: ***"

    @given(
        st.text(), st.lists(st.text(st.characters(exclude_characters="*+0123456789"), min_size=4), max_size=3)
    )
    def test_no_known_string_survives(self, around: str, known: list[str]) -> None:
        said = around.join(["", *known, ""])
        shown = scrub(said, *known)
        assert not any(secret in shown for secret in known)

    spacing = st.sampled_from(["", " ", "-", ".", " (", ") ", "\u2013", "/"])

    @given(st.from_regex(r"[1-9][0-9]{6,14}", fullmatch=True), spacing, st.integers(1, 5))
    def test_no_number_survives(self, number: str, gap: str, step: int) -> None:
        written = gap.join(number[at : at + step] for at in range(0, len(number), step))
        shown = scrub(f"refused: {written}!")
        assert written not in shown
        assert number not in re.sub("[^0-9]", "", shown)
