"""nginx and Caddy with the configurations of the guide, in front of a receiver on this machine."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import httpx
import pytest

from tests.support.certificates import authority_or_skip
from tests.support.paths import ROOT
from tests.support.receipt_samples import as_json, receipt_document
from tests.support.sandbox_fixtures import PLAIN

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

HOST: Final = "sms.example.org"
RECEIPT: Final = as_json(receipt_document())

_GUIDE: Final = ROOT / "docs" / "receipts.md"
_UPSTREAM: Final = "http://127.0.0.1:8289"

_NGINX: Final = """\
daemon off;
{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{server}
}}
"""

_CADDY: Final = """\
{{
	admin off
	auto_https disable_redirects
	local_certs
	skip_install_trust
	https_port {port}
	storage file_system {folder}/caddy
"""


def snippet(language: str) -> str:
    """The one configuration in this language in the guide."""
    [found] = re.findall(rf"```{language}\n(.*?)```", _GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    return str(found)


def _replaced(text: str, *pairs: tuple[str, str]) -> str:
    for old, new in pairs:
        assert old in text, f"the guide has no {old!r} any more"
        text = text.replace(old, new)
    return text


class Sender:
    """Sends requests through a proxy as it is told, every header on a line of its own.

    Args:
        port: Where the proxy listens with TLS.
    """

    def __init__(self, port: int) -> None:
        self._http = httpx.Client(base_url=f"https://127.0.0.1:{port}", timeout=30, **PLAIN)

    def __call__(
        self, path: str, *headers: tuple[str, str], body: bytes = RECEIPT, method: str = "POST"
    ) -> httpx.Response:
        """Send one request; by default a receipt."""
        lines = [("Host", HOST), *headers]
        named = {"sni_hostname": HOST}
        content = body if method == "POST" else b""
        return self._http.request(method, path, headers=lines, content=content, extensions=named)

    def is_answered(self) -> bool:
        """Whether the proxy is there."""
        try:
            self("/", method="GET")
        except httpx.HTTPError:
            return False
        return True

    def close(self) -> None:
        """Close its connections."""
        self._http.close()


@contextmanager
def proxy_in_front(name: str, receiver: str, folder: Path) -> Generator[Sender]:
    """A proxy as in the guide, but for addresses and certificates; what sends through it."""
    program = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip(f"The guide's {name} is NOT tested: none here (on Debian: apt-get install {name})")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = folder / f"{name}.conf"
    if name == "nginx":
        server = _replaced(
            snippet("nginx"),
            ("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
            (f"/etc/letsencrypt/live/{HOST}/fullchain.pem", authority_or_skip(folder).file.as_posix()),
            (f"/etc/letsencrypt/live/{HOST}/privkey.pem", (folder / "key.pem").as_posix()),
            (_UPSTREAM, receiver),
        )
        user = "user root;" if os.geteuid() == 0 else ""
        settings.write_text(_NGINX.format(folder=folder, server=server, user=user))
        command = [program, "-c", str(settings), "-e", str(folder / "error.log")]
    else:
        site = _replaced(
            snippet("caddyfile"), (_UPSTREAM.removeprefix("http://"), receiver.removeprefix("http://"))
        )
        assert site.startswith("{\n"), "the guide's file begins with the global options"
        settings.write_text(_CADDY.format(folder=folder, port=port) + site.removeprefix("{\n"))
        command = [program, "run", "--config", str(settings), "--adapter", "caddyfile"]
    env = os.environ | {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=env)
    sender = Sender(port)
    try:
        while not sender.is_answered():  # Caddy listens before it has a certificate
            assert process.poll() is None, (folder / "output").read_text()
            time.sleep(0.05)
        yield sender
    finally:
        sender.close()
        process.terminate()
        process.wait(30)
