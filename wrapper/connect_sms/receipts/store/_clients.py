"""The side of a store that a client talks to; see `connect_sms.records.MessageStore`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import attrs

from connect_sms.models.status import MessageStatus
from connect_sms.receipts.folding import SentRow, Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from connect_sms.models.store import SentMessage


class _Recorder(Protocol):
    def record(self, events: Sequence[Standing]) -> int: ...

    def record_sent(self, rows: Iterable[SentRow]) -> int: ...

    def standing(self, umid: str) -> Standing | None: ...


class ForClients:
    """What makes a store the ``receipts=`` of a client."""

    def note_sent(self: _Recorder, notes: Sequence[SentMessage]) -> None:
        """These messages were handed to 8x8."""
        self.record_sent(SentRow(**attrs.asdict(note, recurse=False)) for note in notes)

    def note_status(self: _Recorder, status: MessageStatus) -> None:
        """A status request said this."""
        self.record([Standing.from_status(status)])

    def latest(self: _Recorder, umid: str) -> MessageStatus | None:
        """Where a message stands, as a status request would say it; None when nothing is known."""
        standing = self.standing(umid)
        return None if standing is None else _as_status(standing)


def _as_status(standing: Standing) -> MessageStatus:
    return MessageStatus(
        umid=standing.umid,
        outcome=standing.outcome,
        error=standing.error,
        state=standing.state,
        detail=standing.detail,
        observed_at=standing.observed_at,
        created_at=standing.sent_at,
        sub_account_id=standing.sub_account_id,
        direction="outbound",
        country=None,
        destination=standing.destination,
        body=None,
        sender=standing.sender,
        encoding=None,
        parts=standing.parts,
        price=standing.price,
        client_message_id=standing.client_message_id,
        client_batch_id=standing.client_batch_id,
        batch_id=standing.batch_id,
    )
