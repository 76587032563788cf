"""URLs that 8x8 is to call."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_sms._validation.urls import check_url
from connect_sms.errors.base import InvalidArgument
from tests.unit.validation.refusals import refusal


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
