"""Proxies of the environment: never for this machine, and never a reason to call a send unknown."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from connect_sms import (
    ConfigurationError,
    ConnectionFailed,
    ConnectSmsError,
    OutcomeUnknown,
    Retries,
    Timeout,
)
from connect_sms.sandbox import SandboxServer
from tests.support import NUMBER, TEXT
from tests.support.certificates import authority_or_skip
from tests.support.cli_fixtures import environment_of
from tests.support.paths import ROOT
from tests.support.proxies import (
    FORWARDS,
    TUNNELS,
    RecordingProxy,
    TunnellingProxy,
    forwarding_proxy,
    tunnel_proxy,
)
from tests.support.raw_server import hang_up
from tests.support.stray_answers import StrayServer, nothing
from tests.support.transports import TRANSPORTS, client_on, only_httpx
from tests.support.wire_server import Exchange, WireServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.certificates import Authority

VARIABLES = ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
#: What people have in NO_PROXY: nothing, too little, and forms that httpx cannot read.
NO_PROXIES = (
    "",
    "localhost",
    "127.0.0.1",
    "example.test",
    "[::1]",
    "::1",
    "fe80::/10",
    "localhost,127.0.0.1,::1,fd07:b51a:cc66:f0::/64",
    "10.0.0.0/8",
    "*.local, .lan",
    "127.0.0.1:8080",
    "http://[::1",
    "a b,,é,*",
)
QUICK = Timeout(connect=0.3, read=0.4)
PATIENT = Timeout(connect=10, read=20)
ONCE = Retries(tries=1)
#: What is much alike, or slow to start; one of each kind runs every day.
NIGHTLY = pytest.mark.nightly


@pytest.fixture(params=TRANSPORTS)
def transport(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "httpx, asyncio":
        only_httpx(monkeypatch)
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority_or_skip(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def proxy() -> Iterator[RecordingProxy]:
    with RecordingProxy() as running:
        yield running


@pytest.fixture
def everywhere(proxy: RecordingProxy) -> dict[str, str]:
    """The environment of a process in which every proxy variable names the false proxy."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "wrapper"), str(ROOT / "generated")])
    variables = dict.fromkeys(VARIABLES, f"http://127.0.0.1:{proxy.port}")
    return {**os.environ, **variables, "PYTHONPATH": path}


def send(transport: str, url: str, **settings: Any) -> str:
    """Make a client and send one message."""
    client = client_on(transport, url, **{"retries": ONCE, "timeout": QUICK, **settings})

    async def one() -> str:
        async with client:
            return str((await client.send(NUMBER, TEXT)).umid)

    if transport == "httpx, blocking":
        with client:
            return str(client.send(NUMBER, TEXT).umid)
    return asyncio.run(one())


@pytest.mark.parametrize(
    ("host", "no_proxy"),
    [
        pytest.param(host, no_proxy, marks=[NIGHTLY] if no_proxy and host != "127.0.0.1" else [])
        for host in ("127.0.0.1", "localhost", "[::1]")
        for no_proxy in NO_PROXIES
    ],
)
def test_a_false_proxy_sees_nothing_of_loopback(
    transport: str, host: str, no_proxy: str, proxy: RecordingProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in VARIABLES:
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, no_proxy)
    try:
        server = StrayServer(nothing, host="::1" if host == "[::1]" else "127.0.0.1")
    except OSError:
        pytest.skip("no IPv6 here")
    with server:
        send(transport, server.url_for(host))
    assert proxy.seen == []
    assert len(server.requests) == 1


@pytest.mark.parametrize("variable", VARIABLES)
@pytest.mark.parametrize("value", ["http://127.0.0.1:{}", "127.0.0.1:{}", "socks5://127.0.0.1:{}"])
def test_whichever_variable_names_it(
    transport: str, variable: str, value: str, proxy: RecordingProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value.format(proxy.port))
    with StrayServer(nothing) as server:
        send(transport, server.url)
    assert proxy.seen == []
    assert len(server.requests) == 1


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_control_elsewhere_the_proxy_of_the_environment_is_used(
    transport: str, scheme: str, proxy: RecordingProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"{scheme}_proxy", f"http://127.0.0.1:{proxy.port}")
    with pytest.raises(ConnectSmsError):
        send(transport, f"{scheme}://sms.example.test", allow_http=True)
    assert any(proxy.seen)


