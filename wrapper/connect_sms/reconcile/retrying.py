"""Who may be sent to again: exactly those whose failure is transient, each attempt known by its id."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import attrs

from connect_sms.models.delivery_errors import ErrorCategory
from connect_sms.models.messages import Message
from connect_sms.models.outcomes import Outcome

from .report import Report, standings_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from connect_sms.receipts import Standing, Store

__all__ = ["Retryable", "attempt_of", "retryable"]

_attempt: Final = re.compile(r"(.*)~retry-([1-9][0-9]{0,3})", re.DOTALL).fullmatch
_LONGEST_ID: Final = 350

#: Outcomes that a delivery error can explain. One that expired or of which nothing was heard is neither.
_EXPLAINED: Final = frozenset({Outcome.FAILED, Outcome.REJECTED})


@attrs.frozen(kw_only=True)
class Retryable:
    """A recipient who may be sent to again.

    Attributes:
        standing: What became of the message.
        attempt: Which retry this would be, from 1.
        message: What to hand to `SmsClient.send_batch` together with ``text=``: the number and an id that
            says which message is tried again. None when the store does not know the number.
    """

    standing: Standing
    attempt: int
    message: Message | None


def retryable(
    source: Report | Store,
    *,
    sent_since: datetime | None = None,
    sent_until: datetime | None = None,
    most_attempts: int = 3,
) -> Iterator[Retryable]:
    """The recipients whose failure is transient, each with the message to send again.

    A failure is transient when the delivery error's category says so; one that is to be tried once more only
    counts for a message that is no retry itself. Never given: messages that may have been delivered
    (ambiguous errors, unknown outcomes, delivery to the operator, no receipt), that are still being tried,
    and those that have been sent again already. What was sent again is known by its ``client_message_id``:
    send the messages given here with the ids they have, by a client that notes what it sends in the same
    store (``SmsClient(receipts=store)``).

    Args:
        source: A report, or a store.
        sent_since: Of a store, only messages sent at this time or later.
        sent_until: Of a store, only messages sent before this time.
        most_attempts: Retries of one message at most, for failures that may be tried often.
    """
    if isinstance(source, Report):
        store, standings = source.store, source.standings()
    else:
        store, standings = source, standings_of(source, sent_since, sent_until, include_others=True)
    for standing in standings:
        error = standing.error
        if error is None or standing.outcome not in _EXPLAINED or not error.category.retryable:
            continue
        original, before = attempt_of(standing)
        most = 1 if error.category is ErrorCategory.TRANSIENT_ONCE else most_attempts
        following = f"{original}~retry-{before + 1}"
        if before >= most or len(following) > _LONGEST_ID or store.standing_of(following) is not None:
            continue
        number = standing.destination
        message = None if number is None else Message(destination=number, client_message_id=following)
        yield Retryable(standing=standing, attempt=before + 1, message=message)


def attempt_of(standing: Standing) -> tuple[str, int]:
    """The id of the message that was tried first, and which retry of it this is; 0 for itself."""
    own_id = standing.client_message_id or standing.umid
    found = _attempt(own_id)
    return (found[1], int(found[2])) if found else (own_id, 0)
