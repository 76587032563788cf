"""A private pgbouncer in front of a PostgreSQL server of the tests, pooling by transaction."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest

_INI: Final = """\
[databases]
sms = host={host} port={port} dbname={database} user={user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {own_port}
auth_type = any
pool_mode = {mode}
default_pool_size = 3
unix_socket_dir =
logfile = {folder}/pgbouncer.log
pidfile = {folder}/pgbouncer.pid
"""


def pgbouncer_or_skip() -> str:
    """The program; without it the test is skipped, and fails where it is required."""
    found = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    if found is None:
        said = "A transaction pooler is NOT tested: no pgbouncer here (on Debian: apt-get install pgbouncer)"
        if os.environ.get("CONNECT_SMS_REQUIRE_POSTGRES"):
            pytest.fail(f"{said}, and it is required")
        pytest.skip(said)
    return found


class PgBouncer:
    """A pooler with three connections to the server, for any number of clients.

    Args:
        program: The pgbouncer binary.
        server_url: Of the server's database.
        mode: ``transaction`` or ``session``.

    Attributes:
        url: Of the database, through the pooler.
    """

    def __init__(self, program: str, server_url: str, mode: str = "transaction") -> None:
        server = urlsplit(server_url)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            own_port = probe.getsockname()[1]
        self._folder = Path(tempfile.mkdtemp(prefix="connect-sms-pgbouncer-"))
        settings = self._folder / "pgbouncer.ini"
        settings.write_text(
            _INI.format(
                host=server.hostname,
                port=server.port,
                database=server.path.lstrip("/"),
                user=server.username,
                own_port=own_port,
                mode=mode,
                folder=self._folder,
            )
        )
        # As with the server itself: it refuses to run as root.
        user = "postgres" if os.geteuid() == 0 else None
        if user:
            shutil.chown(self._folder, user)
        self.url = f"postgresql://{server.username}@127.0.0.1:{own_port}/sms"
        self._process = subprocess.Popen(
            [program, "-q", str(settings)], user=user, cwd="/", stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 20
        while True:
            assert self._process.poll() is None, "pgbouncer did not start"
            with suppress(OSError), socket.create_connection(("127.0.0.1", own_port), timeout=1):
                return
            assert time.monotonic() < deadline, "pgbouncer does not listen"
            time.sleep(0.05)

    def close(self) -> None:
        """Stop it and take its folder away."""
        self._process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(10)
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self._folder)
