"""The pytest plugin, used as a stranger would use it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.unit.sandbox.api import python

if TYPE_CHECKING:
    from pathlib import Path

TESTS = """
import asyncio
import pytest

URLS = []


def test_five_lines_do(sms_sandbox):
    with sms_sandbox.client() as sms:
        sent = sms.send("+447700900123", "Your code is 482910", sender="ACME")
    message = sms_sandbox.messages[0]
    assert (message.umid, message.text) == (sent.umid, "Your code is 482910")


@pytest.mark.parametrize("again", range(3))
def test_it_is_fresh_every_time(sms_sandbox, again):
    assert len(sms_sandbox.messages) == 0
    URLS.append(sms_sandbox.url)
    with sms_sandbox.client() as sms:
        sms.send("+447700900123", "Hello")


@pytest.mark.sms_sandbox(factor=0)
def test_a_marker_freezes_the_clock(sms_sandbox):
    with sms_sandbox.client() as sms:
        sent = sms.send("+447700900123", "Hello")
        sms_sandbox.clock.advance(10)
        assert sms.status(sent.umid).outcome == "delivered"


def test_it_travels_by_itself(sms_sandbox):
    assert sms_sandbox.clock.factor == 100


def test_an_async_client(sms_sandbox):
    async def main():
        async with sms_sandbox.async_client() as sms:
            return await sms.send("+447700900123", "Hello")

    assert asyncio.run(main()).umid == sms_sandbox.messages[0].umid


def test_a_fault(sms_sandbox):
    from connect_sms.errors import OutcomeUnknown

    sms_sandbox.fail_next("reset-after-accept")
    with sms_sandbox.client() as sms, pytest.raises(OutcomeUnknown):
        sms.send("+447700900123", "Hello", client_message_id="order-7")
    assert sms_sandbox.requests.count("send") == 1
    assert sms_sandbox.accepted.times(client_message_id="order-7") == 1


def test_without_a_socket(sms_sandbox_inprocess):
    with sms_sandbox_inprocess.client() as sms:
        batch = sms.send_batch(["+447700900123", "+447700900990"], text="Hello")
    assert (len(batch.accepted), len(batch.rejected)) == (1, 1)


def test_without_a_socket_async(sms_sandbox_inprocess):
    async def main():
        async with sms_sandbox_inprocess.async_client() as sms:
            return await sms.send("+447700900123", "Hello")

    assert asyncio.run(main()).umid == sms_sandbox_inprocess.messages[0].umid
"""


def test_a_strangers_tests_pass(tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(TESTS, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\naddopts = --strict-markers\nfilterwarnings = error\n", encoding="utf-8"
    )
    plugins = [
        "-p",
        "no:cacheprovider",
        "-p",
        "no:asyncio",
        "-p",
        "no:schemathesis",
        "-p",
        "connect_sms.sandbox.plugin",
    ]
    done = python("-m", "pytest", "-q", *plugins, str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "10 passed" in done.stdout
