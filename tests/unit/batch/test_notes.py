"""What a message store is told of a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from connect_sms import AuthenticationFailed, Outcome
from connect_sms.errors.base import StoreUnavailable
from tests.support import SUB_ACCOUNT, answer
from tests.unit.batch.server import Document, Server, item, listing, numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connect_sms.models.sent import SentMessage
    from connect_sms.models.status import MessageStatus
    from tests.unit.batch.sender import Sender


class Keeper:
    """Keeps what it is told; or cannot."""

    def __init__(self, *, available: bool = True) -> None:
        self.notes: list[SentMessage] = []
        self._available = available

    def record_sent(self, messages: Sequence[SentMessage]) -> None:
        """These messages were handed to 8x8."""
        if not self._available:
            raise StoreUnavailable(reason="the disk is full")
        self.notes += messages

    def record(self, statuses: Sequence[MessageStatus]) -> None:
        """Not asked of a batch."""

    def status(self, umid: str) -> MessageStatus | None:
        """Not asked of a batch."""

    def reserve_status_slot(self, sub_account_id: str, interval: float) -> float:
        """Not asked of a batch."""
        raise NotImplementedError


def _one_of_each(document: Document) -> Any:
    words = ["QUEUED", "REJECTED", "PARKED"]
    return listing([item(one, word) for one, word in zip(document["messages"], words, strict=True)])


def test_it_is_told_of_everybody_who_was_handed_over(sender: Sender) -> None:
    keeper = Keeper()
    result = sender(
        Server(_one_of_each, answer(500)),
        numbers(6),
        client={"batch_size": 3, "batch_concurrency": 1, "receipts": keeper},
        client_batch_id="sale-7",
    )
    expected = [Outcome.QUEUED, Outcome.REJECTED, *[Outcome.UNKNOWN] * 4]
    assert [note.outcome for note in keeper.notes] == expected
    for note, row in zip(keeper.notes, result, strict=True):
        assert (note.client_message_id, note.destination) == (row.client_message_id, row.destination)
        assert (note.umid, note.reason) == (row.umid, row.reason)
        assert (note.sub_account_id, note.client_batch_id) == (SUB_ACCOUNT, "sale-7")
        assert note.sent_at == sender.clock.now()
    assert [note.batch_id for note in keeper.notes] == ["batch-1"] * 3 + [None] * 3


def test_it_is_not_told_of_what_was_never_sent(sender: Sender) -> None:
    keeper = Keeper()
    with pytest.raises(AuthenticationFailed):
        sender(Server(answer(401)), ["wrong", *numbers(2)], on_invalid="reject", client={"receipts": keeper})
    assert keeper.notes == []


def test_a_batch_goes_on_without_it(sender: Sender) -> None:
    result = sender(Server(), numbers(4), client={"batch_size": 2, "receipts": Keeper(available=False)})
    assert result.ok
    assert len(result) == 4
