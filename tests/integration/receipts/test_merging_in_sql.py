"""SQLite and PostgreSQL merge as Python does."""

from __future__ import annotations

import itertools
import uuid
from typing import TYPE_CHECKING

import attrs
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from connect_sms.models.outcomes import Outcome
from connect_sms.receipts import merge
from connect_sms.receipts._rows import message_rows, observed
from connect_sms.receipts._statements import merge_statement
from tests.support.receipt_samples import receipt, statuses

if TYPE_CHECKING:
    from collections.abc import Iterable

    from connect_sms.models.status import MessageStatus
    from connect_sms.receipts import ReceiptStore
    from connect_sms.store.database import Session


AT = "2026-07-01T12:00:00.000000+00:00"
FEW = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)


def kept(store: ReceiptStore, umid: str) -> MessageStatus:
    found = store.status(umid)
    assert found is not None
    return found


def of_one_message(known: Iterable[MessageStatus]) -> list[MessageStatus]:
    """The same, each with the one id of the message or none: another id would be another message."""
    return [attrs.evolve(entry, client_message_id=entry.client_message_id and "c-1") for entry in known]


def merge_in_sql(store: ReceiptStore, umid: str, known: Iterable[MessageStatus]) -> None:
    """One statement for each status, so that it is SQL that merges; one transaction, for speed."""
    database = store._durable.database
    rows = [message_rows([observed(attrs.evolve(entry, umid=umid), AT)])[0] for entry in known]
    statement = merge_statement(database)

    def merge_each(session: Session) -> None:
        for row in rows:
            session.run_each(statement, [row])

    store._durable.writer.call(merge_each)


@FEW
@given(st.lists(statuses(), min_size=1, max_size=6))
def test_sql_merges_as_python_does(store: ReceiptStore, known: list[MessageStatus]) -> None:
    umid, known = uuid.uuid4().hex, of_one_message(known)
    merge_in_sql(store, umid, known)
    assert attrs.evolve(kept(store, umid), umid="u-1") == merge(known)


@settings(FEW, max_examples=20)
@given(st.lists(statuses(), min_size=2, max_size=4))
@example([receipt(state=state).status for state in ("B", "a", "_")])
def test_all_permutations_give_one_row_in_sql(store: ReceiptStore, known: list[MessageStatus]) -> None:
    known = of_one_message(known)
    found: set[MessageStatus] = set()
    for order in itertools.permutations(known):
        umid = uuid.uuid4().hex
        merge_in_sql(store, umid, [*order, order[0]])
        found.add(attrs.evolve(kept(store, umid), umid="u-1"))
    assert found == {merge(known)}


def test_separate_records_merge_as_one_record_of_all_does(store: ReceiptStore) -> None:
    known = [receipt(state=state) for state in ("sent", "delivered", "queued", "read", "delivered")]
    for event in known:
        store.record([event])
    store.record([attrs.evolve(event.status, umid="u-2") for event in reversed(known)])
    assert kept(store, "u-1") == attrs.evolve(kept(store, "u-2"), umid="u-1")
    assert kept(store, "u-1").outcome is Outcome.READ
