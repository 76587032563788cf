"""What may go into a request, what the refusal teaches, and what a log line may show."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
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
from connect_sms._validation.phone_numbers import check_destination
from connect_sms._validation.schedule import check_expiry, check_scheduled, check_time
from connect_sms._validation.urls import check_url
from connect_sms.errors.base import InvalidArgument, InvalidDestination, InvalidSchedule, InvalidSender
from connect_sms.models.redaction import mask, scrub

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 7, 14, 12, 0, tzinfo=UTC)
NUMBER = "+447700900123"

#: The rules as 8x8 publishes them, written here a second time so that the code is not its own witness.
PUBLISHED_DESTINATION = re.compile(r"^\+{0,1}[1-9]{1}[0-9]{6,14}\Z")
PUBLISHED_SUB_ACCOUNT_ID = re.compile(r"^[A-Za-z0-9\-._&]{3,50}\Z")

not_text = st.none() | st.integers() | st.floats() | st.binary() | st.booleans() | st.lists(st.text())
digits = st.text("0123456789", min_size=1, max_size=20)
near_misses = st.tuples(
    st.just(NUMBER),
    st.integers(0, len(NUMBER)),
    st.sampled_from(["\n", "٣", "3", " ", "\u200e", "/", "%2F", "+", "0", "a"]),
).map(lambda edit: edit[0][: edit[1]] + edit[2] + edit[0][edit[1] :])


def refusal(check: Callable[[], object]) -> str:
    with pytest.raises(InvalidArgument) as caught:
        check()
    return str(caught.value)


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


class TestUrl:
    @pytest.mark.parametrize(
        "url",
        [
            "https://example.com", "https://example.com/receipts?tenant=7&x=%20", "HTTPS://EXAMPLE.COM/",
            "http://localhost:8080/a", "http://127.0.0.1:1/", "https://[2001:db8::7]:8443/receipts",
            "https://my_host.example/",
        ],
    )  # fmt: skip
    def test_an_absolute_http_url_is_returned_as_it_is(self, url: str) -> None:
        assert check_url(url, argument="receipt_url") == url

    @pytest.mark.parametrize(
        ("value", "message"),
        [
            (None, "it must be a str, not None"), ("", "it must begin with https:// or http://"),
            ("example.com/receipts", "it must begin with"), ("ftp://example.com", "it must begin with"),
            ("javascript:alert(1)", "it must begin with"), ("https://", "its host is missing or malformed"),
            ("https:example.com", "its host is missing"), ("https://:80/", "its host is missing"),
            ("https://../x", "its host is missing or malformed"),
            ("https://exa$mple.com/", "its host is missing or malformed"),
            ("https://example.com:99999/", "its host or port cannot be read"),
            ("https://example.com:x/", "its host or port cannot be read"),
            ("https://[::1/", "its host or port cannot be read"),
            ("https://[fe80::zz]/", "its host or port cannot be read"),
            ("https://ann:secret@example.com/", "it must hold no user name or password"),
            ("https://@example.com/", "it must hold no user name or password"),
            ("https://example.com/#top", "the part after # is never sent to a server; remove it"),
            ("https://example.com/a b", "it has a space at position 21 (counted from 0); percent-encode it"),
            ("https://example.com/\n", "it has a line break at position 20"),
            ("https://example.com/{id}", "it has the sign { at position 20"),
            ("https://exämple.com/", "it has a letter outside ASCII, U+00E4"),
        ],
    )  # fmt: skip
    def test_the_refusal_says_what_to_change_and_hides_the_url(self, value: object, message: str) -> None:
        said = refusal(lambda: check_url(value, argument="receipt_url"))
        assert said.startswith(f"receipt_url must be an http or https URL: {message}")
        assert "secret" not in said

    @given(st.text().map("https://".__add__) | st.text())
    def test_no_text_breaks_it(self, value: str) -> None:
        try:
            assert check_url(value, argument="receipt_url") == value
        except InvalidArgument as error:
            assert error.argument == "receipt_url"  # noqa: PT017  both endings are right here


class NoOffset(tzinfo):
    """A zone that does not know its offset, which makes a datetime naive all the same."""

    def utcoffset(self, _: datetime | None, /) -> None:
        return None

    dst = utcoffset

    def tzname(self, _: datetime | None, /) -> None:
        return None


class TestTimes:
    def test_a_time_goes_out_in_utc_with_milliseconds(self) -> None:
        tokyo = timezone(timedelta(hours=9))
        at = datetime(2026, 7, 15, 9, 30, 0, 123999, tzinfo=tokyo)
        assert check_time(at, argument="at", now=NOW) == datetime(2026, 7, 15, 0, 30, 0, 123_000, UTC)

    @given(st.datetimes(min_value=NOW.replace(day=16, tzinfo=None), timezones=st.timezones()))
    def test_what_goes_out_is_the_time_given_cut_to_milliseconds(self, at: datetime) -> None:
        try:
            sent = check_time(at, argument="at", now=NOW)
        except InvalidSchedule as error:
            assert "outside the years 1 to 9999" in str(error)  # noqa: PT017  the last hours of the calendar
        else:
            assert timedelta(0) <= at - sent < timedelta(milliseconds=1)
            assert sent.tzinfo is UTC
            assert sent.microsecond % 1000 == 0

    @pytest.mark.parametrize("zone", [None, NoOffset()])
    def test_a_naive_time_is_refused_with_the_line_that_puts_it_right(self, zone: tzinfo | None) -> None:
        naive = datetime(2026, 7, 15, tzinfo=zone)
        said = refusal(lambda: check_scheduled(naive, now=NOW))
        assert 'scheduled.replace(tzinfo=ZoneInfo("Europe/London"))' in said
        assert "scheduled.astimezone()" in said

    @pytest.mark.parametrize("value", [None, "2026-07-15T00:00:00Z", 1_784_000_000, NOW.date()])
    def test_what_is_no_datetime_is_refused_by_its_type(self, value: object) -> None:
        name = "None" if value is None else type(value).__name__
        with pytest.raises(InvalidSchedule, match=f"expiry must be a datetime .*, not {name}$") as caught:
            check_expiry(value, now=NOW)
        assert caught.value.argument == "expiry"

    @pytest.mark.parametrize("early", [timedelta(0), timedelta(microseconds=1), timedelta(days=1)])
    def test_a_time_that_is_not_in_the_future_is_refused(self, early: timedelta) -> None:
        assert refusal(lambda: check_time(NOW - early, argument="at", now=NOW)) == "at is not in the future"

    def test_a_time_beyond_the_calendar_in_utc_is_refused(self) -> None:
        last = datetime.max.replace(tzinfo=timezone(timedelta(hours=-5)))
        said = refusal(lambda: check_time(last, argument="at", now=NOW))
        assert said == "at is outside the years 1 to 9999 in UTC"

    def test_a_schedule_may_be_seven_days_ahead_and_no_more(self) -> None:
        week = NOW + timedelta(days=7)
        assert check_scheduled(week, now=NOW) == week
        said = refusal(lambda: check_scheduled(week + timedelta(hours=12), argument="schedule", now=NOW))
        assert said.startswith("schedule is 7.50 days ahead; 8x8 takes at most 7.")

    def test_an_expiry_may_be_further_ahead(self) -> None:
        week = NOW + timedelta(days=8)
        assert check_expiry(week, now=NOW) == week

    def test_an_expiry_must_come_after_the_schedule(self) -> None:
        at = NOW + timedelta(hours=1)
        later = at + timedelta(milliseconds=1)
        assert check_expiry(later, scheduled=at, now=NOW) == later
        for wrong in (at, at - timedelta(minutes=1), at + timedelta(microseconds=999)):
            said = refusal(partial(check_expiry, wrong, scheduled=at, now=NOW))
            assert said.startswith("expiry is not after the time the message is scheduled for")

    def test_without_a_clock_given_the_systems_counts(self) -> None:
        hour = datetime.now(UTC) + timedelta(hours=1)
        assert check_time(hour, argument="at") == check_scheduled(hour)
        assert check_expiry(hour) == check_scheduled(hour)
        assert "not in the future" in refusal(lambda: check_scheduled(hour - timedelta(hours=2)))


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


class Word(StrEnum):
    """A str that is more than one, as settings often are."""

    SHOP = "SHOP"


def test_a_subclass_of_str_is_a_str() -> None:
    assert check_sender(Word.SHOP) == "SHOP"
