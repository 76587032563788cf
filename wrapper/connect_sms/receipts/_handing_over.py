"""Rows of messages that are being handed over to 8x8: written before the first byte leaves.

Such a row is the first of its attempt to send. It is removed when the attempt is settled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connect_sms.models.outcomes import Outcome
from connect_sms.models.readers import as_utc, storable
from connect_sms.store.schema import time_text

from .columns import stored_number

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from connect_sms.models.sent import SentMessage
    from connect_sms.store.database import DbRow


def settled_key(message: SentMessage) -> tuple[str, str, str]:
    """The key of the row of a message that was handed over, without the UMID, which it does not have."""
    return (message.provider, storable(message.client_message_id), time_text(message.sent_at))


def handed_over_rows(messages: Iterable[SentMessage], owner: str, deadline: datetime) -> list[DbRow]:
    """Rows of messages that are being handed over."""
    state, rank = Outcome.HANDING_OVER.value, Outcome.HANDING_OVER.rank
    until = time_text(as_utc(deadline))
    return [
        (provider, "", own_id, at, state, rank, rank, "sent", message.client_batch_id, message.sub_account_id,
         stored_number(message.destination), message.parts, at, at, owner, until)
        for message in messages
        for provider, own_id, at in (settled_key(message),)
    ]  # fmt: skip
