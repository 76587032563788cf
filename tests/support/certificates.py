"""A certificate authority for tests, made by the openssl command."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from pathlib import Path

_MAKE: Final = (
    *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
    *("-nodes", "-days", "2"),
)
_NAMES: Final = "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:0:0:0:0:0:0:0:1"


class Authority:
    """One certificate for loopback, which is its own authority.

    Attributes:
        file: The certificate to trust, in PEM.
        server: For the server's side.
        client: For the client's side; it trusts this certificate alone.
    """

    def __init__(self, folder: Path) -> None:
        self.file, key = folder / "ca.pem", folder / "key.pem"
        subject = ["-subj", "/CN=localhost", "-addext", _NAMES]
        usage = ["-addext", "keyUsage=critical,digitalSignature,keyCertSign"]
        subprocess.run(
            [*_MAKE, "-keyout", str(key), "-out", str(self.file), *subject, *usage],
            check=True,
            capture_output=True,
        )
        self.server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.server.load_cert_chain(self.file, key)
        self.client = ssl.create_default_context(cafile=str(self.file))


def authority_or_skip(folder: Path) -> Authority:
    """An authority; where there is no openssl command, the test is skipped."""
    if shutil.which("openssl") is None:
        pytest.skip("TLS is NOT tested: no openssl command here (on Debian: apt-get install openssl)")
    return Authority(folder)