@pytest.mark.parametrize(
    ("no_proxy", "is_used"),
    [
        *((named, False) for named in ("sms.example.test", "example.test", ".example.test", "*")),
        # What it says wrongly stops no client.
        *((wrong, True) for wrong in ("[::1]", "fe80::/10", "http://[::1", "::1,fd07::/64")),
    ],
)
def test_but_not_for_what_no_proxy_names(
    transport: str, no_proxy: str, is_used: object, proxy: RecordingProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
    monkeypatch.setenv("no_proxy", no_proxy)
    with pytest.raises(ConnectionFailed):
        send(transport, "https://sms.example.test")
    assert [bool(proxy.seen), any(proxy.seen)] == [is_used, is_used]


def test_a_proxy_that_is_given_is_used_for_loopback_too(transport: str, proxy: RecordingProxy) -> None:
    """Only the environment is not heard."""
    with StrayServer(nothing) as server, pytest.raises(ConnectSmsError):
        send(transport, server.url, proxy=f"http://127.0.0.1:{proxy.port}")
    assert any(proxy.seen)
    assert server.requests == []


@pytest.mark.parametrize("kind", TUNNELS)
def test_a_tunnel_that_fails_sends_nothing(transport: str, kind: str) -> None:
    with tunnel_proxy(kind) as proxy:
        with pytest.raises(ConnectionFailed) as caught:
            send(transport, "https://sms.example.test", proxy=proxy.url)
        methods = {request.method for request in proxy.requests}
    assert not caught.value.may_have_been_sent
    assert methods == {"CONNECT"}


@pytest.mark.parametrize("kind", FORWARDS)
def test_what_a_proxy_forwards_may_have_been_sent(transport: str, kind: str) -> None:
    """Without TLS there is no tunnel: the proxy has the whole request, and what it did nobody knows."""
    timeout = QUICK if kind == "hangs" else PATIENT
    with forwarding_proxy(kind) as proxy, pytest.raises(OutcomeUnknown):
        send(transport, "http://sms.example.test", proxy=proxy.url, allow_http=True, timeout=timeout)


def test_what_goes_wrong_behind_a_tunnel_may_have_been_sent(transport: str, authority: Authority) -> None:
    def read_and_close(exchange: Exchange) -> None:
        hang_up(exchange.connection)

    with (
        WireServer(read_and_close, tls=authority.server) as server,
        TunnellingProxy(server.port) as proxy,
        pytest.raises(OutcomeUnknown),
    ):
        send(transport, "https://localhost", proxy=proxy.url, tls=authority.client, timeout=PATIENT)
    assert len(server.requests) == 1


class TestWholeProcesses:
    """The command line, the pytest fixture and the demo, with every proxy variable set."""

    def run(self, environment: dict[str, str], *args: str, cwd: Path | None = None) -> str:
        done = subprocess.run(
            [sys.executable, *args],
            env=environment,
            cwd=cwd or ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-2_000:]
        return done.stdout

    @pytest.mark.parametrize(
        "no_proxy", ["[::1]", *(pytest.param(one, marks=NIGHTLY) for one in ("", "fe80::/10", "localhost"))]
    )
    def test_command_line(self, everywhere: dict[str, str], proxy: RecordingProxy, no_proxy: str) -> None:
        with SandboxServer() as sandbox:
            given = {**everywhere, **environment_of(sandbox), "NO_PROXY": no_proxy, "no_proxy": no_proxy}
            self.run(given, "-m", "connect_sms.cli", "send", NUMBER, TEXT)
            assert len(sandbox.accepted) == 1
        assert proxy.seen == []

    def test_command_line_on_another_address_of_loopback(
        self, everywhere: dict[str, str], proxy: RecordingProxy
    ) -> None:
        with SandboxServer(host="127.0.0.53") as sandbox:
            self.run({**everywhere, **environment_of(sandbox)}, "-m", "connect_sms.cli", "send", NUMBER, TEXT)
            assert len(sandbox.accepted) == 1
        assert proxy.seen == []

    @pytest.mark.parametrize("fixture", ["sms_sandbox", pytest.param("sms_sandbox_inprocess", marks=NIGHTLY)])
    def test_pytest_fixture(
        self, everywhere: dict[str, str], proxy: RecordingProxy, fixture: str, tmp_path: Path
    ) -> None:
        (tmp_path / "test_one.py").write_text(
            f"def test_one({fixture}):\n"
            f"    with {fixture}.client() as sms:\n"
            f'        assert sms.wait(sms.send("{NUMBER}", "hi").umid, timeout=20).delivered\n'
        )
        # The plugins of this project's own tests take longer than the test.
        alone = {**everywhere, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        plugin = "connect_sms.sandbox.pytest_plugin"
        self.run(alone, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", plugin, cwd=tmp_path)
        assert proxy.seen == []

    @NIGHTLY
    def test_demo(self, everywhere: dict[str, str], proxy: RecordingProxy) -> None:
        self.run(everywhere, "-m", "examples.demo")
        assert proxy.seen == []


class TestCertificateFile:
    """``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` are read for every transport, and a wrong one is named."""

    @pytest.mark.parametrize(
        ("variable", "wrong"),
        [
            *(("SSL_CERT_FILE", wrong) for wrong in ("missing", "a folder", "no PEM")),
            *(("SSL_CERT_DIR", wrong) for wrong in ("missing", "no PEM")),
        ],
    )
    def test_it_is_named(
        self, transport: str, variable: str, wrong: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "a folder").mkdir()
        (tmp_path / "no PEM").write_text("no certificate")
        monkeypatch.setenv(variable, str(tmp_path / wrong))
        with pytest.raises(ConfigurationError, match=variable):
            send(transport, "https://localhost:1")

    @pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
    def test_its_authorities_are_trusted(
        self,
        transport: str,
        variable: str,
        authority: Authority,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        place = authority.file
        if variable == "SSL_CERT_DIR":
            # OpenSSL looks a certificate up by a file name that is made of its subject.
            name = subprocess.run(
                ["openssl", "x509", "-noout", "-subject_hash", "-in", place], check=True, capture_output=True
            )
            place = tmp_path / f"{name.stdout.decode().strip()}.0"
            place.write_bytes(authority.file.read_bytes())
        with StrayServer(nothing, tls=authority.server) as server:
            with pytest.raises(ConnectionFailed):
                send(transport, server.url_for("localhost"), timeout=PATIENT)
            monkeypatch.setenv(variable, str(place if variable == "SSL_CERT_FILE" else place.parent))
            send(transport, server.url_for("localhost"), timeout=PATIENT)
        assert len(server.requests) == 1

    def test_they_are_not_read_when_certificates_are_given(
        self, transport: str, authority: Authority, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", "/nonexistent")
        with StrayServer(nothing, tls=authority.server) as server:
            send(transport, server.url_for("localhost"), tls=authority.client, timeout=PATIENT)
        assert len(server.requests) == 1
