"""What a message store is told of one request of a batch."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeVar

from connect_sms._api.journal import Record, why_unknown
from connect_sms.models.outcomes import Outcome
from connect_sms.models.sent import SentMessage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from connect_sms._api.context import ClientContext
    from connect_sms._api.store import StoreCalls
    from connect_sms._transport.effects import Flow
    from connect_sms.models.batch_results import RecipientResult
    from connect_sms.models.store import SendJournal

    from .chunks import Chunk

T = TypeVar("T")


def recorded(
    context: ClientContext,
    journal: SendJournal,
    chunk: Chunk,
    client_batch_id: str | None,
    *,
    send: Callable[[Record], Flow[T]],
    store: StoreCalls,
) -> Flow[T]:
    """Run the flow that sends a chunk, with a record of its messages.

    Args:
        context: The client's context.
        journal: Where the record is kept.
        chunk: The chunk.
        client_batch_id: The id of the batch.
        send: Makes the flow, which sets the chunk's result.
        store: The calls to the journal that the batch has made so far.
    """
    settings = context.settings
    rows = chunk.rows
    invalid = {row.index for row in chunk.invalid}
    message = partial(
        SentMessage,
        provider=context.provider.name,
        sub_account_id=settings.sub_account_id,
        sent_at=settings.clock.now(),
        client_batch_id=client_batch_id,
    )
    handed_over = [
        message(
            client_message_id=row.client_message_id,
            destination=row.destination,
            outcome=Outcome.HANDING_OVER,
        )
        for row in rows
    ]
    record = Record(journal, settings, handed_over, store)

    def result(stop: BaseException | None) -> list[SentMessage]:
        found = chunk.result
        if found is not None:
            outcomes: Iterable[tuple[Outcome, Iterable[RecipientResult]]] = (
                (Outcome.QUEUED, found.accepted),
                (Outcome.REJECTED, found.rejected),
                (Outcome.UNKNOWN, found.unknown),
            )
            batch_id = found.batch_id
        elif stop is not None and (record.in_doubt or chunk.on_the_wire):
            reason = why_unknown(stop)
            outcomes = [(Outcome.UNKNOWN, [row.result(reason=reason) for row in rows])]
            batch_id = None
        else:
            return []
        return [
            message(
                client_message_id=row.client_message_id,
                umid=row.umid,
                destination=row.destination,
                outcome=outcome,
                reason=row.reason,
                batch_id=batch_id,
            )
            for outcome, results in outcomes
            for row in results
            if row.index not in invalid
        ]

    return record.settled(send(record), result)
