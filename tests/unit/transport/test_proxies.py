"""Which proxy of the environment a URL is fetched through."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from connect_sms._transport.connection import Connection
from connect_sms._transport.proxies import EnvironmentProxies, NoProxy, leads_here
from connect_sms.errors.base import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support import Caller

PROXY = "http://proxy.example.test:3128"
UNSPECIFIED = "0.0.0.0"  # noqa: S104  a host to connect to
VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "REQUEST_METHOD")


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sets the variables of proxies, and no others."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)

    def given(**variables: str) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return given


@pytest.mark.parametrize(
    "host",
    [
        "localhost", "LocalHost", "localhost.", "sms.localhost", "127.0.0.1", "127.8.9.10", "127.1",
        "0x7f000001", str(0x7F000001), UNSPECIFIED, "::1", "[::1]", "0:0:0:0:0:0:0:1", "::",
        "::ffff:127.0.0.1", "[::ffff:7f00:1]",
    ],
)  # fmt: skip
def test_this_machine(host: str, environment: Callable[..., None]) -> None:
    environment(http_proxy=PROXY, https_proxy=PROXY, all_proxy=PROXY)
    assert leads_here(host)
    assert EnvironmentProxies().proxy_for("http", host, 8000) is None


@pytest.mark.parametrize(
    "host",
    [
        "sms.8x8.com", "localhost.example.test", "notlocalhost", "128.0.0.1", "10.127.0.1", "::2", "fe80::1",
        "::ffff:10.0.0.1", "127.0.0.1.example.test", "", "bücher.example", "1", "x" * 300,
    ],
)  # fmt: skip
def test_other_machines(host: str, environment: Callable[..., None]) -> None:
    environment(http_proxy=PROXY)
    assert not leads_here(host)
    assert EnvironmentProxies().proxy_for("http", host, 8000) == PROXY


@pytest.mark.parametrize(
    ("variables", "url", "proxy"),
    [
        ({}, "https://a.example.test", None),
        ({"https_proxy": PROXY}, "https://a.example.test", PROXY),
        ({"HTTPS_PROXY": PROXY}, "https://a.example.test", PROXY),
        ({"HTTPS_PROXY": "http://other.test", "https_proxy": PROXY}, "https://a.example.test", PROXY),
        ({"HTTPS_PROXY": PROXY, "https_proxy": ""}, "https://a.example.test", None),
        ({"https_proxy": PROXY}, "http://a.example.test", None),
        ({"all_proxy": PROXY}, "http://a.example.test", PROXY),
        ({"https_proxy": PROXY, "all_proxy": "http://other.test"}, "https://a.example.test", PROXY),
        ({"https_proxy": "proxy.example.test:3128"}, "https://a.example.test", PROXY),
        ({"HTTP_PROXY": PROXY}, "http://a.example.test", PROXY),
        ({"HTTP_PROXY": PROXY, "REQUEST_METHOD": "GET"}, "http://a.example.test", None),
        ({"http_proxy": PROXY, "REQUEST_METHOD": "GET"}, "http://a.example.test", PROXY),
        ({"https_proxy": PROXY, "NO_PROXY": "example.test"}, "https://a.example.test", None),
        ({"https_proxy": PROXY, "NO_PROXY": "example.test", "no_proxy": ""}, "https://a.example.test", PROXY),
        ({"ftp_proxy": PROXY}, "https://a.example.test", None),
    ],
    ids=str,
)  # fmt: skip
def test_the_variables(
    variables: dict[str, str], url: str, proxy: str | None, environment: Callable[..., None]
) -> None:
    environment(**variables)
    connection = Connection()
    assert connection.proxy_for(httpx.URL(url)) == proxy
    assert connection.proxy_for(httpx.URL(url)) == proxy  # kept
    assert Connection(proxy="http://own.test").proxy_for(httpx.URL(url)) == "http://own.test"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("HTTPS_PROXY", "http://"),
        ("https_proxy", "http://:3128"),
        ("ALL_PROXY", "https://"),
        ("all_proxy", "http://user:secret-word@"),
        ("HTTPS_PROXY", "nothing://proxy"),
        ("HTTPS_PROXY", "http://proxy:port"),
    ],
)
def test_one_that_cannot_work_is_refused_at_once_by_its_variable(
    caller: Caller, variable: str, value: str, environment: Callable[..., None]
) -> None:
    environment(**{variable: value})
    said = f"^{variable} cannot be used .*a proxy is http://host:port"
    with pytest.raises(ConfigurationError, match=said) as caught:
        caller.client()
    assert "secret-word" not in str(caught.value)


@pytest.mark.parametrize("value", ["http://", "http://:3128", "http://user:pw@"])
def test_one_that_is_given_without_a_host_is_refused_at_once(caller: Caller, value: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^proxy= cannot be used"):
        caller.client(proxy=value)


def test_a_proxy_that_is_given_is_used_for_this_machine_too() -> None:
    assert Connection(proxy=PROXY).proxy_for(httpx.URL("http://127.0.0.1:8000")) == PROXY


def test_they_are_read_once(environment: Callable[..., None]) -> None:
    environment(https_proxy=PROXY)
    connection = Connection()
    environment(https_proxy="http://later.test")
    assert connection.proxy_for(httpx.URL("https://a.example.test")) == PROXY


def test_without_variables_the_system_is_asked(
    environment: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """macOS and Windows have settings of their own."""
    environment()
    monkeypatch.setattr("connect_sms._transport.proxies.getproxies", lambda: {"https": PROXY})
    monkeypatch.setattr("connect_sms._transport.proxies.proxy_bypass", lambda host: host == "b.example.test")
    found = EnvironmentProxies()
    assert found.proxy_for("https", "a.example.test", None) == PROXY
    assert found.proxy_for("https", "b.example.test", None) is None
    assert found.proxy_for("https", "127.0.0.1", None) is None


@pytest.mark.parametrize(
    ("text", "direct", "through"),
    [
        ("*", ["https://a.test", "https://192.0.2.1", "https://[2001:db8::1]"], []),
        ("a.test, *", ["https://b.test"], []),
        ("example.test", ["https://example.test", "https://a.example.test", "https://EXAMPLE.test"],
         ["https://notexample.test", "https://example.test.evil.test"]),
        (".example.test", ["https://example.test", "https://a.example.test"], ["https://notexample.test"]),
        ("*.example.test", ["https://example.test", "https://a.b.example.test"], ["https://notexample.test"]),
        ("example.test.", ["https://example.test", "https://a.example.test."], []),
        ("*.local, .lan", ["https://a.local", "https://b.lan"], ["https://a.test"]),
        ("a.test b.test", ["https://a.test", "https://b.test"], ["https://c.test"]),
        ("example.test:8443", ["https://example.test:8443"], ["https://example.test", "http://example.test:80"]),
        ("example.test:443", ["https://example.test", "http://example.test:443"], ["http://example.test"]),
        ("https://example.test", ["https://example.test"], ["http://example.test"]),
        ("all://example.test/", ["https://example.test", "http://a.example.test"], []),
        ("bücher.example", ["https://bücher.example", "https://xn--bcher-kva.example"], ["https://b.example"]),
        ("192.0.2.1", ["https://192.0.2.1", "https://[::ffff:192.0.2.1]"], ["https://192.0.2.10"]),
        ("192.0.2.1:8080", ["http://192.0.2.1:8080"], ["http://192.0.2.1"]),
        ("2.1", [], ["https://192.0.2.1"]),
        ("10.0.0.0/8", ["https://10.9.8.7", "https://[::ffff:10.1.1.1]"], ["https://11.0.0.1", "https://a.test"]),
        ("10.1.2.3/8", ["https://10.9.8.7"], []),
        ("10.0.0.0/8:8080", ["http://10.1.1.1:8080"], ["http://10.1.1.1"]),
        ("2001:db8::1", ["https://[2001:db8::1]", "https://[2001:0db8:0::1]"], ["https://[2001:db8::2]"]),
        ("[2001:db8::1]", ["https://[2001:db8::1]:99"], ["https://[2001:db8::2]"]),
        ("[2001:db8::1]:8443", ["https://[2001:db8::1]:8443"], ["https://[2001:db8::1]"]),
        ("fe80::/10", ["https://[fe80::1]", "https://[febf::1]"], ["https://[fec0::1]", "https://10.0.0.1"]),
        ("[fd07:b51a:cc66:f0::]/64", ["https://[fd07:b51a:cc66:f0::5]"], ["https://[fd07:b51a:cc66:f1::5]"]),
    ],
)  # fmt: skip
def test_no_proxy(text: str, direct: list[str], through: list[str]) -> None:
    excepts = NoProxy(text)

    def is_direct(url: str) -> bool:
        parts = httpx.URL(url)
        return excepts(parts.scheme, parts.host, parts.port) and excepts(
            parts.scheme, parts.raw_host.decode("ascii"), parts.port
        )

    assert [url for url in direct if not is_direct(url)] == []
    assert [url for url in through if is_direct(url)] == []


@pytest.mark.parametrize(
    "text",
    [
        "", ",", " , ", "http://[::1", "[::1", "::1]", "[]", "http://", "/8", "10.0.0.0/99", "fe80::/999",
        "fe80::1%eth0", "example.test/8", "a:b", "a:b:c:d:e:f:g:h", "::ffff:10.0.0.0/104", ".", "*.",
        "é" * 99,
        "\x00", "example..test", "%", "!!", "\ud800",
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_passed_over(text: str) -> None:
    excepts = NoProxy(f"{text},good.test")
    assert excepts("https", "good.test", None)
    for host in ("other.test", "192.0.2.1", "2001:db8::1"):
        assert not excepts("https", host, None)
