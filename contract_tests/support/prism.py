"""A Prism mock server for the time of a `with` block.

What was learnt the hard way, and is built in here: npx leaves its child listening when it is killed, so node
is started itself; there is no port 0, so a free one is looked for; a server left over on that port would
answer in place of ours, so each is asked for a word that only it can know; and at the end the whole process
group goes.
"""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

import httpx

from contract_tests.contract import ROOT

_NODE_MODULES: Final = ROOT / "contract_tests" / "node" / "node_modules"
_SCRIPT: Final = _NODE_MODULES / ".bin" / "prism"
_SECONDS_TO_START: Final = 60.0
_STARTS: Final = 3


class PrismError(Exception):
    """Prism cannot be started; the text says why, in words for whoever started it."""


class Prism(NamedTuple):
    """A mock that is running."""

    url: str
    process: "subprocess.Popen[bytes]"
    log: Path


def missing() -> str:
    """What has to be installed first; nothing when Prism can be started."""
    if shutil.which("node") is None:
        return "Node.js was not found. The mock server needs Node 20.19 or newer: https://nodejs.org"
    if not _SCRIPT.exists():
        return "The mock server is not installed yet. `make demo` and `make contract` install it."
    return ""


def without_callbacks(document: Mapping[str, Any]) -> dict[str, Any]:
    """A copy that posts no receipts: a fuzzer puts addresses of real hosts into its URLs."""
    paths = {
        path: {
            method: {name: part for name, part in operation.items() if name != "callbacks"}
            if isinstance(operation, dict)
            else operation
            for method, operation in item.items()
        }
        for path, item in document["paths"].items()
    }
    return {**document, "paths": paths}


@contextmanager
def serving(document: Mapping[str, Any]) -> Generator[Prism]:
    """Serve a document on a free port of this machine.

    Raises:
        PrismError: It does not start.
    """
    if complaint := missing():
        raise PrismError(complaint)
    with tempfile.TemporaryDirectory() as folder:
        prism = _start(document, Path(folder))
        try:
            yield prism
        finally:
            _stop(prism.process)


def _start(document: Mapping[str, Any], folder: Path) -> Prism:
    nonce = secrets.token_hex(16)
    path = folder / "contract.json"
    path.write_text(json.dumps(_with_nonce(document, nonce)), "utf-8")
    log = folder / "prism.log"
    for _ in range(_STARTS):
        port = _free_port()
        command = [
            "node",
            str(_SCRIPT),
            "mock",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--verboseLevel",
            "warn",
        ]
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*command, str(path)], stdout=output, stderr=subprocess.STDOUT, start_new_session=True
            )
        prism = Prism(f"http://127.0.0.1:{port}", process, log)
        try:
            if _comes_up(prism, nonce):
                return prism
        except BaseException:
            _stop(process)
            raise
        _stop(process)
    raise PrismError(f"Prism did not start:\n{log.read_text('utf-8', 'replace')[-2000:]}")


def _with_nonce(document: Mapping[str, Any], nonce: str) -> dict[str, Any]:
    word = {"application/json": {"schema": {"type": "string"}, "example": nonce}}
    path = {
        "get": {
            "operationId": "nonce",
            "security": [],
            "responses": {"200": {"description": "", "content": word}},
        }
    }
    return {**document, "paths": {**document["paths"], f"/{nonce}": path}}


def _comes_up(prism: Prism, nonce: str) -> bool:
    deadline = time.monotonic() + _SECONDS_TO_START
    with httpx.Client(trust_env=False, timeout=5) as client:
        while prism.process.poll() is None and time.monotonic() < deadline:
            try:
                if client.get(f"{prism.url}/{nonce}").json() == nonce:
                    return True
            except (httpx.TransportError, ValueError):
                pass
            time.sleep(0.05)
    return False


def _stop(process: "subprocess.Popen[bytes]") -> None:
    for kind in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is None:
            try:
                os.killpg(process.pid, kind)
                process.wait(timeout=5)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue
    process.wait()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
