"""Sender IDs, countries, sub-accounts, identifiers and IP addresses: what may go into a request."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_sms._validation.fields import (
    check_client_batch_id,
    check_client_ip,
    check_client_message_id,
    check_country,
    check_path_segment,
    check_sender,
    check_sub_account_id,
)
from connect_sms.errors.base import InvalidSender
from connect_sms.models.messages import UncheckedSender
from tests.support import NUMBER
from tests.unit.validation.refusals import not_text, refusal

PUBLISHED_SUB_ACCOUNT_ID = re.compile(r"^[A-Za-z0-9\-._&]{3,50}\Z")


class TestSender:
    @pytest.mark.parametrize(
        "sender",
        ["ACME", "a", "My Shop 24", "ABCDEFGHIJK", "4ever", NUMBER, "12345", "0" * 16, "+" + "1" * 15],
    )
    def test_a_name_or_a_number_is_returned_as_it_is(self, sender: str) -> None:
        assert check_sender(sender) == sender

    @pytest.mark.parametrize(
        ("value", "message"),
        [
            (None, "sender must be a str, not None: a sender ID is a number"),
            (12345, "sender must be a str, not int"),
            ("", "sender is empty: leave it out"),
            ("   ", "sender is only spaces: leave it out"),
            (" ACME", "a space or line break at its beginning or end: call .strip() on it first"),
            ("ACME ", "a space or line break at its beginning or end"),
            ("ACME\n", "a space or line break at its beginning or end"),
            ("ABCDEFGHIJKL", "has 12 characters: with a letter in it, it may have 11"),
            (
                "1" * 17,
                "has 17 characters: a number may have 16, the + included (8x8's text says 17, its schema 16)",
            ),
            ("+" + "1" * 16, "has 17 characters: a number may have 16"),
            ("+", "sender has no letter, so it is a number"),
            ("+44 7700", "sender has no letter, so it is a number"),
            ("+ACME", "sender has a + and a letter"),
            ("AC+ME", "a + at position 2"),
            ("AC-ME", "a dash at position 2"),
            ("AC&ME", "the sign & at position 2"),
            ("CAFÉ", "a letter outside ASCII, U+00C9 LATIN CAPITAL LETTER E WITH ACUTE at position 3"),
            ("\u0410CME", "a letter outside ASCII, U+0410 CYRILLIC CAPITAL LETTER A at position 0"),
            ("12٣", "a digit of another script, U+0663 ARABIC-INDIC DIGIT THREE at position 2"),
        ],
    )
    def test_the_refusal_says_what_to_change(self, value: object, message: str) -> None:
        with pytest.raises(InvalidSender) as caught:
            check_sender(value)
        assert message in str(caught.value)
        assert caught.value.argument == "sender"

    @given(st.text() | st.text("ACME 0129+", max_size=20))
    def test_it_takes_a_short_ascii_name_or_number_and_nothing_else(self, value: str) -> None:
        plain = value.isascii() and value == value.strip()
        number = plain and value.removeprefix("+").isdigit() and len(value) <= 16
        words = plain and value.replace(" ", "").isalnum() and len(value) <= 11
        if number or (words and any(map(str.isalpha, value))):
            assert check_sender(value) == value
        else:
            assert "sender" in refusal(lambda: check_sender(value))


class TestCountry:
    @pytest.mark.parametrize("country", ["GB", "gb", "Gb"])
    def test_two_letters_come_back_in_upper_case(self, country: str) -> None:
        assert check_country(country) == "GB"

    @pytest.mark.parametrize(
        ("value", "wrong"),
        [
            (None, "None"), (44, "int"), ("", "a str of length 0"), ("GBR", "a str of length 3"),
            ("GB\n", "a str of length 3"), ("ÄÖ", "a str of length 2"), ("\u017fs", "a str of length 2"),
            ("+4", "a str of length 2"),
        ],
    )  # fmt: skip
    def test_anything_else_is_refused(self, value: object, wrong: str) -> None:
        said = refusal(lambda: check_country(value))
        assert said == f'country must be two ASCII letters (ISO 3166-1 alpha-2, such as "GB"), not {wrong}'


class TestSubAccountId:
    @given(st.from_regex(PUBLISHED_SUB_ACCOUNT_ID) | st.text(".a&-", max_size=60))
    def test_it_takes_what_8x8_publishes_except_dots_alone(self, value: str) -> None:
        if PUBLISHED_SUB_ACCOUNT_ID.match(value) and set(value) != {"."}:
            assert check_sub_account_id(value) == value
        else:
            assert "sub_account_id must be 3 to 50" in refusal(lambda: check_sub_account_id(value))

    @pytest.mark.parametrize(
        ("value", "wrong"),
        [
            (None, "not None"), ("", "not a str of length 0"), ("ab", "not a str of length 2"),
            ("a" * 51, "not a str of length 51"), ("..", "not dots alone"), ("...", "not dots alone"),
            ("acme/eu", "not a slash at position 4"), ("acme\n", "not a line break at position 4"),
            ("acmé", "not a letter outside ASCII, U+00E9"),
        ],
    )  # fmt: skip
    def test_the_refusal_says_what_to_change(self, value: object, wrong: str) -> None:
        assert wrong in refusal(lambda: check_sub_account_id(value))


def check_id(argument: str, value: object) -> str:
    if argument == "client_message_id":
        return check_client_message_id(value)
    if argument == "client_batch_id":
        return check_client_batch_id(value)
    return check_path_segment(value, argument=argument)


class TestOpaqueIds:
    @pytest.mark.parametrize(
        "umid",
        [
            "abc123", "1f2e3d4c-0000-4000-8000-000000000000", "a/b?c#d", "%2e%2e", ".a.", "ü", "😀", " ",
            "x" * 256,
        ],
    )  # fmt: skip
    def test_a_path_segment_may_be_any_opaque_string(self, umid: str) -> None:
        assert check_path_segment(umid, argument="umid") == umid

    @pytest.mark.parametrize("dots", [".", "..", "...", "." * 50])
    def test_a_path_segment_of_dots_alone_is_refused(self, dots: str) -> None:
        said = refusal(lambda: check_path_segment(dots, argument="umid"))
        assert said == "umid must not be dots alone: that means another path"

    LIMITS = (("umid", 256), ("client_message_id", 350), ("client_batch_id", 20))

    @pytest.mark.parametrize(("argument", "limit"), LIMITS)
    def test_the_limit_itself_is_allowed_and_no_more(self, argument: str, limit: int) -> None:
        assert check_id(argument, "x" * limit) == "x" * limit
        for wrong in ("", "x" * (limit + 1)):
            said = refusal(partial(check_id, argument, wrong))
            assert said.startswith(f"{argument} must have 1 to {limit} characters, not {len(wrong)}")

    @pytest.mark.parametrize("argument", dict(LIMITS))
    @pytest.mark.parametrize("odd", ["\n", "\x00", "\x7f", "\x85", "\ud800"])
    def test_a_control_character_or_half_a_pair_is_refused(self, argument: str, odd: str) -> None:
        said = refusal(lambda: check_id(argument, "id" + odd))
        assert re.match(rf"{argument} has .* at position 2 \(counted from 0\)", said)

    @pytest.mark.parametrize("argument", dict(LIMITS))
    @given(value=not_text)
    def test_what_is_no_str_is_refused(self, argument: str, value: object) -> None:
        assert refusal(lambda: check_id(argument, value)).startswith(f"{argument} must be a str, not ")

    def test_the_refusal_of_a_batch_id_speaks_of_uuids(self) -> None:
        said = refusal(lambda: check_client_batch_id("1f2e3d4c-0000-4000-8000-000000000000"))
        assert said.endswith("not 36 (a UUID does not fit; shorten it)")


class TestClientIp:
    @pytest.mark.parametrize("address", ["192.0.2.7", "2001:db8::7", "::ffff:192.0.2.7"])
    def test_one_address_is_returned_as_it_is(self, address: str) -> None:
        assert check_client_ip(address) == address

    @pytest.mark.parametrize(
        "value",
        [
            "", "192.0.2.7:80", "192.0.2.0/24", "fe80::1%eth0", "192.0.2.007", "192.0.2.\u0667",
            "192.0.2.7\n", "host",
        ],
    )  # fmt: skip
    def test_anything_else_is_refused(self, value: str) -> None:
        said = refusal(lambda: check_client_ip(value))
        assert said == "client_ip must be one IPv4 or IPv6 address as a str, without port, network or zone"

    def test_a_number_is_refused_though_it_could_be_read_as_one(self) -> None:
        assert refusal(lambda: check_client_ip(3221225991)).endswith("zone, not int")


class Word(StrEnum):
    """A str that is more than one, as settings often are."""

    SHOP = "SHOP"


def test_a_subclass_of_str_is_a_str() -> None:
    assert check_sender(Word.SHOP) == "SHOP"


@pytest.mark.parametrize("sender", ["H&M", "shop.sg", "Marks & Spencer", "ACME!", "1" * 16, "a"])
def test_a_sender_of_another_form_goes_out_as_it_is_when_that_is_asked_for(sender: str) -> None:
    assert check_sender(UncheckedSender(sender)) == sender
    assert type(check_sender(UncheckedSender(sender))) is str


@pytest.mark.parametrize("sender", ["", "x" * 17, "H&M\n", "H\0M", "\ud800"])
def test_what_8x8_takes_from_nobody_is_refused_all_the_same(sender: str) -> None:
    with pytest.raises(InvalidSender) as caught:
        check_sender(UncheckedSender(sender))
    assert caught.value.argument == "sender"


def test_the_error_says_how_else_it_may_go_out() -> None:
    for sender in ("H&M", "shop.sg"):
        assert "UncheckedSender(...)" in refusal(partial(check_sender, sender))
