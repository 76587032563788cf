"""Messages that are being handed over: recorded before they are sent, and settled afterwards."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from operator import methodcaller
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connect_sms.errors.base import StoreUnavailable
from connect_sms.models.outcomes import Outcome
from connect_sms.models.sent import SentMessage
from connect_sms.receipts import DeliveryReceipt
from tests.support.receipt_samples import NOON, outcomes_of, receipt, sent_message

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from connect_sms.receipts import ReceiptStore

SECOND = timedelta(seconds=1)
LATE = datetime(9000, 1, 1, tzinfo=UTC)
OVER = datetime(2000, 1, 1, tzinfo=UTC)

HAND_OVER_AND_DIE = """
import os, signal, sys
from datetime import UTC, datetime
from connect_sms.models.sent import SentMessage
from connect_sms.receipts import open_store
store = open_store(sys.argv[1])
message = SentMessage(client_message_id="c-1", destination="+447700900123", sent_at=datetime.now(UTC))
store.hand_over([message], deadline=datetime(9000, 1, 1, tzinfo=UTC))
os.kill(os.getpid(), signal.SIGKILL)
"""


def handed(own_id: str = "c-1", at: datetime = NOON) -> SentMessage:
    return sent_message(own_id, at=at, outcome=Outcome.HANDING_OVER, parts=2)


def told(store: ReceiptStore, own_id: str = "c-1") -> list[tuple[str, Outcome, str | None]]:
    """UMID, outcome and reason of the messages with one id, in the order of sending."""
    found = store.statuses_by_client_id(own_id)
    assert {status.client_message_id for status in found} <= {own_id}
    return [
        (status.umid, status.outcome, status.reason) for status in sorted(found, key=lambda s: str(s.sent_at))
    ]


def test_it_is_handing_over_until_the_deadline_and_unknown_after_it(store: ReceiptStore) -> None:
    store.hand_over([handed("c-1")], deadline=LATE)
    store.hand_over([handed("c-2")], deadline=OVER)
    assert told(store, "c-1") == [("", Outcome.HANDING_OVER, None)]
    assert told(store, "c-2") == [("", Outcome.UNKNOWN, "no answer was recorded")]
    assert outcomes_of(store, open_only=True) == {
        "lost c-1": Outcome.HANDING_OVER,
        "lost c-2": Outcome.UNKNOWN,
    }


@pytest.mark.parametrize("owner", ["", "someone", "a b c d e"])
def test_with_a_damaged_owner_the_deadline_decides(store: ReceiptStore, owner: str) -> None:
    store.hand_over([handed("c-1")], deadline=LATE)
    store.hand_over([handed("c-2")], deadline=OVER)
    store._durable.call(lambda session: session.execute("UPDATE messages SET owner = ?", (owner,)))
    assert outcomes_of(store) == {"lost c-1": Outcome.HANDING_OVER, "lost c-2": Outcome.UNKNOWN}


@pytest.mark.skipif(sys.platform != "linux", reason="only /proc tells that a process is gone")
def test_it_is_unknown_as_soon_as_its_process_is_gone(opened: Callable[[], ReceiptStore], where: str) -> None:
    subprocess.run([sys.executable, "-c", HAND_OVER_AND_DIE, where], check=False)
    assert told(opened()) == [("", Outcome.UNKNOWN, "no answer was recorded")]


@pytest.mark.parametrize(
    ("umid", "outcome", "reason"),
    [("u-1", Outcome.QUEUED, None), (None, Outcome.UNKNOWN, "ReadTimeout"), (None, Outcome.REJECTED, "no")],
)
def test_what_came_of_it_takes_its_place(
    store: ReceiptStore, umid: str | None, outcome: Outcome, reason: str | None
) -> None:
    store.hand_over([handed()], deadline=OVER)
    assert store.record_sent([sent_message("c-1", umid, outcome=outcome, reason=reason)]) == 1
    assert told(store) == [(umid or "", outcome, reason)]
    assert store._durable.fetch("SELECT owner FROM messages") == [(None,)]


@pytest.mark.parametrize("is_late", [True, False])
def test_an_answer_that_was_given_up_for_lost_settles_its_own_send(
    store: ReceiptStore, *, is_late: bool
) -> None:
    answers = [sent_message("c-1", outcome=Outcome.UNKNOWN, reason="ReadTimeout"), sent_message("c-1", "u-1")]
    store.hand_over([handed(), handed(at=NOON + SECOND)], deadline=LATE)
    for answer in answers if is_late else reversed(answers):
        store.record_sent([answer])
    assert told(store) == [("u-1", Outcome.QUEUED, None), ("", Outcome.HANDING_OVER, None)]


def test_it_is_settled_in_one_transaction(store: ReceiptStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.hand_over([handed()], deadline=LATE)

    def broken(statement: str, rows: object) -> None:
        raise StoreUnavailable(reason="the disk is full")

    session = store._durable.writer.call(lambda session: session)
    real = session.run_each
    monkeypatch.setattr(
        session,
        "run_each",
        lambda statement, rows: (real if "DELETE" in statement else broken)(statement, rows),
    )
    with pytest.raises(StoreUnavailable):
        store.record_sent([sent_message("c-1", "u-1")])
    assert told(store) == [("", Outcome.HANDING_OVER, None)]


def test_what_is_taken_back_was_never_there(store: ReceiptStore) -> None:
    store.hand_over([handed("c-1"), handed("c-2")], deadline=LATE)
    store.withdraw([handed("c-1")])
    assert outcomes_of(store) == {"lost c-2": Outcome.HANDING_OVER}


def test_a_receipt_that_comes_first_is_not_demoted(store: ReceiptStore) -> None:
    store.hand_over([handed()], deadline=LATE)
    store.record([receipt("u-1", clientMessageId="c-1", subAccountId=None)])
    (status,) = store.statuses()
    assert (status.umid, status.outcome, status.sent_at) == ("u-1", Outcome.DELIVERED, NOON)
    assert (status.sub_account_id, status.destination) == ("acme_hq", "+447700900123")
    store.record_sent([sent_message("c-1", "u-1")])
    (settled,) = store.statuses()
    assert settled == status


def test_an_earlier_send_with_the_same_id_stays_as_it_was(store: ReceiptStore) -> None:
    earlier = sent_message("c-1", at=NOON - SECOND, outcome=Outcome.UNKNOWN, reason="ReadTimeout")
    store.record_sent([earlier])
    store.hand_over([handed()], deadline=LATE)
    assert told(store) == [("", Outcome.UNKNOWN, "ReadTimeout"), ("", Outcome.HANDING_OVER, None)]
    store.withdraw([handed(), earlier])
    assert told(store) == [("", Outcome.UNKNOWN, "ReadTimeout")]


def test_a_send_that_was_answered_does_not_hide_a_later_one_with_the_same_id(store: ReceiptStore) -> None:
    store.record_sent([sent_message("c-1", "u-1")])
    store.record([receipt("u-1", clientMessageId="c-1")])
    store.hand_over([handed(at=NOON + SECOND)], deadline=OVER)
    assert told(store)[1] == ("", Outcome.UNKNOWN, "no answer was recorded")
    store.record([receipt("u-2", clientMessageId="c-1")])
    assert [(umid, outcome) for umid, outcome, _ in told(store)] == [
        ("u-1", Outcome.DELIVERED),
        ("u-2", Outcome.DELIVERED),
    ]


def test_as_many_sends_are_explained_as_messages_became_known(store: ReceiptStore) -> None:
    lost = [sent_message("c-1", at=NOON + n * SECOND, outcome=Outcome.UNKNOWN) for n in range(2)]
    refused = sent_message("c-1", at=NOON - SECOND, outcome=Outcome.REJECTED)
    store.record_sent([*lost, refused])
    store.hand_over([handed(at=NOON + 2 * SECOND)], deadline=OVER)
    for known in range(5):
        unexplained = max(4 - known, 0)
        assert sum(not status.umid for status in store.statuses()) == unexplained
        assert len(list(store.statuses())) == max(known, 4)
        store.record([receipt(f"u-{known}", clientMessageId="c-1")])


def test_a_batch_is_handed_over_in_one_transaction(
    store: ReceiptStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits: list[int] = []
    real = store._durable.writer._commit

    def commit(group: list[Any]) -> Sequence[Any]:
        commits.append(len(group))
        return real(group)

    monkeypatch.setattr(store._durable.writer, "_commit", commit)
    store.hand_over([handed(f"c-{number}") for number in range(2_500)], deadline=LATE)
    assert commits == [1]
    assert len(outcomes_of(store)) == 2_500
    store.hand_over([], deadline=LATE)
    store.withdraw([])
    assert commits == [1]


def test_a_status_of_handing_over_that_nobody_owns_is_unknown(store: ReceiptStore) -> None:
    store.record([handed().to_status()])
    assert told(store) == [("", Outcome.UNKNOWN, "no answer was recorded")]


def test_if_it_is_not_durable_nobody_is_told_that_it_is(store: ReceiptStore) -> None:
    store.close()
    with pytest.raises(StoreUnavailable):
        store.hand_over([handed()], deadline=LATE)


def test_nothing_is_given_up_that_a_receipt_explains(store: ReceiptStore) -> None:
    store.hand_over([handed("c-1"), handed("c-2")], deadline=OVER)
    store.record([receipt("u-1", clientMessageId="c-1")])
    assert store.mark_no_receipt(now=NOON + timedelta(hours=49)) == 1
    assert outcomes_of(store) == {"u-1": Outcome.DELIVERED, "lost c-2": Outcome.NO_RECEIPT}


Step: TypeAlias = SentMessage | DeliveryReceipt


def with_a_permutation(steps: Sequence[Step]) -> st.SearchStrategy[tuple[Sequence[Step], Sequence[Step]]]:
    return st.tuples(st.just(steps), st.permutations(steps))


IDS = ("c-1", "c-2")
MOMENTS = (NOON, NOON + SECOND)
ANSWERS = [
    sent_message(own_id, umid, at=at, outcome=Outcome.QUEUED if umid else Outcome.UNKNOWN)
    for own_id in IDS
    for at in MOMENTS
    for umid in ("u-1", "u-2", None)
]
RECEIPTS = [
    receipt(umid, state, clientMessageId=own_id)
    for umid in ("u-1", "u-2")
    for own_id in (*IDS, None)
    for state in ("sent", "delivered")
]


STEPS: st.SearchStrategy[Step] = st.sampled_from(ANSWERS) | st.sampled_from(RECEIPTS)


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(STEPS, max_size=6).flatmap(with_a_permutation))
def test_the_order_of_answers_and_receipts_makes_no_difference(
    store: ReceiptStore, orders: tuple[Sequence[Step], Sequence[Step]]
) -> None:
    """All is handed over first; then answers and receipts come in any order."""

    def found_after(steps: Sequence[Step]) -> list[object]:
        for statement in ("DELETE FROM messages", "DELETE FROM events"):
            store._durable.call(methodcaller("execute", statement))
        store.hand_over([handed(own_id, at) for own_id in IDS for at in MOMENTS], deadline=OVER)
        for step in steps:
            if isinstance(step, SentMessage):
                store.record_sent([step])
            else:
                store.record([step], received_at=NOON)
        known = sorted(json.dumps(status.to_dict()) for status in store.statuses())
        return [store.ambiguous_receipts(), *known]

    one, other = orders
    assert found_after(one) == found_after(other)
