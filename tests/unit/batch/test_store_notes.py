"""What a message store is told of a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connect_sms import AuthenticationFailed, Outcome
from tests.support import SUB_ACCOUNT, answer
from tests.support.message_store import Store
from tests.unit.batch.server import Server, numbers, some_of_each

if TYPE_CHECKING:
    from tests.unit.batch.sender import Sender


def test_it_is_told_of_everybody_who_was_handed_over(sender: Sender) -> None:
    store = Store()
    result = sender(
        Server(some_of_each, answer(500)),
        numbers(6),
        client={"batch_size": 3, "batch_concurrency": 1, "receipts": store},
        client_batch_id="sale-7",
    )
    expected = [Outcome.QUEUED, Outcome.REJECTED, *[Outcome.UNKNOWN] * 4]
    assert [note.outcome for note in store.sent] == expected
    for note, row in zip(store.sent, result, strict=True):
        assert (note.client_message_id, note.destination) == (row.client_message_id, row.destination)
        assert (note.umid, note.reason) == (row.umid, row.reason)
        assert (note.sub_account_id, note.client_batch_id) == (SUB_ACCOUNT, "sale-7")
        assert note.sent_at == sender.clock.now()
    assert [note.batch_id for note in store.sent] == ["batch-1"] * 3 + [None] * 3


def test_it_is_not_told_of_what_was_never_sent(sender: Sender) -> None:
    store = Store()
    with pytest.raises(AuthenticationFailed):
        sender(Server(answer(401)), ["wrong", *numbers(2)], on_invalid="reject", client={"receipts": store})
    assert (len(store.handed_over), store.sent, store.standing) == (2, [], [])
