"""The caller's time bounds a call by the clock, however a server makes it last."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from connect_sms import ConnectSmsError, NoResponse, OutcomeUnknown, Retries, Timeout, WaitTimeout
from tests.support import NUMBER, TEXT
from tests.support.certificates import authority_or_skip
from tests.support.dribble import DribblingServer
from tests.support.paths import ROOT
from tests.support.transports import GOODBYE, TRANSPORTS, client_on, only_httpx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

GIVEN = 0.5
#: What a call may take beyond what it was given: giving up, and a busy machine.
GRACE = 0.8
DRIBBLE = 2.5
ROADS = ("body", "headers and body", "over TLS")


def in_turn(leaving_out: int) -> pytest.MarkDecorator:
    """Every transport on two of the three roads each day, on the third at night."""
    return pytest.mark.parametrize(
        ("transport", "server"),
        [
            pytest.param(
                transport, road, marks=[pytest.mark.nightly] if (first + second) % 3 == leaving_out else []
            )
            for first, transport in enumerate(TRANSPORTS)
            for second, road in enumerate(ROADS)
        ],
        indirect=True,
    )


@pytest.fixture(params=TRANSPORTS)
def transport(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "httpx, asyncio":
        only_httpx(monkeypatch)
    name: str = request.param
    return name


@pytest.fixture(params=ROADS)
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Where a dribbling server listens, and what a client of it needs."""
    authority = authority_or_skip(tmp_path) if request.param == "over TLS" else None
    dribbling = DribblingServer(
        DRIBBLE,
        from_the_start=request.param == "headers and body",
        tls=authority.server if authority else None,
    )
    with dribbling:
        yield dribbling.url, {"tls": authority.client} if authority else {}


def timed(transport: str, url: str, call: Callable[[Any], Any], **settings: Any) -> tuple[float, Exception]:
    """Seconds that a call took, and what it raised."""
    client = client_on(transport, url, status_interval=0.01, **settings)

    def blocking() -> Any:
        with client:
            return call(client)

    async def wait() -> Any:
        try:
            async with client:
                return await call(client)
        finally:
            taken.append(time.monotonic() - began)
            await asyncio.sleep(2 * GOODBYE if url.startswith("https") else 0)

    taken: list[float] = []
    began = time.monotonic()
    with pytest.raises(ConnectSmsError) as caught:
        blocking() if transport == "httpx, blocking" else asyncio.run(wait())
    return (taken or [time.monotonic() - began])[0], caught.value


@in_turn(0)
def test_wait_ends_in_its_time(transport: str, server: tuple[str, dict[str, Any]]) -> None:
    took, error = timed(transport, server[0], lambda sms: sms.wait("a-umid", timeout=GIVEN), **server[1])
    assert isinstance(error, WaitTimeout)
    assert GIVEN - 0.1 < took < GIVEN + GRACE


@in_turn(1)
def test_a_send_ends_in_its_time_and_may_have_been_sent(
    transport: str, server: tuple[str, dict[str, Any]]
) -> None:
    took, error = timed(transport, server[0], lambda sms: sms.send(NUMBER, TEXT, timeout=GIVEN), **server[1])
    assert isinstance(error, OutcomeUnknown)
    assert took < GIVEN + GRACE


@pytest.mark.parametrize("server", ["body"], indirect=True)
def test_a_batch_ends_in_its_time(transport: str, server: tuple[str, dict[str, Any]]) -> None:
    def batch(sms: Any) -> Any:
        found = sms.send_batch([NUMBER], TEXT, timeout=GIVEN)

        async def unknown() -> None:
            raise OutcomeUnknown(reason=str((await found).unknown), client_message_id="")

        if transport != "httpx, blocking":
            return unknown()
        raise OutcomeUnknown(reason=str(found.unknown), client_message_id="")

    took, _ = timed(transport, server[0], batch, **server[1])
    assert took < GIVEN + GRACE


@pytest.mark.parametrize("server", ["body"], indirect=True)
def test_each_try_of_a_status_request_ends_in_its_time(
    transport: str, server: tuple[str, dict[str, Any]]
) -> None:
    once = Retries(tries=1)
    took, error = timed(
        transport, server[0], lambda sms: sms.status("a-umid", timeout=GIVEN), retries=once, **server[1]
    )
    assert isinstance(error, NoResponse)
    assert took < GIVEN + GRACE


@pytest.mark.parametrize("server", ["body"], indirect=True)
def test_a_download_ends_in_its_time(
    transport: str, server: tuple[str, dict[str, Any]], tmp_path: Path
) -> None:
    since = datetime.now(UTC) - timedelta(hours=1)
    took, _ = timed(
        transport,
        server[0],
        lambda sms: sms.download_log(tmp_path / "log.csv", since=since, timeout=GIVEN),
        **server[1],
    )
    assert took < GIVEN + GRACE


def test_a_slow_answer_that_comes_in_time_is_read(transport: str) -> None:
    """A deadline is no shorter than what was given: a dribble that ends earlier is waited for."""
    with DribblingServer(GIVEN / 2) as server:
        took, error = timed(
            transport,
            server.url,
            lambda sms: sms.send(NUMBER, TEXT, timeout=Timeout(connect=5, read=GIVEN * 4)),
        )
    assert isinstance(error, OutcomeUnknown)  # its body is cut off
    assert took >= GIVEN / 2 - 0.1


def test_control_a_timeout_of_reads_bounds_nothing() -> None:
    """httpx by itself: no read takes long, the answer takes as long as the server likes."""
    with DribblingServer(GIVEN + GRACE + 0.3) as server, httpx.Client(timeout=GIVEN) as client:
        began = time.monotonic()
        with pytest.raises(httpx.HTTPError):
            client.get(server.url)
    assert time.monotonic() - began > GIVEN + GRACE


_FROZEN = """
import sys, time
from connect_sms.sandbox import SandboxServer
import connect_sms
{freeze}
with SandboxServer() as sandbox, sandbox.client() as sms:
    sent = sms.send("+447700900123", "hi")
    sandbox.clock.freeze()
    {frozen}
    try:
        sms.wait(sent.umid, timeout=0.2)
    except connect_sms.WaitTimeout:
        print("gave up")
"""
_BY_HAND = _FROZEN.format(
    freeze="", frozen="time.monotonic = lambda: 1000.0; time.time = lambda: 1767225600.0"
)
_BY_FREEZEGUN = _FROZEN.format(
    freeze="import freezegun", frozen='freezegun.freeze_time("2026-01-01").start()'
)


@pytest.mark.parametrize("freezing", ["by hand", "freezegun"])
def test_wait_ends_though_a_test_stops_the_time(freezing: str) -> None:
    """freezegun stops `time.monotonic` too; what sleeps goes on sleeping."""
    if freezing == "freezegun" and find_spec("freezegun") is None:
        pytest.skip("freezegun is not installed: its effect is tested by hand alone")
    code = _BY_HAND if freezing == "by hand" else _BY_FREEZEGUN
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=20, check=False
    )
    assert done.stdout.strip() == "gave up", done.stderr
