"""Reads what 8x8 says of each message of a batch request.

Rows of the answer are read without the generated classes, for speed; a test holds the two readings together.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, cast

from connect_sms._api.decoding import rejection_reason
from connect_sms.errors.calls import OutcomeUnknown
from connect_sms.models.batch_results import RecipientResult
from connect_sms.models.readers import as_str

from .chunks import Settled
from .rows import Row

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connect_sms._api.operation import Success
    from connect_sms._api.operations import SubmittedBatch


_ACCEPTED: Final = "QUEUED"
_REJECTED: Final = "REJECTED"

#: Stands for what an answer says of a message when it says two different things.
_CONTRADICTION: Final[Mapping[str, Any]] = {}


def read_answer(rows: list[Row], done: Success[SubmittedBatch]) -> Settled:
    """What became of each message, as far as the answer says.

    Messages are found by clientMessageId alone: 8x8 may reorder, and repeats a UMID in its own example.
    """
    settled = Settled(batch_id=as_str(done.value.batch_id) or None, response=done.response)
    items = done.document.get("messages")
    said, others = _by_id(cast("list[object]", items) if isinstance(items, list) else [])
    accepted, silent = settled.accepted, list[Row]()
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
            _not_accepted(settled, row, umid or None, item)
    if silent:
        # An id that is not ours: this may be the answer to something else, and its counts with it.
        code = None if said else _all_alike(silent, others, settled, done.value)
        if code == _ACCEPTED:
            settled.accepted += [row.result() for row in silent]
        elif code == _REJECTED:
            settled.rejected += [row.result(reason="8x8 rejected it without saying why") for row in silent]
        else:
            settled.unknown += [row.result(reason="8x8's answer does not say") for row in silent]
        for rows_of_one_kind in (settled.accepted, settled.rejected, settled.unknown):
            rows_of_one_kind.sort(key=attrgetter("index"))
    return settled


def _not_accepted(settled: Settled, row: Row, umid: str | None, item: Mapping[str, Any]) -> None:
    code = _code(item)
    if code == _ACCEPTED:
        settled.accepted.append(row.result(umid))
    elif code == _REJECTED:
        reason = rejection_reason(_status(item).get("description"), row.destination, row.text)
        settled.rejected.append(row.result(umid, reason))
    else:
        settled.unknown.append(row.result(umid, "what 8x8 answered about it is not known to this version"))


def nobody_named(settled: Settled) -> OutcomeUnknown | None:
    """An error for an answer that settles nothing: as good as none."""
    if settled.response is None or settled.accepted or settled.rejected or not settled.unknown:
        return None
    status = settled.response.status
    return OutcomeUnknown(
        reason=f"HTTP {status} with an answer that settles none of its messages",
        status=status,
        response=settled.response,
    )


def _by_id(items: list[object]) -> tuple[dict[str, Mapping[str, Any]], list[Mapping[str, Any]]]:
    """What is said of each id, and what is said without one."""
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
    silent: list[Row], others: list[Mapping[str, Any]], settled: Settled, answer: SubmittedBatch
) -> str | None:
    """The one outcome of all whom the answer does not name, if its two counts leave no other."""
    accepted = _count(answer.accepted_count) - len(settled.accepted)
    rejected = _count(answer.rejected_count) - len(settled.rejected)
    if (accepted, rejected) == (len(silent), 0):
        code = _ACCEPTED
    elif (accepted, rejected) == (0, len(silent)):
        code = _REJECTED
    else:
        return None
    return code if all(_code(other) == code for other in others) else None


def _count(value: object) -> int:
    # Not read leniently: the counts may settle what was accepted.
    return value if type(value) is int else 0
