"""Finds messages that can be sent again: those whose failure is transient. Ids identify attempts."""

# ruff: noqa: TC001  at run time too, so that `typing.get_type_hints` finds every name

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

import attrs

from connect_sms import receipts
from connect_sms.models.delivery_errors import ErrorCategory
from connect_sms.models.messages import Message
from connect_sms.models.outcomes import Outcome
from connect_sms.models.readers import MAX_ID_LENGTH
from connect_sms.models.status import MessageStatus

from .report import Report, statuses_of

_attempt: Final = re.compile(r"(.*)~retry-([1-9][0-9]{0,3})", re.DOTALL).fullmatch

#: Outcomes with a delivery error. Expired messages and those without a receipt are not among them.
_EXPLAINED: Final = frozenset({Outcome.FAILED, Outcome.REJECTED})


@attrs.frozen(kw_only=True)
class Retryable:
    """A recipient whose message can be sent again.

    Attributes:
        status: The status of the message that failed.
        attempt: The number of this retry, from 1.
        message: The message for `SmsClient.send_batch` together with ``text=``: the number and an id that
            identifies the retried message. None when the store does not have the number.
    """

    status: MessageStatus
    attempt: int
    message: Message | None


def retryable(
    source: Report | receipts.ReceiptStore,
    *,
    sent_since: datetime | None = None,
    sent_until: datetime | None = None,
    max_attempts: int = 3,
) -> Iterator[Retryable]:
    """The recipients whose failure is transient, each with the message to send again.

    The delivery error's category decides whether a failure is transient; ``transient_once`` counts only for a
    message that is not a retry itself. Never included: messages that may have been delivered (ambiguous
    errors, unknown outcomes, delivery to the operator, no receipt), that are still in progress, or that have
    been sent again already. Retries are identified by their ``client_message_id``: send the messages with
    their ids, by a client that records its sends in the same store (``SmsClient(receipts=store)``).

    Args:
        source: A report, or a store.
        sent_since: For a store, only messages sent at this time or later.
        sent_until: For a store, only messages sent before this time.
        max_attempts: Maximum number of retries of one message with a transient failure.
    """
    if isinstance(source, Report):
        store, statuses = source.store, source.statuses()
    else:
        store, statuses = source, statuses_of(source, sent_since, sent_until, include_others=True)
    for status in statuses:
        error = status.error
        if error is None or status.outcome not in _EXPLAINED or not error.category.retryable:
            continue
        original, before = attempt_of(status)
        allowed = 1 if error.category is ErrorCategory.TRANSIENT_ONCE else max_attempts
        following = f"{original}~retry-{before + 1}"
        if (
            before >= allowed
            or len(following) > MAX_ID_LENGTH
            or store.status_by_client_id(following) is not None
        ):
            continue
        number = status.destination
        message = None if number is None else Message(destination=number, client_message_id=following)
        yield Retryable(status=status, attempt=before + 1, message=message)


def attempt_of(status: MessageStatus) -> tuple[str, int]:
    """The id of the original message, and the number of this retry; 0 for the original."""
    own_id = status.client_message_id or status.umid
    found = _attempt(own_id)
    return (found[1], int(found[2])) if found else (own_id, 0)
