"""Where requests go: regions and base URLs."""

from __future__ import annotations

import re
from typing import Any

import pytest

from connect_sms import REGIONS, ConfigurationError, SmsClient
from tests.support import KEY, NUMBER, SUB_ACCOUNT, TEXT, Caller, Script, queued


class TestPlaces:
    """Where requests go."""

    @pytest.mark.parametrize("region", REGIONS)
    def test_each_region_has_its_own_host(self, caller: Caller, region: Any) -> None:
        script = Script(queued)
        caller(caller.client(script, region=region).send(NUMBER, TEXT))
        assert str(script.requests[0].url) == f"{REGIONS[region]}/{SUB_ACCOUNT}/messages"
        assert re.fullmatch(r"https://sms\.(8x8|us\.8x8)\.(com|uk|id)/api/v1/subaccounts", REGIONS[region])

    @pytest.mark.parametrize("region", ["", "EUROPE", "eu", 5, []])
    def test_an_unknown_region_is_refused_with_those_there_are(self, region: Any) -> None:
        with pytest.raises(ConfigurationError, match="asia-pacific, north-america, europe, indonesia"):
            SmsClient(api_key=KEY, sub_account_id=SUB_ACCOUNT, region=region)

    def test_region_and_base_url_exclude_each_other(self, caller: Caller) -> None:
        with pytest.raises(ConfigurationError, match="not both"):
            caller.client(region="europe", base_url="https://sms.example.com")
        with pytest.raises(ConfigurationError, match="not both"):
            caller.client().with_options(region="europe", base_url="https://sms.example.com")

    @pytest.mark.parametrize(
        ("given", "used"),
        [
            ("https://sms.example.com", "https://sms.example.com"),
            ("https://sms.example.com/", "https://sms.example.com"),
            ("https://sms.example.com:8443/a/b//", "https://sms.example.com:8443/a/b"),
            ("HTTPS://sms.example.com", "HTTPS://sms.example.com"),
            ("http://localhost:4010", "http://localhost:4010"),
            ("http://127.0.0.1:4010", "http://127.0.0.1:4010"),
            ("http://[::1]:4010", "http://[::1]:4010"),
        ],
    )
    def test_a_base_url_is_taken_without_its_last_slash(self, given: str, used: str) -> None:
        assert SmsClient(api_key=KEY, sub_account_id=SUB_ACCOUNT, base_url=given).settings.base_url == used

    @pytest.mark.parametrize(
        "url", ["https://sms.8x8.com", "https://sms.8x8.uk/", "https://sms.us.8x8.com/api/v1"]
    )
    def test_an_address_of_8x8_without_its_path_is_refused(self, caller: Caller, url: str) -> None:
        with pytest.raises(ConfigurationError, match="lacks its path"):
            caller.client(base_url=url)

    @pytest.mark.parametrize(
        "url", ["http://sms.example.com", "http://10.0.0.1", "HTTP://mock", "http://127.0.0.1.evil.com"]
    )
    def test_plain_http_to_another_machine_is_refused(self, caller: Caller, url: str) -> None:
        with pytest.raises(ConfigurationError, match="the key would travel in the clear"):
            caller.client(base_url=url)
        with pytest.raises(ConfigurationError, match="the key would travel in the clear"):
            caller.client().with_options(base_url=url)

    def test_unless_it_is_said_to_be_meant(self, caller: Caller) -> None:
        client = caller.client(base_url="http://mock:4010", allow_http=True)
        assert client.settings.base_url == "http://mock:4010"
        again = client.with_options(base_url="http://mock:4011", allow_http=True)
        assert again.settings.base_url == "http://mock:4011"

    @pytest.mark.parametrize(
        "url",
        [
            "", "sms.example.com", "ftp://sms.example.com", "https://", "https:///x", "https://:443", "https://h:x",
            "https://h:99999", "https://[::1", "https://h h", "https://h\n", "https://h\u00e9", "https://h\\x",
            "https://a@h", "https://a:b@h", "https://h?a=b", "https://h/?", "https://h#x", "https://a..b", "https://.",
            "https://" + "a" * 64, "https://-", 5, b"https://h", ["https://h"],
        ],
        ids=repr,
    )  # fmt: skip
    def test_what_is_no_base_url(self, caller: Caller, url: Any) -> None:
        with pytest.raises(ConfigurationError, match=r"^base_url "):
            caller.client(base_url=url)
