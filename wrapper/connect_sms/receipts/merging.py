"""Merges statuses of a message from several sources into one; order and repetition do not matter.

Receipts, status requests, 8x8's log export and the answer to the send each give a `MessageStatus`. The
greatest by `order_key` decides; since that order is total, neither sequence nor repetition can change the
result. Ids, number, sender and price are merged from all of them, also independently of order.
"""

# ruff: noqa: TC001  at run time too, so that `typing.get_type_hints` finds every name

from __future__ import annotations

from collections.abc import Iterable

from connect_sms.models.readers import storable
from connect_sms.models.status import MessageStatus

from .columns import CLIENT_MESSAGE_ID, MERGED, ORDER, status_from_stored


def order_key(status: MessageStatus) -> tuple[str | int, ...]:
    """The sort key of statuses of one message. Two with the same key are equivalent."""
    return tuple(column.sort_key(status) for column in ORDER)


def merge(statuses: Iterable[MessageStatus]) -> MessageStatus:
    """Merge statuses of the same message into one; order and repetition do not matter.

    It has what a store keeps. These attributes are left out: error_message, created_at,
    direction, country, body, encoding, extra and response.

    Raises:
        ValueError: There is none, or they are of different messages.
    """
    known = list(statuses)
    if len({(status.provider, status.umid) for status in known}) != 1:
        msg = "merge takes statuses of one message" if known else "merge takes at least one status"
        raise ValueError(msg)
    best = max(known, key=order_key)
    stored = {column.name: column.stored(best) for column in ORDER}
    stored |= {
        column.name: column.stored(max(known, key=column.sort_key)) for column in (CLIENT_MESSAGE_ID, *MERGED)
    }
    return status_from_stored(best.provider, storable(best.umid), best.outcome, best.error, stored)
