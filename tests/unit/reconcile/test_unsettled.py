"""Sends without an answer, messages without a send, and receipts that may be of several messages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from connect_sms import Outcome
from connect_sms.models.sent import SentMessage
from connect_sms.reconcile import html, reconcile, retryable, summary
from tests.support.receipt_samples import receipt

if TYPE_CHECKING:
    from connect_sms.reconcile import Report
    from tests.unit.reconcile.conftest import World

HOUR = 3600.0
DELIVERED = "+447700900123"
LATE = datetime(9000, 1, 1, tzinfo=UTC)


def ask(world: World, **options: Any) -> Report:
    return reconcile(world.client, world.store, sent_since=world.clock.now() - timedelta(days=30), **options)


def handed_over(world: World, own_id: str, *, deadline: datetime) -> None:
    message = SentMessage(
        client_message_id=own_id,
        destination=DELIVERED,
        sent_at=world.clock.now(),
        outcome=Outcome.HANDING_OVER,
    )
    world.store.hand_over([message], deadline=deadline)


def test_a_message_whose_sender_was_killed_is_looked_for_in_the_log(world: World) -> None:
    world.deaf()
    with world.sandbox.client(clock=world.clock) as killed:
        killed.send(DELIVERED, "Hello", client_message_id="accepted")
    for own_id in ("accepted", "never accepted"):
        handed_over(world, own_id, deadline=world.clock.now())
    world.clock.advance(HOUR)
    report = ask(world)
    assert (report.findings.lost_before, report.findings.log_used) == (2, 1)
    assert {row.client_message_id: row.outcome for row in report.statuses()} == {
        "accepted": Outcome.DELIVERED,
        "never accepted": Outcome.UNKNOWN,
    }
    assert (report.totals.total, report.findings.others) == (2, 0)


def test_a_message_that_is_being_handed_over_is_neither_looked_for_nor_sent_again(world: World) -> None:
    handed_over(world, "now", deadline=LATE)
    world.clock.advance(HOUR)
    report = ask(world)
    assert (report.findings.open_before, world.sandbox.requests.count("export")) == (0, 0)
    assert report.totals.to_dict()["outcomes"] == {"handing_over": 1}
    assert list(retryable(report)) == []
    for said in (summary(report), html(report)):
        assert "being handed over now" in said
        assert (
            "1 was still being handed over by a process that runs: reconcile again when it has ended." in said
        )


def test_messages_that_nobody_recorded_as_sent_are_counted(world: World) -> None:
    with world.sandbox.client(clock=world.clock) as other:
        for _ in range(2):
            other.send(DELIVERED, "Hello")
    world.client.send(DELIVERED, "Hello")
    world.clock.advance(HOUR)
    for include, total, where in ((False, 1, "not counted above"), (True, 3, "counted above")):
        report = ask(world, include_others=include)
        assert (report.totals.total, report.findings.others) == (total, 2)
        assert report.to_dict()["findings"]["others"] == 2
        sentence = f"2 further messages were in the store without a record of a send, {where}."
        assert sentence in summary(report)
        assert sentence in html(report)


def test_receipts_that_may_be_of_several_messages_are_counted(world: World) -> None:
    sent = [
        SentMessage(client_message_id=f"c-{n}", umid="u-1", destination=DELIVERED, sent_at=world.clock.now())
        for n in range(3)
    ]
    world.store.record_sent(sent)
    world.store.record([receipt("u-1", clientMessageId=None), receipt("u-1", clientMessageId="c-1")])
    world.clock.advance(HOUR)
    report = ask(world, max_polls=0, use_log=False)
    assert (report.totals.total, report.findings.ambiguous) == (3, 1)
    assert report.totals.outcomes[Outcome.DELIVERED] == 1
    assert report.to_dict()["findings"]["ambiguous"] == 1
    for said in (summary(report), html(report)):
        assert "1 receipt was counted for no message: several share the UMID" in said
