"""A private PostgreSQL server for the tests: a real one, in a temporary folder, gone at the end."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

REQUIRED = "CONNECT_SMS_REQUIRE_POSTGRES"
#: What outlives a power cut, and work in the background, no test looks at. What is committed outlives
#: processes without it.
_QUICK = {
    "unix_socket_directories": "",
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
    "shared_buffers": "16MB",
}
SORTING = ("--locale-provider=icu", "--icu-locale=en-US", "--locale=C.UTF-8")


def binaries() -> Path | None:
    """Where initdb and postgres are: Debian keeps them out of PATH, one folder for each version."""
    found = shutil.which("initdb")
    if found is not None and Path(found).resolve().with_name("postgres").exists():
        return Path(found).resolve().parent
    installed = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(installed, key=lambda path: float(path.parent.parent.name), default=None)
    return None if newest is None else newest.parent


def found_or_skipped() -> Path:
    """The binaries; without them the tests are skipped, and fail where a server is required."""
    folder = binaries()
    if folder is None:
        said = "PostgreSQL is NOT tested: no initdb here (on Debian: apt-get install postgresql)"
        if os.environ.get(REQUIRED):
            pytest.fail(f"{said}, and {REQUIRED} is set")
        pytest.skip(said)
    return folder


class PostgresServer:
    """A server on loopback; it sorts as people in the US do, which is not how Python sorts.

    Attributes:
        url: Of its database ``postgres``.
    """

    def __init__(self, binaries: Path) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="connect-sms-postgres-"))
        self._data, self._log = self._folder / "data", self._folder / "log"
        self._binaries = binaries
        self._process: subprocess.Popen[bytes] | None = None
        # The server refuses to run as root; Debian's package brings a user for it.
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(self._folder, self._user)
        self._run("initdb", "-D", self._data, "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8", *SORTING)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = str(probe.getsockname()[1])
        self.url = f"postgresql://postgres@127.0.0.1:{self._port}/postgres"
        self.start()

    def _run(self, program: str, *arguments: str | Path) -> None:
        command = [self._binaries / program, *arguments]
        done = subprocess.run(command, user=self._user, cwd="/", capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        """Start it; return when it answers."""
        command: list[str | Path] = [
            self._binaries / "postgres",
            "-D",
            self._data,
            "-p",
            self._port,
            "-h",
            "127.0.0.1",
        ]
        settings = [f"--{name}={value}" for name, value in _QUICK.items()]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, *settings], user=self._user, cwd="/", stdout=log, stderr=log
            )
        deadline = time.monotonic() + 60
        ready: list[str | Path] = [self._binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", self._port]
        while subprocess.run(ready, check=False).returncode:
            assert self._process.poll() is None, self._log.read_text()
            assert time.monotonic() < deadline, self._log.read_text()

    def crash(self) -> None:
        """Stop it at once, without a checkpoint; what was committed must be there after `start`."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(60)
            self._process = None

    def close(self) -> None:
        """Stop it and take its folder away."""
        self.crash()
        shutil.rmtree(self._folder)
