"""Ready clients, over a socket and without one, and many of them at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx
import pytest

from connect_sms.errors.calls import OutcomeUnknown
from connect_sms.sandbox import Sandbox, SandboxServer
from connect_sms.sandbox.pytest_plugin import sms_sandbox_inprocess
from tests.support.sandbox_api import KEY, NUMBER, OTHER, Api
from tests.support.sandbox_fixtures import PLAIN

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["sms_sandbox_inprocess"]


@pytest.fixture(params=["socket", "in-process"])
def either(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    kind = SandboxServer if request.param == "socket" else Sandbox
    with kind(factor=0, status_per_second=None) as running:
        yield running


def test_a_ready_client_sends_and_asks(either: Sandbox) -> None:
    with either.client() as sms:
        sent = sms.send(NUMBER, "Your code is 482910", sender="ACME")
        either.clock.advance(2)
        assert sms.status(sent.umid).outcome == "delivered"
    assert either.messages[0].source == "ACME"


def test_a_ready_client_takes_further_options(either: Sandbox) -> None:
    with either.client(sub_account_id="nobody") as sms, pytest.raises(Exception, match="1001"):
        sms.send(NUMBER, "Hello")


async def test_a_ready_async_client_sends_a_batch(either: Sandbox) -> None:
    async with either.async_client() as sms:
        result = await sms.send_batch([NUMBER, OTHER, "+447700900990"], text="Hello")
    assert (len(result.accepted), len(result.rejected)) == (2, 1)
    assert either.accepted.by_destination() == {NUMBER: 1, OTHER: 1}


def test_an_answer_that_is_lost_is_an_unknown_outcome_and_the_log_knows_better(either: Sandbox) -> None:
    either.fail_next("reset-after-accept", operation="send")
    with either.client() as sms, pytest.raises(OutcomeUnknown):
        sms.send(NUMBER, "Hello", client_message_id="order-7")
    assert either.requests.count("send") == 1
    assert either.accepted.times(client_message_id="order-7") == 1


@pytest.mark.sandbox(accounts={"a-key": frozenset({"one"})})
def test_a_ready_client_uses_an_account_that_exists(sandbox: Sandbox) -> None:
    with sandbox.client() as sms:
        assert sms.send(NUMBER, "Hello").umid == sandbox.messages[0].umid


@pytest.mark.sms_sandbox(factor=0, currency="USD")
def test_a_marker_gives_the_fixture_its_settings(sms_sandbox_inprocess: Sandbox) -> None:
    assert sms_sandbox_inprocess.clock.frozen
    settings = sms_sandbox_inprocess.settings
    assert (settings.currency, settings.status_per_second) == ("USD", None)


def test_many_callers_at_once_lose_nothing_and_share_no_umid(wired: Api, server: SandboxServer) -> None:
    start = threading.Barrier(8)

    def send(caller: int) -> list[str]:
        with httpx.Client(
            base_url=server.base_url, headers={"Authorization": f"Bearer {KEY}"}, **PLAIN
        ) as http:
            start.wait(10)
            own = Api(http, server)
            return [own.umid(clientMessageId=f"{caller}-{place}") for place in range(25)]

    with ThreadPoolExecutor(8) as pool:
        umids = [umid for sent in pool.map(send, range(8)) for umid in sent]
    assert len(set(umids)) == 200
    assert len(server.accepted) == server.requests.count("send") == 200
    assert server.accepted.twice() == {}
    assert wired.status(umids[100]).is_success
