"""Reconciling against a sandbox that knows the truth."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from connect_sms import AuthenticationFailed, DeliveryErrors, InvalidArgument, Outcome, OutcomeUnknown
from connect_sms.models.outcomes import classify, combine
from connect_sms.models.status import MessageStatus
from connect_sms.reconcile import ReconcileProgress, Report, reconcile

if TYPE_CHECKING:
    from connect_sms import SmsClient
    from connect_sms.receipts import ReceiptStore
    from connect_sms.sandbox import SandboxMessage
    from tests.unit.reconcile.conftest import World

HOUR = 3600.0
DELIVERED = "+447700900123"

TABLE = DeliveryErrors.default()


def send_to_everybody(world: World, times: int = 1) -> None:
    """One message for every scenario of the sandbox, and for every delivery error."""
    numbers = [f"+4477009009{ending:02d}" for ending in range(30, 93)]
    numbers += [f"+4477009008{code:02d}" for code in range(62)]
    world.client.send_batch(numbers * times, "Hello", on_invalid="reject")


def send_unheard(world: World, count: int) -> None:
    """So many messages, an hour ago, that are delivered and of which no receipt was heard."""
    world.deaf()
    world.client.send_batch([DELIVERED] * count, "Hello")
    world.clock.advance(HOUR)


def ask(world: World, **options: Any) -> Report:
    options.setdefault("sent_since", world.clock.now() - timedelta(days=30))
    return reconcile(world.client, world.store, **options)


def outcomes(report: Report) -> dict[str | None, Outcome]:
    return {row.client_message_id: row.outcome for row in report.statuses()}


def truths(message: SandboxMessage) -> set[Outcome]:
    """What can be known of a message in the end: by whoever heard all, and by whoever sees the end alone."""
    if not message.accepted:
        return {Outcome.REJECTED}
    now = message.shared.context.clock.now()
    seen = [
        classify(change.state, change.detail, change.code, TABLE)[0]
        for at, change in message.state_changes()
        if at <= now
    ]
    return {combine(*seen), combine(Outcome.QUEUED, seen[-1])}


def assert_truth(world: World, report: Report) -> None:
    found = outcomes(report)
    truth = {message.client_message_id: truths(message) for message in world.sandbox.messages}
    assert found.keys() == truth.keys()
    assert [(key, found[key], known) for key, known in truth.items() if found[key] not in known] == []


def test_when_every_receipt_was_heard_nothing_is_asked_but_what_is_open(world: World) -> None:
    send_to_everybody(world)
    world.clock.advance(HOUR)
    report = ask(world, max_polls=200)
    assert_truth(world, report)
    open_now = {"43", "44", "40", "47", "48", "49"}
    assert report.findings.open_before >= len(open_now)
    assert report.findings.polled == report.findings.open_before
    assert (report.findings.log_rows, report.findings.problem) == (0, None)
    assert world.sandbox.requests.count("export") == 0


def test_when_no_receipt_was_heard_the_log_tells_all(world: World) -> None:
    world.deaf()
    send_to_everybody(world, times=2)
    world.clock.advance(HOUR)
    report = ask(world)
    assert_truth(world, report)
    assert report.findings.log_rows == len(world.sandbox.messages)
    assert (report.findings.polled, world.sandbox.requests.count("status")) == (0, 0)
    assert report.totals.total == len(world.sandbox.messages)


def test_a_few_are_asked_for_one_by_one_at_one_a_second(world: World) -> None:
    send_unheard(world, 5)
    started = world.clock.monotonic()
    report = ask(world, max_polls=5)
    assert_truth(world, report)
    assert report.findings.polled == 5
    assert world.clock.monotonic() - started >= 4
    assert world.sandbox.requests.count("export") == 0


def test_one_more_than_a_few_is_the_log(world: World) -> None:
    send_unheard(world, 6)
    assert ask(world, max_polls=5).findings.log_used == 6


def test_a_send_whose_answer_was_lost_is_found_by_its_own_id(world: World) -> None:
    world.deaf()
    for when, name in (("after", "lost-1"), ("before", "lost-2")):
        world.sandbox.fail_next(f"reset-{when}-accept")
        with pytest.raises(OutcomeUnknown):
            world.client.send(DELIVERED, "Hello", client_message_id=name)
    world.clock.advance(HOUR)
    report = ask(world, max_polls=60)
    assert report.findings.lost_before == 2
    found = outcomes(report)
    assert found == {"lost-1": Outcome.DELIVERED, "lost-2": Outcome.UNKNOWN}
    [row] = [row for row in report.statuses() if row.client_message_id == "lost-1"]
    assert row.umid == world.sandbox.messages[0].umid
    assert row.destination == DELIVERED


def test_doing_it_again_changes_nothing_and_asks_only_for_what_is_open(world: World) -> None:
    world.deaf()
    send_to_everybody(world)
    world.clock.advance(HOUR)
    since = world.clock.now() - timedelta(days=1)
    until = world.clock.now()
    first = ask(world, sent_since=since, sent_until=until)
    second = ask(world, sent_since=since, sent_until=until)
    assert sorted(first.statuses(), key=repr) == sorted(second.statuses(), key=repr)
    assert first.totals == second.totals
    assert second.findings.open_before < first.findings.open_before


def test_after_48_hours_silence_is_no_receipt(world: World) -> None:
    world.client.send_batch(["+447700900943", "+447700900944", "+447700900940", DELIVERED], "Hello")
    world.clock.advance(49 * HOUR)
    report = ask(world)
    assert report.findings.no_receipt == 2
    assert Counter(row.outcome for row in report.statuses()) == {
        Outcome.NO_RECEIPT: 2,
        Outcome.DELIVERED_TO_OPERATOR: 1,
        Outcome.DELIVERED: 1,
    }
    assert {row.failure_reason for row in report.statuses() if row.outcome is Outcome.NO_RECEIPT} == {
        "no receipt within 48 h"
    }
    assert ask(world).findings == type(report.findings)()


def test_only_what_was_sent_in_the_span_counts(world: World) -> None:
    times: list[datetime] = []
    for name in ("before", "within", "after"):
        times.append(world.clock.now())
        world.client.send(DELIVERED, "Hello", client_message_id=name)
        world.clock.advance(HOUR)
    _, start, end = times
    assert set(outcomes(ask(world, sent_since=start, sent_until=end))) == {"within"}


def test_what_others_send_on_the_account_counts_only_when_asked_for(world: World) -> None:
    world.client.send(DELIVERED, "Hello", client_message_id="mine")
    with world.sandbox.client(clock=world.clock) as other:
        # The operator has it, and says no more: it stays open.
        other.send("+447700900940", "Hello", client_message_id="theirs, open")
    world.clock.advance(HOUR)
    report = ask(world)
    assert (set(outcomes(report)), report.findings.open_before) == ({"mine"}, 0)
    report = ask(world, include_others=True)
    assert set(outcomes(report)) == {"mine", "theirs, open"}
    assert report.findings.open_before == 1


def test_the_log_adds_nobody_who_was_not_looked_for(world: World) -> None:
    world.deaf()
    world.client.send_batch([DELIVERED] * 3, "Hello")
    with world.sandbox.client(clock=world.clock) as other:
        other.send_batch([DELIVERED] * 7, "Hello")
    world.clock.advance(HOUR)
    report = ask(world, max_polls=0)
    assert (report.findings.log_rows, report.findings.log_used) == (10, 3)
    assert sum(1 for _ in world.store.statuses()) == 3


@pytest.mark.parametrize("fault", ["error-before;status=403", "error-before;status=500", "not-json"])
def test_without_a_log_a_few_are_asked_for_and_the_rest_is_said(world: World, fault: str) -> None:
    send_unheard(world, 10)
    world.sandbox.fail_next(fault, operation="export", times=None)
    report = ask(world, max_polls=4)
    assert report.findings.polled == 4
    assert report.findings.problem is not None
    assert report.findings.problem.startswith("8x8's log could not be had (")
    assert "6 messages were not asked for" in report.findings.problem
    assert report.totals.outcomes == {Outcome.DELIVERED: 4, Outcome.QUEUED: 6}


def test_a_log_that_fails_is_said(world: World) -> None:
    send_unheard(world, 2)
    world.sandbox.configure(export_ends="failed")
    assert "ExportFailed" in (ask(world, max_polls=1).findings.problem or "")


def test_the_log_can_be_left_out(world: World) -> None:
    send_unheard(world, 3)
    report = ask(world, max_polls=1, use_log=False)
    assert (report.findings.polled, world.sandbox.requests.count("export")) == (1, 0)
    assert report.findings.problem == "8x8's log was not to be used; 2 messages were not asked for"


def test_nothing_more_is_asked_after_the_deadline(world: World) -> None:
    send_unheard(world, 30)
    report = ask(world, max_polls=30, deadline=10)
    assert 5 <= report.findings.polled <= 10
    assert "no time was left to ask for" in (report.findings.problem or "")


def test_a_status_request_that_fails_does_not_stop_the_others(world: World) -> None:
    world.deaf()
    world.client.send_batch([DELIVERED] * 3, "Hello")
    world.store.record([MessageStatus(umid="nobody's", outcome=Outcome.SENT, sent_at=world.clock.now())])
    world.clock.advance(HOUR)
    world.sandbox.fail_next("not-json", operation="status")
    report = ask(world)
    assert (report.findings.open_before, report.findings.polled) == (4, 2)
    assert report.findings.problem is not None


def test_a_wrong_key_stops_everything(world: World) -> None:
    send_unheard(world, 1)
    wrong = world.client.with_options(api_key="another-key")
    for tail in (0, 5):
        with pytest.raises(AuthenticationFailed):
            reconcile(wrong, world.store, sent_since=world.clock.now() - timedelta(days=1), max_polls=tail)


@pytest.mark.parametrize(
    ("wrong", "argument"),
    [
        ({"sent_since": datetime(2026, 1, 1)}, "sent_since"),
        ({"sent_since": "yesterday"}, "sent_since"),
        ({"sent_since": datetime(2099, 1, 1, tzinfo=UTC)}, "sent_since"),
        ({"sent_until": datetime(2026, 1, 1)}, "sent_until"),
        ({"accepted": [".."]}, "accepted"),
        ({"accepted": [7]}, "accepted"),
        ({"max_polls": -1}, "max_polls"),
        ({"max_polls": True}, "max_polls"),
        ({"max_polls": 1.5}, "max_polls"),
    ],
)
def test_a_wrong_argument_is_refused(world: World, wrong: dict[str, Any], argument: str) -> None:
    with pytest.raises(InvalidArgument) as error:
        ask(world, **wrong)
    assert error.value.argument == argument


def test_of_nothing_there_is_a_report_of_nothing(world: World) -> None:
    report = ask(world)
    assert (report.totals.total, report.totals.delivered_share, list(report.statuses())) == (0, None, [])


def test_it_says_how_far_it_has_come(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connect_sms.reconcile.reconciler._PAGE", 100)
    world.deaf()
    send_to_everybody(world, times=2)
    world.clock.advance(HOUR)
    seen: list[ReconcileProgress] = []
    report = ask(world, progress=seen.append)
    steps = [step.step for step in seen]
    assert list(dict.fromkeys(steps)) == ["looking", "exporting", "reading", "counting"]
    assert seen[-1] == ReconcileProgress("counting", report.totals.total, report.totals.total)
    assert report.totals.total > 200
    for step in set(steps):
        done = [entry.done for entry in seen if entry.step == step]
        assert done == sorted(done)


def test_a_client_that_keeps_no_notes_will_do(world: World, store: ReceiptStore) -> None:
    send_unheard(world, 1)
    plain: SmsClient = world.client.with_options(receipts=None)
    report = reconcile(plain, store, sent_since=world.clock.now() - timedelta(days=1))
    assert report.totals.outcomes == {Outcome.DELIVERED: 1}


def test_some_receipts_lost_some_not_the_report_is_the_truth(world: World) -> None:
    world.heard = lambda place: place % 3 != 0
    send_to_everybody(world, times=3)
    world.clock.advance(HOUR)
    assert_truth(world, ask(world))
