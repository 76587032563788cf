"""Which hosts are this machine: to these alone a key may travel in the clear."""

import pytest

from connect_sms._validation.hosts import is_loopback


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST", "127.0.0.1", "127.255.0.9", "::1", "[::1]", "0::1", "::ffff:127.0.0.1"],
)
def test_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["", "sms.8x8.com", "a.localhost", "127.1", "128.0.0.1", "::", "::2", "::ffff:10.0.0.1", "[::1"]
)
def test_not_loopback(host: str) -> None:
    assert not is_loopback(host)
