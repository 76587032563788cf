"""Mistakes that look right, caught before anything is sent."""

from __future__ import annotations

import pytest

from connect_sms import ConfigurationError, InvalidArgument, SmsClient
from tests.support import KEY, SUB_ACCOUNT, Caller, Script


def test_a_mapping_of_numbers_to_texts_is_refused(caller: Caller) -> None:
    script = Script()
    with pytest.raises(InvalidArgument, match="must not map numbers to texts"):
        caller(caller.client(script).send_batch({"+447700900123": "for you alone"}, "for all"))
    assert script.requests == []


@pytest.mark.parametrize(
    "url", ["https://sms.8x8.com", "https://sms.8x8.uk/", "https://sms.us.8x8.com/api/v1"]
)
def test_an_address_of_8x8_without_its_path_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="lacks its path"):
        SmsClient(api_key=KEY, sub_account_id=SUB_ACCOUNT, base_url=url)
