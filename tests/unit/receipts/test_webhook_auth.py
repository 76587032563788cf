"""Which requests are accepted: the registered value, in constant time, from the networks on the list."""

from __future__ import annotations

import hmac
from typing import Any

import pytest

from connect_sms.errors.base import ConfigurationError
from connect_sms.receipts import UnprotectedReceiver, WebhookAuth, WebhookRequest

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


@pytest.mark.parametrize("value", ["Bearer Schlüssel", "Bearer Schlüssel-€uro", "Bearer é"])
def test_a_value_beyond_ascii_is_accepted_in_utf_8_and_latin_1(value: str) -> None:
    auth = WebhookAuth(value)
    assert auth.check([(b"authorization", value.encode())], None)
    assert auth.check({"Authorization": value.encode().decode("latin-1")}, None)  # as a WSGI server has it
    assert auth.check({"Authorization": value}, None)
    assert "€" in value or auth.check([(b"authorization", value.encode("latin-1"))], None)
    assert not auth.check([(b"authorization", value.encode("utf-16"))], None)
    assert not auth.check([(b"authorization", value.encode("ascii", "replace"))], None)


SECRET_PATH = "8f3c1d5e7a9b2c4d"


@pytest.mark.parametrize(
    ("path", "accepted"),
    [
        (f"/{SECRET_PATH}", True),
        (f"/receipts/{SECRET_PATH}/", True),
        (f"/{SECRET_PATH}/receipts", False),
        (f"/{SECRET_PATH[:-1]}", False),
        (f"/{SECRET_PATH}x", False),
        (f"/{SECRET_PATH.upper()}", False),
        ("/", False),
        ("", False),
        ("/\u20ac\udcff", False),
    ],
)
def test_a_secret_at_the_end_of_the_path_stands_in_for_the_value(path: str, *, accepted: bool) -> None:
    assert WebhookAuth(path_secret=SECRET_PATH).check({}, None, path) is accepted
    both = WebhookAuth(NEW, path_secret=["another-secret-path", SECRET_PATH])
    assert both.check({}, None, path) is accepted
    assert both.check(showing(OLD), None, path) is accepted
    assert both.check(showing(NEW), None, path)


def test_a_secret_path_does_not_open_other_networks() -> None:
    auth = WebhookAuth(networks=["203.0.113.0/24"], path_secret=SECRET_PATH)
    assert auth.check({}, "203.0.113.9", f"/{SECRET_PATH}")
    assert not auth.check({}, "203.0.113.9", "/")
    assert not auth.check({}, "198.51.100.1", f"/{SECRET_PATH}")


def test_the_secret_path_is_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[bytes, bytes]] = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return one == other

    monkeypatch.setattr(hmac, "compare_digest", compare)
    WebhookAuth(NEW, path_secret=SECRET_PATH).check(showing(NEW), None, "/somewhere/else")
    assert compared == [(NEW.encode(), NEW.encode()), (b"else", SECRET_PATH.encode())]


@pytest.mark.parametrize("value", [NEW, OLD])
@pytest.mark.parametrize("auth", [WebhookAuth(NEW), WebhookAuth(NEW, path_secret=SECRET_PATH)])
def test_two_authorization_headers_are_refused(auth: WebhookAuth, value: str) -> None:
    both = [(b"Authorization", NEW.encode()), (b"authorization", value.encode())]
    assert not auth.check(both, None, f"/{SECRET_PATH}")
    assert not auth.check(showing(f"{NEW}, {value}"), None)


def test_a_verifier_decides_about_what_has_no_registered_value() -> None:
    asked: list[WebhookRequest] = []

    def verify(request: WebhookRequest) -> object:
        asked.append(request)
        return request.token == "good"

    auth = WebhookAuth(NEW, ["203.0.113.0/24"], verifier=verify)
    assert auth.protects
    assert auth.check(showing("bearer  good "), "203.0.113.9", "/here")
    assert not auth.check(showing("Bearer bad"), "203.0.113.9")
    assert not auth.check({"X-Own": "1"}, "203.0.113.9")
    assert [request.token for request in asked] == ["good", "bad", None]
    assert (asked[0].path, asked[0].peer, asked[2].headers) == ("/here", "203.0.113.9", {"x-own": "1"})
    # It is not asked about these.
    assert auth.check(showing(NEW), "203.0.113.9")
    assert not auth.check(showing("Bearer good"), "198.51.100.1")
    assert not auth.check([("Authorization", "Bearer good"), ("Authorization", "Bearer good")], "203.0.113.9")
    assert len(asked) == 3


