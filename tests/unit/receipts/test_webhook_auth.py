"""Which requests are accepted: the registered value, in constant time, from the networks on the list."""

from __future__ import annotations

import hmac
from typing import Any

import pytest

from connect_sms.errors.base import ConfigurationError
from connect_sms.receipts import UnprotectedReceiver, WebhookAuth

NEW, OLD = "Basic bmV3OnZhbHVl", "Basic b2xkOnZhbHVl"


def showing(value: str) -> dict[str, str]:
    return {"authorization": value}


def test_the_registered_value_is_accepted_and_no_other() -> None:
    auth = WebhookAuth(NEW)
    assert auth.check(showing(NEW), "203.0.113.9")
    assert auth.check({"Authorization": f" {NEW} "}, None)
    for other in (OLD, NEW[:-1], f"{NEW}x", NEW.lower(), "", "é", "\udcff"):
        assert not auth.check(showing(other), "203.0.113.9")
    assert not auth.check({}, None)


def test_two_values_hold_while_one_replaces_the_other() -> None:
    auth = WebhookAuth((NEW, OLD))
    accepted = [auth.check(showing(value), None) for value in (NEW, OLD, "Basic other")]
    assert accepted == [True, True, False]


@pytest.mark.parametrize(
    ("auth", "accepted", "values"),
    [(WebhookAuth((NEW, OLD)), True, [NEW, OLD]), (WebhookAuth(NEW, ["203.0.113.0/24"]), False, [NEW])],
    ids=["to the end", "for a stranger's network too"],
)
def test_every_value_is_compared_in_constant_time(
    monkeypatch: pytest.MonkeyPatch, auth: WebhookAuth, values: list[str], *, accepted: bool
) -> None:
    compared: list[bytes] = []
    real = hmac.compare_digest

    def compare(one: Any, other: Any) -> bool:
        compared.append(other)
        return real(one, other)

    monkeypatch.setattr(hmac, "compare_digest", compare)
    assert auth.check(showing(NEW), "198.51.100.1") is accepted
    assert compared == [value.encode() for value in values]


def test_a_value_beyond_ascii_is_compared_as_it_came() -> None:
    assert WebhookAuth("Bearer é").check(showing("Bearer é"), None)


def test_without_anything_set_there_is_a_warning_and_everybody_is_accepted() -> None:
    with pytest.warns(UnprotectedReceiver, match="Authorization"):
        auth = WebhookAuth()
    assert auth.check({}, None)
    assert not auth.protects


@pytest.mark.parametrize("set_up", [WebhookAuth(NEW), WebhookAuth(networks=["::1"])])
def test_with_either_set_there_is_no_warning(set_up: WebhookAuth) -> None:
    assert set_up.protects


@pytest.mark.parametrize(
    ("peer", "accepted"),
    [
        ("203.0.113.9", True),
        ("203.0.114.1", False),
        ("::ffff:203.0.113.9", True),
        ("2001:db8::7", True),
        ("2001:db9::7", False),
        ("203.0.113.9:4711", True),
        ("[2001:db8::7]:4711", True),
        ("testclient", False),
        ("", False),
        (None, False),
    ],
)
def test_only_networks_on_the_list_are_accepted(peer: str | None, *, accepted: bool) -> None:
    auth = WebhookAuth(networks=["203.0.113.0/24", "2001:db8::/32"])
    assert auth.check({}, peer) is accepted


def test_value_and_network_are_both_needed() -> None:
    auth = WebhookAuth(NEW, ["203.0.113.0/24"])
    assert auth.check(showing(NEW), "203.0.113.9")
    assert not auth.check(showing(OLD), "203.0.113.9")
    assert not auth.check(showing(NEW), "198.51.100.1")


@pytest.mark.parametrize(
    ("proxies", "forwarded", "accepted"),
    [
        (0, "203.0.113.9", False),
        (1, "203.0.113.9", True),
        (1, "198.51.100.1, 203.0.113.9", True),
        (1, "203.0.113.9, 198.51.100.1", False),
        (2, "198.51.100.7, 203.0.113.9, 10.0.0.1", True),
        (2, "203.0.113.9, 198.51.100.7, 10.0.0.1", False),
        (2, "203.0.113.9", False),
        (1, "", False),
        (1, ", ,", False),
    ],
)
def test_forwarded_addresses_count_only_as_far_as_your_own_proxies_wrote_them(
    proxies: int, forwarded: str, *, accepted: bool
) -> None:
    auth = WebhookAuth(networks=["203.0.113.0/24"], trusted_proxies=proxies)
    assert auth.check({"X-Forwarded-For": forwarded}, "10.0.0.1") is accepted


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"authorization": ""}, "registered value"),
        ({"authorization": (NEW, " ")}, "registered value"),
        ({"authorization": (NEW, None)}, "registered value"),
        ({"networks": ["8x8.com"]}, "not an address or network"),
        ({"authorization": NEW, "trusted_proxies": -1}, "trusted_proxies"),
    ],
)
def test_a_setting_that_cannot_work_is_refused(wrong: Any, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        WebhookAuth(**wrong)


def test_no_value_shows_when_printed() -> None:
    shown = repr(WebhookAuth((NEW, OLD), ["203.0.113.0/24"]))
    assert shown == (
        "<WebhookAuth: 2 authorization values, 0 path secrets, no verifier, 1 networks, 0 trusted proxies>"
    )
