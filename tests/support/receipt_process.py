"""A receiver in a process of its own, to be killed, starved or held up; and somebody who posts to it."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from tests.support.processes import environment
from tests.support.receipt_samples import as_json, receipt_document

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "Basic cmVjZWlwdHM6b25seQ=="
PATIENCE = 60.0

_SERVE = """
import sys
from connect_sms.receipts import Receiver, WebhookAuth, open_store, serve
place, secret, busy, deadline = sys.argv[1:]
with open_store(place, busy_timeout=float(busy)) as store:
    receiver = Receiver(store, WebhookAuth(secret), body_deadline=float(deadline))
    serve(receiver, port=0, head_deadline=float(deadline))
"""


class ReceiverProcess:
    """A receiver, for as long as the ``with`` block lasts.

    Attributes:
        process: Its process.
        url: Where it listens.
    """

    def __init__(self, command: list[str]) -> None:
        env = environment() | {"CONNECT_SMS_RECEIPT_AUTHORIZATION": SECRET}
        out = subprocess.PIPE
        self.process = subprocess.Popen(command, env=env, stdout=out, stderr=subprocess.STDOUT, text=True)
        self.url = ""

    @classmethod
    def by_command(cls, store: Path) -> Self:
        """As `connect-sms receipts serve`."""
        where = ["--store", str(store), "--port", "0"]
        return cls([sys.executable, "-m", "connect_sms.cli", "receipts", "serve", *where])

    @classmethod
    def by_hand(
        cls, store: Path, *, busy_timeout: float = 0.2, deadline: float = 10.0, powerless: bool = False
    ) -> Self:
        """With limits of its own; `powerless`, held to the modes of files even when root."""
        given = [str(store), SECRET, str(busy_timeout), str(deadline)]
        command = [sys.executable, "-c", _SERVE, *given]
        return cls([*(_without_power() if powerless else []), *command])

    def ready(self) -> Self:
        """Wait until it listens."""
        said: list[str] = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            said.append(line)
            if line.startswith("receiving on "):
                self.url = line.split()[2]
                return self
        raise AssertionError("".join(said))

    def kill(self) -> None:
        """As the kernel does when memory runs out."""
        self.process.send_signal(signal.SIGKILL)
        assert self.process.wait(PATIENCE) == -signal.SIGKILL

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait(PATIENCE)
        if self.process.stdout is not None:
            self.process.stdout.close()


def _without_power() -> list[str]:
    if os.geteuid():
        return []
    setpriv = shutil.which("setpriv")
    return [setpriv, "--bounding-set=-dac_override,-dac_read_search"] if setpriv else []


class Poster:
    """A kept-alive connection of a sender's."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)

    def receipt(self, umid: str) -> int:
        """Post a receipt; the status of the answer.

        Raises:
            OSError: There was none.
            http.client.HTTPException: It was none.
        """
        self._connection.request("POST", "/", as_json(receipt_document(umid)), {"Authorization": SECRET})
        answer = self._connection.getresponse()
        answer.read()
        return answer.status

    def close(self) -> None:
        """Hang up."""
        self._connection.close()
