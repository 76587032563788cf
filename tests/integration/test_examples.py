"""The examples run as they stand, in processes of their own, against a sandbox."""

from __future__ import annotations

import csv
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import replace
from importlib import metadata
from typing import TYPE_CHECKING, Literal

import httpx
import pytest
from packaging.requirements import Requirement

from connect_sms import Outcome
from connect_sms.receipts import open_store
from connect_sms.sandbox import OAuthClient, SandboxServer
from tests.support.cli_fixtures import environment_of
from tests.support.paths import ROOT
from tests.support.processes import PLUGIN_ALONE, python, start
from tests.support.sandbox_fixtures import PLAIN

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

EXAMPLES = ROOT / "examples"
AUTHORIZATION = "Basic cmVjZWlwdHM6c2VjcmV0"


@pytest.fixture
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer(factor=10_000, status_per_second=None) as running:
        yield running


def run(sandbox: SandboxServer, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """An example, as the environment lets it find the sandbox."""
    return python(str(EXAMPLES / name), *arguments, **environment_of(sandbox))


def test_send_one_follows_a_message_and_says_why_it_was_not_delivered(sandbox: SandboxServer) -> None:
    done = run(sandbox, "send_one.py", "+447700900123", "Your code is 482910")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"Accepted by 8x8 as {sandbox.messages[0].umid}\nOutcome: delivered" in done.stdout
    done = run(sandbox, "send_one.py", "+447700900960", "Your code is 482910")
    assert done.returncode == 0
    assert "Outcome: failed\nBecause: Unknown subscriber. " in done.stdout


def test_send_one_tells_what_was_not_sent_from_what_may_have_been(sandbox: SandboxServer) -> None:
    refused = run(sandbox, "send_one.py", "+44", "Your code is 482910")
    assert refused.returncode == 1
    assert refused.stdout.startswith("It was not sent: ")
    sandbox.fail_next("reset-after", operation="send")
    lost = run(sandbox, "send_one.py", "+447700900123", "Your code is 482910")
    assert lost.returncode == 2
    assert lost.stdout.startswith("It may have been sent, as ")
    assert len(sandbox.accepted) == 1


def test_the_batch_has_a_result_for_each_row(sandbox: SandboxServer, tmp_path: Path) -> None:
    recipients, results = tmp_path / "recipients.csv", tmp_path / "results.csv"
    shipped = (EXAMPLES / "recipients.csv").read_text(encoding="utf-8")
    recipients.write_text(f"{shipped}+447700900990,Hello,\nnobody,Hello,\n", encoding="utf-8")
    done = run(sandbox, "batch_from_csv.py", str(recipients), str(results))
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == "3 accepted, 2 rejected, 0 unknown, 0 not sent\n"
    with results.open(newline="", encoding="utf-8") as file:
        rows = {row["destination"]: row for row in csv.DictReader(file)}
    assert {number: row["result"] for number, row in rows.items()} == {
        "+447700900123": "accepted",
        "+447700900124": "accepted",
        "+12025550123": "accepted",
        "+447700900990": "rejected",
        "nobody": "rejected",
    }
    assert rows["+12025550123"]["umid"] == sandbox.messages.to("+12025550123")[0].umid
    assert sandbox.accepted.times(client_message_id="table-3") == 1


@contextmanager
def served(name: str, store: Path, **variables: str) -> Generator[str]:
    """An example that serves HTTP; its URL."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    variables |= {"CONNECT_SMS_RECEIPT_AUTHORIZATION": AUTHORIZATION, "PORT": str(port)}
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    child = start(str(EXAMPLES / name), pipes=silent, RECEIPT_STORE=str(store), **variables)
    try:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert child.poll() is None
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        child.terminate()
        child.wait(30)


def needs_newer_starlette() -> bool:
    """Whether FastAPI is installed beside a Starlette that is too old for it, though not for the sandbox."""
    wanted = map(Requirement, metadata.requires("fastapi") or [])
    return any(
        not one.specifier.contains(metadata.version("starlette")) for one in wanted if one.name == "starlette"
    )


@pytest.mark.parametrize(
    ("name", "path"),
    [
        pytest.param(
            "fastapi_receipts.py",
            "/receipts/",
            marks=pytest.mark.skipif(needs_newer_starlette(), reason="FastAPI needs a newer Starlette"),
        ),
        ("flask_receipts.py", "/receipts"),
    ],
)
def test_receipts_are_stored(name: str, path: str, tmp_path: Path) -> None:
    with (
        served(name, tmp_path / "receipts.db") as url,
        SandboxServer(factor=0, receipt_authorization=AUTHORIZATION) as sandbox,
    ):
        with sandbox.client() as sms:
            sent = sms.send("+447700900123", "Hello", client_message_id="order-1", receipt_url=url + path)
        sandbox.clock.advance(60)
        assert [attempt.result for attempt in sandbox.receipts.log] == [200, 200]
        found = httpx.get(f"{url}/messages/order-1", **PLAIN)
        assert found.json() == {"umid": sent.umid, "outcome": "delivered"}
        assert httpx.get(f"{url}/messages/order-2", **PLAIN).status_code == 404
        assert httpx.post(url + path, json={}, **PLAIN).status_code == 401


@pytest.mark.parametrize("location", ["header", "body"])
def test_a_token_is_fetched_with_client_credentials(
    location: Literal["header", "body"], tmp_path: Path
) -> None:
    store = tmp_path / "receipts.db"
    credentials = {"CLIENT_ID": "8x8", "CLIENT_SECRET": "5ecret", "SIGNING_KEY": "k3y"}
    with served("oauth_receipts.py", store, **credentials) as url, SandboxServer(factor=0) as sandbox:
        right = OAuthClient(
            url=f"{url}/token",
            client_id="8x8",
            client_secret="5ecret",
            credentials_location=location,
            scope="receipts",
        )
        with sandbox.client() as sms:
            for client in (replace(right, client_secret="wrong"), right):
                sandbox.configure(receipt_url=f"{url}/receipts", receipt_oauth=client)
                sms.send("+447700900123", "Hello")
                sandbox.clock.advance(0.5)
        sandbox.clock.advance(60)
        results = [attempt.result for attempt in sandbox.receipts.log]
        for token in ("", "Bearer", "Bearer forged.token"):
            stranger = {"authorization": token}
            assert httpx.post(f"{url}/receipts", json={}, headers=stranger, **PLAIN).status_code == 401
    assert results[0] == "error", "with a wrong secret there is no token"
    assert set(results[1:]) == {200}
    with open_store(store) as opened:
        assert [status.outcome for status in opened.statuses()] == [Outcome.DELIVERED, Outcome.DELIVERED]


def test_the_tests_with_the_fixture_pass(tmp_path: Path) -> None:
    copy = tmp_path / "test_with_sandbox.py"
    copy.write_bytes((EXAMPLES / copy.name).read_bytes())
    plugins = ("-p", "no:cacheprovider", "-p", "connect_sms.sandbox.pytest_plugin")
    done = python("-m", "pytest", "-q", *plugins, str(copy), **PLUGIN_ALONE)
    assert "3 passed" in done.stdout, done.stdout + done.stderr


def test_every_example_is_short_and_named_in_the_readme() -> None:
    readme = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    for example in EXAMPLES.glob("*.py"):
        assert len(example.read_text(encoding="utf-8").splitlines()) <= 60, example.name
        assert f"]({example.name})" in readme
