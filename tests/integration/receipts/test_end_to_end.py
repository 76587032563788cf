"""From the sending to the report: what the sandbox knows of each message, the report says."""

from __future__ import annotations

import csv
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

import pytest
from anyio.from_thread import start_blocking_portal

from connect_sms import ErrorCategory, Outcome
from connect_sms.models.delivery_errors import DeliveryErrors
from connect_sms.receipts import Receiver, WebhookAuth, in_thread, open_store
from connect_sms.reconcile import reconcile, write_csv
from connect_sms.sandbox import Sandbox, SandboxServer
from connect_sms.sandbox.clock import SandboxClock
from tests.support.receipt_process import SECRET
from tests.support.receiver_requests import request
from tests.support.sandbox_time import SandboxTime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from connect_sms.receipts import ReceiptStore
    from connect_sms.sandbox.messages import SandboxMessage
    from connect_sms.sandbox.scenarios import StateChange

HOUR = 3_600.0
ERRORS = DeliveryErrors.default()
ORDER = list(Outcome)


def meaning(change: StateChange) -> Outcome:
    """What a state of a scenario means, worked out here and not by the library's own reader of words."""
    match change.state, change.detail, change.code:
        case ("queued" | "sent" | "rejected" | "read") as word, _, _:
            return Outcome(word)
        case "delivered", "delivered_to_recipient", _:
            return Outcome.DELIVERED
        case "delivered", _, _:
            return Outcome.DELIVERED_TO_OPERATOR
        case "undelivered", _, 36:
            return Outcome.EXPIRED
        case "undelivered", _, code:
            still_tried = ERRORS[code or 0].category is ErrorCategory.INTERIM
            return Outcome.DEFERRED if still_tried else Outcome.FAILED
        case _:
            return Outcome.UNKNOWN


def truth(message: SandboxMessage, *, given_up: bool = False) -> Outcome:
    """Where a message stands. A word that nobody knows tells nothing: what was known before still holds."""
    if message.rejection is not None:
        return Outcome.REJECTED
    now = message.shared.context.clock.now()
    furthest = max((meaning(change) for at, change in message.state_changes() if at <= now), key=ORDER.index)
    silent = ORDER.index(furthest) < ORDER.index(Outcome.DELIVERED_TO_OPERATOR)
    return Outcome.NO_RECEIPT if given_up and silent else furthest


class World:
    """A sandbox that posts many receipts at a time, a receiver, and a client on the sandbox's clock."""

    POSTERS = 64

    def __init__(self, store: ReceiptStore) -> None:
        self.store = store
        self.seconds = 0.0
        self.answers: Counter[str] = Counter()
        self.trouble: Callable[[float], int | None] = lambda _: None
        self._receiver = Receiver(store, WebhookAuth(SECRET))
        self._opened = ExitStack()
        self._loop = self._opened.enter_context(start_blocking_portal())
        self._opened.callback(self._loop.call, self._receiver.stop)
        self._posters = self._opened.enter_context(ThreadPoolExecutor(self.POSTERS))
        self.sandbox = self._opened.enter_context(
            Sandbox(
                clock=SandboxClock(factor=1, real=lambda: self.seconds),
                seed=7,
                receipt_url="http://127.0.0.1:1/receipts",
                receipt_authorization=SECRET,
                receipt_duplicates=1,
                deliver=self._deliver,
            )
        )
        time = SandboxTime(self.sandbox, lambda seconds: self.advance(seconds, step=seconds))
        self.client = self._opened.enter_context(self.sandbox.client(clock=time, receipts=store))
        self.close = self._opened.close

    def _deliver(self, _: str, headers: Mapping[str, str], body: bytes) -> int:
        status = self.trouble(self.seconds)
        if status is None:
            status = self._loop.call(request, self._receiver, body, headers).status
        self.answers[str(status or "refused")] += 1
        if not status:
            raise ConnectionRefusedError
        return status

    def advance(self, seconds: float, step: float = 0.5) -> None:
        """Let time pass, in steps; at the end of each, everything that fell due is posted at once."""
        target = self.seconds + seconds
        while self.seconds < target:
            due = self.sandbox.receipts.next_due()
            ahead = target if due is None else self.seconds + due - self.sandbox.clock.now()
            self.seconds = min(target, max(ahead, self.seconds + step))
            posting = [self._posters.submit(self.sandbox.receipts.run_due) for _ in range(self.POSTERS)]
            for posted in posting:
                posted.result(60)
            self.sandbox.receipts.flush()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_store(tmp_path / "receipts.db") as store, closing(World(store)) as made:
        yield made


def in_trouble(seconds: float) -> int | None:
    """A minute from the second second on: half of it nobody is there, half of it the store is not."""
    if 2 <= seconds < 32:
        return 0
    return 503 if 32 <= seconds < 62 else None


def recipients(count: int) -> list[str]:
    """Every number that means something to the sandbox, again and again, among those that are delivered."""
    fiction = "+44" + "7700900"
    numbers = [f"{fiction}{last:03}" for last in (*range(800, 1_000), *range(100, 700))]
    return [numbers[at % len(numbers)] for at in range(count)]