@pytest.mark.parametrize("consent", [None, 0, "", {}])
def test_a_verifier_that_returns_nothing_true_refuses(consent: object) -> None:
    assert not WebhookAuth(verifier=lambda _: consent).check(showing("Bearer t"), None)


def test_check_does_not_take_a_coroutine_for_consent() -> None:
    async def verify(_: WebhookRequest) -> bool:
        return False

    with pytest.raises(TypeError, match="use Receiver or WsgiReceiver"):
        WebhookAuth(verifier=verify).check(showing("Bearer t"), None)


@pytest.mark.parametrize(
    ("headers", "path", "peer", "said"),
    [
        ([], "/", "203.0.113.9", "it has no Authorization header and its path does not end in the secret"),
        ([("Authorization", OLD)], "/", "203.0.113.9", "its Authorization value is not the registered one"),
        ([("Authorization", NEW)] * 2, "/", "203.0.113.9", "it has 2 Authorization headers"),
        ([("Authorization", NEW)], "/", "198.51.100.1", "it comes from 198.51.100.1, which is in none of"),
        ([("Authorization", NEW)], "/", "unix:", "the address it comes from is not known"),
    ],
)
def test_a_refusal_says_what_is_wrong_without_a_value(
    headers: list[tuple[str, str]], path: str, peer: str, said: str
) -> None:
    auth = WebhookAuth(NEW, ["203.0.113.0/24"], path_secret=SECRET_PATH)
    reason = auth.refusal(WebhookRequest.of(headers, path=path, peer=peer)) or ""
    assert reason.startswith(said)
    assert NEW not in reason
    assert OLD not in reason


def test_a_refusal_tells_of_proxies_that_did_not_write() -> None:
    auth = WebhookAuth(networks=["203.0.113.0/24"], trusted_proxies=2)
    refusal = auth.refusal(WebhookRequest.of({"X-Forwarded-For": "evil\n, 203.0.113.9"}, peer="10.0.0.1"))
    assert refusal == "X-Forwarded-For has no address from 2 proxies"


def test_a_request_shows_nothing_when_printed() -> None:
    request = WebhookRequest.of(showing(NEW), path=f"/{SECRET_PATH}", peer="203.0.113.9")
    shown = f"{request!r} {request.lines!r} {request.headers!r} {request.path!r} {request.token!r}"
    assert not any(value in shown for value in (NEW, SECRET_PATH, "203.0.113.9"))


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
    lines = [("X-Forwarded-For", entry.strip()) for entry in forwarded.split(",")]
    assert auth.check(lines, "10.0.0.1") is accepted


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"authorization": ""}, "registered value"),
        ({"authorization": (NEW, " ")}, "registered value"),
        ({"authorization": None}, "registered value"),
        ({"authorization": NEW.encode()}, "registered value"),
        ({"authorization": (NEW, None)}, "registered value"),
        ({"authorization": "Basic a\nb"}, "control character"),
        ({"path_secret": None}, "16 or more letters"),
        ({"path_secret": "short"}, "16 or more letters"),
        ({"path_secret": "with/slash/and-more-of-it"}, "16 or more letters"),
        ({"path_secret": (SECRET_PATH, "")}, "16 or more letters"),
        ({"networks": ["8x8.com"]}, "not an address or network"),
        ({"networks": "203.0.113.300"}, "length 13 is not an address or network"),
        ({"networks": None}, "not an address or network"),
        ({"authorization": NEW, "trusted_proxies": -1}, "trusted_proxies"),
        ({"authorization": NEW, "trusted_proxies": "1"}, "trusted_proxies"),
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
