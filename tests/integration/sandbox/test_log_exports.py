"""Log exports over a socket."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from connect_sms import ManualClock
from connect_sms.sandbox import SandboxClock, SandboxServer
from tests.support.sandbox_api import NUMBER, Api
from tests.support.sandbox_fixtures import PLAIN

if TYPE_CHECKING:
    from pathlib import Path

    from connect_sms import LogFile


def test_the_link_leads_to_the_server_that_gave_it(wired: Api) -> None:
    wired.send()
    job_id = wired.http.post("/sandbox/messages/exports", json={}).json()["jobId"]
    wired.sandbox.clock.advance(5)
    [link] = wired.http.get(f"/sandbox/messages/exports/{job_id}").json()["data"]
    assert link.startswith(f"{wired.sandbox.base_url}/sandbox/messages/download/")
    assert httpx.get(link, **PLAIN).text.startswith("umid,")


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_both_clients_download_it_also_when_it_breaks_off(tmp_path: Path, kind: str) -> None:
    clock = SandboxClock(factor=2_000, start=time.time() - 1_800)
    with SandboxServer(clock=clock, status_per_second=None) as server:
        server.fail_next("reset-answer", operation="export-file")
        server.fail_next("truncated-answer", operation="export-file")
        to, since = tmp_path / "log.csv", clock.when() - timedelta(hours=1)
        options: dict[str, Any] = {"clock": ManualClock(clock.when() + timedelta(hours=10))}

        def blocking() -> LogFile:
            with server.client(**options) as sms:
                sms.send_batch([NUMBER] * 500, "Hello")
                return sms.download_log(to, since=since)

        async def in_a_loop() -> LogFile:
            async with server.async_client(**options) as sms:
                await sms.send_batch([NUMBER] * 500, "Hello")
                return await sms.download_log(to, since=since)

        found = blocking() if kind == "sync" else asyncio.run(in_a_loop())
        assert found.size == to.stat().st_size
        assert len(to.read_text().splitlines()) == 501
        assert server.requests.count("export-file") == 3