def report_of(world: World, since: datetime, path: Path) -> dict[str, dict[str, str]]:
    """The final report, as a user reads it: the line of each message, by the id the caller gave it."""
    report = reconcile(world.client, world.store, sent_since=since)
    assert report.findings.problem is None
    lines = write_csv(report, path, show_numbers=True)
    with path.open(newline="", encoding="utf-8") as file:
        found = {row["client_message_id"]: row for row in csv.DictReader(file)}
    assert len(found) == lines
    return found


def differences(world: World, rows: Mapping[str, Mapping[str, str]], *, given_up: bool = False) -> list[str]:
    """Messages of which the report says anything but the truth."""
    wrong: list[str] = []
    for message in world.sandbox.messages:
        row = rows[message.client_message_id or ""]
        said = row["umid"], row["destination"], row["outcome"]
        true = message.umid, message.destination, truth(message, given_up=given_up).value
        final = meaning(message.state_at(world.sandbox.clock.now())[1]) in {Outcome.FAILED, Outcome.EXPIRED}
        code_said, code_true = row["code"] or "0", str(message.error_code or 0)
        if said != true or (final and message.accepted and code_said != code_true):
            wrong.append(f"{message.scenario.title}: {said} {code_said}, but {true} {code_true}")
    return wrong


@pytest.mark.parametrize("count", [500, pytest.param(10_000, marks=pytest.mark.nightly)])
def test_the_report_on_many_messages_is_the_truth_about_each(
    world: World, tmp_path: Path, count: int
) -> None:
    since = world.sandbox.clock.when()
    world.trouble = in_trouble
    for shuffled in (False, True):
        world.sandbox.configure(receipt_shuffle=shuffled)
        result = world.client.send_batch(recipients(count // 2), text="Sale ends Friday", sender="SHOP")
        assert not result.unknown
        assert not result.not_sent
        world.advance(1)
    world.advance(300)
    assert world.answers["refused"]
    assert world.answers["503"]
    assert world.answers["200"] > 2 * count

    rows = report_of(world, since, tmp_path / "report.csv")
    assert len(rows) == len(world.sandbox.messages) == count
    assert differences(world, rows) == []
    never = {"deferred", "unknown", "handing_over", "no_receipt"}
    assert {row["outcome"] for row in rows.values()} >= {outcome.value for outcome in Outcome} - never

    world.advance(49 * HOUR, step=49 * HOUR)
    rows = report_of(world, since, tmp_path / "report.csv")
    assert differences(world, rows, given_up=True) == []
    print(f"\n{count:,} messages, answers to receipts: {dict(world.answers)}, no difference to the sandbox")  # noqa: T201  shown with -s


def test_an_outage_longer_than_8x8_tries_is_seen_and_filled(world: World, tmp_path: Path) -> None:
    since = world.sandbox.clock.when()
    world.store.heartbeat(world.sandbox.clock.when())
    world.trouble = lambda _: 0
    # Without the two whose last word nobody knows: that they were sent stood in the receipts that are lost.
    everybody = [number for number in recipients(200) if number[-3:] not in {"948", "949"}]
    world.client.send_batch(everybody, text="Sale ends Friday", sender="SHOP")
    world.advance(600)
    assert world.answers.keys() == {"refused"}
    world.store.heartbeat(world.sandbox.clock.when())
    [(began, ended)] = world.store.outages()
    assert (ended - began).total_seconds() == pytest.approx(600)
    assert differences(world, report_of(world, since, tmp_path / "report.csv")) == []


def test_over_real_connections_with_a_receiver_that_is_away_for_a_minute(tmp_path: Path) -> None:
    place = tmp_path / "receipts.db"
    with SandboxServer(factor=0, seed=3, status_per_second=None, receipt_authorization=SECRET) as sandbox:
        with open_store(place) as store, in_thread(Receiver(store, WebhookAuth(SECRET))) as server:
            url = server.url
            sandbox.configure(receipt_url=f"{url}/receipts")
            with sandbox.client(receipts=store) as client:
                client.send_batch(recipients(100), text="Hello", sender="SHOP")
            sandbox.clock.advance(1)
        sandbox.clock.advance(60)
        with open_store(place) as store:
            port = int(url.rpartition(":")[2])
            with in_thread(Receiver(store, WebhookAuth(SECRET)), port=port):
                sandbox.clock.advance(200)
            told = {status.umid: status.outcome for status in store.statuses() if status.source == "receipt"}
        posted = {entry.umid: entry for entry in sandbox.receipts.log if entry.what != "sent"}
        assert len(posted) > 80
        assert "error" in {entry.result for entry in sandbox.receipts.log}
        messages = {message.umid: message for message in sandbox.messages if message.umid in posted}
        assert {umid: told[umid] for umid in messages} == {
            umid: truth(found) for umid, found in messages.items()
        }
