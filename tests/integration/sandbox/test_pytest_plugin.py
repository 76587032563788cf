"""The pytest plugin, in a test suite that has nothing to do with this one; see also `test_examples`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.processes import PLUGIN_ALONE, python

if TYPE_CHECKING:
    from pathlib import Path

TESTS = """
import asyncio
import pytest


@pytest.mark.parametrize("run", range(3))
def test_it_is_fresh_every_time(sms_sandbox, run):
    assert len(sms_sandbox.messages) == 0
    with sms_sandbox.client() as sms:
        sent = sms.send("+447700900123", "Hello", sender="ACME")
    message = sms_sandbox.messages[0]
    assert (message.umid, message.text) == (sent.umid, "Hello")


@pytest.mark.sms_sandbox(factor=0)
def test_a_marker_freezes_the_clock(sms_sandbox):
    with sms_sandbox.client() as sms:
        sent = sms.send("+447700900123", "Hello")
        sms_sandbox.clock.advance(10)
        assert sms.status(sent.umid).outcome == "delivered"


def test_its_clock_runs_fast(sms_sandbox):
    assert sms_sandbox.clock.factor == 100


def test_without_a_socket(sms_sandbox_inprocess):
    with sms_sandbox_inprocess.client() as sms:
        batch = sms.send_batch(["+447700900123", "+447700900990"], text="Hello")
    assert (len(batch.accepted), len(batch.rejected)) == (1, 1)


@pytest.mark.parametrize("fixture", ["sms_sandbox", "sms_sandbox_inprocess"])
def test_an_async_client(request, fixture):
    sandbox = request.getfixturevalue(fixture)

    async def main():
        async with sandbox.async_client() as sms:
            return await sms.send("+447700900123", "Hello")

    assert asyncio.run(main()).umid == sandbox.messages[0].umid
"""


def test_it_works_in_another_suite_with_strict_settings(tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(TESTS, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\naddopts = --strict-markers\nfilterwarnings = error\n", encoding="utf-8"
    )
    plugins = ("-p", "no:cacheprovider", "-p", "connect_sms.sandbox.pytest_plugin")
    done = python("-m", "pytest", "-q", *plugins, str(tmp_path), **PLUGIN_ALONE)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "8 passed" in done.stdout


def test_without_its_optional_part_it_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text('import sys\nsys.modules["uvicorn"] = None\n', encoding="utf-8")
    (tmp_path / "test_mine.py").write_text("def test_it(sms_sandbox):\n    pass\n", encoding="utf-8")
    plugins = ("-p", "no:cacheprovider", "-p", "connect_sms.sandbox.pytest_plugin")
    done = python("-m", "pytest", "-q", *plugins, str(tmp_path), **PLUGIN_ALONE)
    assert done.returncode == 1
    assert "MissingExtra: connect_sms.sandbox.SandboxServer needs an optional part" in done.stdout
    assert "pip install 'connect-sms[sandbox]'" in done.stdout
    assert "Traceback" not in done.stdout
    assert "ModuleNotFoundError" not in done.stdout
