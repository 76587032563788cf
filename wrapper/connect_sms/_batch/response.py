"""Reads the result of each message from the response to a batch request.

Its rows are read without the generated classes, for speed; a test compares both readers.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, cast

from connect_sms._api.decoding import rejection_reason
from connect_sms._api.identity import is_about_another
from connect_sms.errors.calls import OutcomeUnknown
from connect_sms.models.batch_results import RecipientResult
from connect_sms.models.readers import as_str

from .chunks import Outcomes
from .rows import Row

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connect_sms._api.operation import Success
    from connect_sms._api.operations import SubmittedBatch


_ACCEPTED: Final = "QUEUED"
_REJECTED: Final = "REJECTED"

#: The item of a message that has two items with different codes.
_CONTRADICTION: Final[Mapping[str, Any]] = {}


def read_response(
    rows: list[Row], done: Success[SubmittedBatch], client_batch_id: str | None = None
) -> Outcomes:
    """Read the outcome of each message that the response has.

    Messages are matched by clientMessageId only: 8x8 may reorder, and its own example repeats a UMID.
    """
    found = Outcomes(batch_id=as_str(done.value.batch_id) or None, response=done.response)
    items = done.document.get("messages")
    said, others = _by_id(cast("list[object]", items) if isinstance(items, list) else [])
    accepted, silent = found.accepted, list[Row]()
    for row in rows:
        own_id = row.client_message_id
        item = said.pop(own_id, None)
        if item is None:
            silent.append(row)
            continue
        umid = item.get("umid")
        if type(umid) is not str:
            umid = as_str(umid)
        status = item.get("status")
        code = cast("dict[str, object]", status).get("code") if type(status) is dict else None
        if code == _ACCEPTED:
            accepted.append(RecipientResult(row.index, row.destination, own_id, umid or None, None))
        else:
            _not_accepted(found, row, umid or None, item)
    if silent:
        # With a foreign id, this response and its counts may belong to another request.
        foreign = bool(said) or _is_foreign(done, client_batch_id)
        code = None if foreign else _all_alike(silent, others, found, done.value)
        if code == _ACCEPTED:
            found.accepted += [row.result() for row in silent]
        elif code == _REJECTED:
            found.rejected += [row.result(reason="8x8 rejected it without saying why") for row in silent]
        else:
            found.unknown += [row.result(reason="8x8's response does not say") for row in silent]
        for rows_of_one_kind in (found.accepted, found.rejected, found.unknown):
            rows_of_one_kind.sort(key=attrgetter("index"))
    return found


def _is_foreign(done: Success[SubmittedBatch], client_batch_id: str | None) -> bool:
    """True when the response may be that to another request."""
    if client_batch_id is None:
        return done.response.followed_by_data
    return is_about_another(done.response, client_batch_id, done.value.client_batch_id)


def _not_accepted(found: Outcomes, row: Row, umid: str | None, item: Mapping[str, Any]) -> None:
    code = _code(item)
    if code == _ACCEPTED:
        found.accepted.append(row.result(umid))
    elif code == _REJECTED:
        reason = rejection_reason(_status(item).get("description"), row.destination, row.text)
        found.rejected.append(row.result(umid, reason))
    else:
        found.unknown.append(row.result(umid, "8x8 answered with a status that this version does not know"))


def unusable_response(found: Outcomes) -> OutcomeUnknown | None:
    """The error for a response that leaves every message unknown; None for any other."""
    if found.response is None or found.accepted or found.rejected or not found.unknown:
        return None
    status = found.response.status
    return OutcomeUnknown(
        reason=f"HTTP {status} with a response that leaves each of its messages unknown",
        status=status,
        response=found.response,
    )


def _by_id(items: list[object]) -> tuple[dict[str, Mapping[str, Any]], list[Mapping[str, Any]]]:
    """The items by id, and those without one."""
    said: dict[str, Mapping[str, Any]] = {}
    others: list[Mapping[str, Any]] = []
    for item in items:
        if not isinstance(item, dict):
            continue
        entry = cast("dict[str, Any]", item)
        own_id = entry.get("clientMessageId")
        if not isinstance(own_id, str):
            others.append(entry)
        elif own_id not in said:
            said[own_id] = entry
        elif _code(said[own_id]) != _code(entry):
            said[own_id] = _CONTRADICTION
    return said, others


def _status(item: Mapping[str, Any]) -> Mapping[str, Any]:
    status = item.get("status")
    return cast("dict[str, Any]", status) if isinstance(status, dict) else {}


def _code(item: Mapping[str, Any]) -> str | None:
    code = _status(item).get("code")
    return code.upper() if isinstance(code, str) else None


def _all_alike(
    silent: list[Row], others: list[Mapping[str, Any]], found: Outcomes, answer: SubmittedBatch
) -> str | None:
    """The outcome shared by all messages without an item, if the two counts of the response prove it."""
    accepted = _count(answer.accepted_count) - len(found.accepted)
    rejected = _count(answer.rejected_count) - len(found.rejected)
    if (accepted, rejected) == (len(silent), 0):
        code = _ACCEPTED
    elif (accepted, rejected) == (0, len(silent)):
        code = _REJECTED
    else:
        return None
    return code if all(_code(other) == code for other in others) else None


def _count(value: object) -> int:
    # Not read leniently: the counts may decide which messages were accepted.
    return value if type(value) is int else 0
