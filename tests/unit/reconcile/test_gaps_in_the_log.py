"""Reconciling with a log that lacks messages, or cannot be read."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from connect_sms import Outcome
from connect_sms.models.sent import SentMessage
from tests.unit.reconcile.test_reconciler import DELIVERED, HOUR, ask, send_unheard

if TYPE_CHECKING:
    from tests.unit.reconcile.conftest import World


def send_long_ago(world: World) -> str:
    """The UMID of a message so old that no log of yesterday has it, and of which no receipt was heard."""
    world.deaf()
    with world.sandbox.client(clock=world.clock) as other:
        umid = other.send(DELIVERED, "Hello", client_message_id="long ago").umid
    world.clock.advance(240 * HOUR)
    return umid


def test_an_accepted_message_that_the_log_lacks_is_asked_for_singly(world: World) -> None:
    umid = send_long_ago(world)
    now = world.clock.now()
    note = SentMessage(client_message_id="long ago", umid=umid, destination=DELIVERED, sent_at=now)
    world.store.record_sent([note])
    send_unheard(world, 6)
    report = ask(world, sent_since=world.clock.now() - timedelta(days=1), max_polls=5)
    found = report.findings
    assert (found.log_used, found.log_lacks, found.polled, found.problem) == (6, 1, 1, None)
    assert report.totals.outcomes == {Outcome.DELIVERED: 7}


def test_of_very_many_that_the_log_lacks_a_few_are_asked_for_and_the_rest_is_said(world: World) -> None:
    now = world.clock.now()
    world.store.record_sent(
        SentMessage(client_message_id=f"m-{place}", umid=f"u-{place}", destination=DELIVERED, sent_at=now)
        for place in range(9)
    )
    world.clock.advance(HOUR)
    found = ask(world, max_polls=4).findings
    assert (found.log_rows, found.log_lacks, world.sandbox.requests.count("status")) == (0, 9, 4)
    assert found.problem == "5 messages were not asked for; 8x8 does not know some of the messages"


@pytest.mark.parametrize("max_polls", [0, 60])
def test_a_message_of_which_the_caller_alone_knows_is_asked_for(world: World, max_polls: int) -> None:
    umid = send_long_ago(world)
    with world.sandbox.client(clock=world.clock) as other:
        recent = other.send(DELIVERED, "Hello").umid
    world.clock.advance(HOUR)
    since = world.clock.now() - timedelta(days=1)
    report = ask(world, sent_since=since, accepted=iter([umid, recent]), max_polls=max_polls)
    assert report.findings.open_before == 2
    known = {status.umid for status in world.store.statuses() if status.outcome is Outcome.DELIVERED}
    assert known == ({umid, recent} if max_polls else {recent})
    again = ask(world, sent_since=since, accepted=[umid, recent], max_polls=max_polls)
    assert again.findings.open_before == (0 if max_polls else 1)


@pytest.mark.parametrize("body", ['umid,status\nu-1,delivered,"open\n', "no,log\n1,2\n"])
def test_a_log_that_cannot_be_read_is_said_and_a_few_are_asked_for(
    world: World, monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    send_unheard(world, 6)
    monkeypatch.setattr("connect_sms.sandbox.api.log_exports.csv_file", lambda _: body.encode())
    found = ask(world, max_polls=5).findings
    assert (found.polled, found.log_rows) == (5, 0)
    assert "8x8's log could not be had (ExportFailed: " in str(found.problem)


def test_rows_that_cannot_be_read_are_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    send_unheard(world, 2)
    rows = "".join(f"{message.umid},delivered,free\n" for message in world.sandbox.messages)
    body = f"umid,status,price\n{rows},delivered,\n".encode()
    monkeypatch.setattr("connect_sms.sandbox.api.log_exports.csv_file", lambda _: body)
    found = ask(world, max_polls=1).findings
    assert (found.log_used, found.log_in_doubt) == (2, 3)
    assert found.problem == "3 rows of 8x8's log could not be read whole"
