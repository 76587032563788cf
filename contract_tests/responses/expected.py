"""What a result must say, read off the answer's JSON; and what an error may be, by the safety table."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from connect_sms import BatchResult, MessageStatus, Outcome, Price, Sent

Document = dict[str, Any]

_KNOWN_SENT: Final = {"umid", "clientMessageId", "destination", "encoding", "status"}
_KNOWN_STATUS: Final = {
    "umid",
    "subAccountId",
    "direction",
    "country",
    "status",
    "msisdn",
    "source",
    "body",
    "encoding",
    "createdAt",
    "smsCount",
    "price",
    "clientMessageId",
    "clientBatchId",
    "batchId",
}


def check_sent(sent: Sent, answer: Document, *, destination: str, own_id: str) -> None:
    """What `send` returned says what the answer said."""
    assert sent.umid == answer["umid"]
    assert sent.client_message_id == (answer.get("clientMessageId") or own_id)
    assert sent.destination == (answer.get("destination") or destination)
    assert sent.encoding == answer.get("encoding")
    assert sent.code == answer["status"]["code"]
    assert sent.description == answer["status"].get("description")
    assert sent.extra == {name: value for name, value in answer.items() if name not in _KNOWN_SENT}
    assert sent.response.status == 200
    assert sent.response.json() == answer


def check_status(status: MessageStatus, answer: Document, umid: str) -> None:
    """What `status` returned says what the answer said."""
    inner = answer["status"]
    assert status.umid == (word(answer["umid"]) or umid)
    assert (status.state, status.detail) == (word(inner.get("state")), word(inner.get("detail")))
    assert status.body == text(answer.get("body"))
    assert status.parts == count(answer.get("smsCount"))
    for name, field in {
        "sub_account_id": "subAccountId",
        "direction": "direction",
        "country": "country",
        "destination": "msisdn",
        "sender": "source",
        "encoding": "encoding",
        "batch_id": "batchId",
        "client_message_id": "clientMessageId",
        "client_batch_id": "clientBatchId",
    }.items():
        assert getattr(status, name) == word(answer.get(field)), name
    check_time(status.observed_at, inner.get("timestamp"))
    check_time(status.created_at, answer.get("createdAt"))
    check_price(status.price, answer.get("price") or {})
    assert status.extra == {name: value for name, value in answer.items() if name not in _KNOWN_STATUS}
    check_outcome(status, inner.get("state"), inner.get("detail"))


def text(value: str | None) -> str | None:
    """A text as a database takes it: without NUL and without halves of a pair; an empty one is none."""
    if not value:
        return None
    return "".join("\ufffd" if char == "\0" or "\ud800" <= char <= "\udfff" else char for char in value)


def word(value: str | None) -> str | None:
    """An id, a state or a name, without blanks around it; what is longer than an id can be is none."""
    found = (text(value) or "").strip()
    return found if 0 < len(found) <= 350 else None


def count(value: Any) -> Any:
    """A code or a number of parts; what no database takes as one is none."""
    return value if isinstance(value, int) and 0 <= value < 2**31 else None


def check_price(found: Price | None, said: Document) -> None:
    """A price has an amount, or is none."""
    total, per_part = (None, None) if found is None else (found.total, found.per_part)
    check_amount(total, said.get("total"))
    check_amount(per_part, said.get("perSms"))
    if found is not None:
        assert (total, per_part) != (None, None)
        currency = (said.get("currency") or "").strip()
        assert found.currency == (currency.upper() if re.fullmatch("[A-Za-z]{3}", currency) else None)


def check_time(found: datetime | None, said: str | None) -> None:
    """A time that can be read is the one that was written; any other is None, and no error."""
    if found is None:
        return
    assert said is not None
    assert found.utcoffset() == timedelta(0)
    written = datetime.fromisoformat(said)
    assert found == (written if written.tzinfo else written.replace(tzinfo=UTC))


def check_amount(found: Decimal | None, said: float | None) -> None:
    """An amount as it was written, and not as a float sees it; only one that fits on no line may be none."""
    if found is None:
        assert said is None or (said != 0 and not 1e-20 < abs(said) < 1e20)
    else:
        assert said is not None
        # A whole number beyond 64 bits may come back as a float.
        assert found in {Decimal(repr(said)), Decimal(repr(float(said)))}


def check_outcome(status: MessageStatus, state: str | None, detail: str | None) -> None:
    """Never more than was said: only a handset's word is delivery, and an unknown word is not the end."""
    word = (state or "").strip().lower()
    reached = (detail or "").strip().lower()
    if status.delivered:
        assert word == "read" or (word == "delivered" and reached in {"", "delivered_to_recipient"})
    if word in {"queued", "ok"}:
        assert status.outcome is Outcome.QUEUED
    elif word == "sent":
        assert status.outcome is Outcome.SENT
    elif word == "delivered" and reached in {"delivered_to_operator", "delivered_to_carrier"}:
        assert status.outcome is Outcome.DELIVERED_TO_OPERATOR
        assert not status.is_final
    elif word in {"rejected", "failed"}:
        assert status.outcome is Outcome.REJECTED
    elif word in {"undelivered", "error"}:
        assert status.outcome in {Outcome.FAILED, Outcome.EXPIRED, Outcome.DEFERRED}
        assert status.error is not None
    elif word not in {"delivered", "read", "expired"}:
        assert status.outcome is Outcome.UNKNOWN
        assert not status.is_final


def batch_lists(answer: Document, own_ids: list[str]) -> dict[str, str]:
    """Into which list each recipient belongs. What is said twice and differently is as good as not said.

    Whom the answer does not name, its two counts may still settle, all alike; but not when it names somebody
    else, for then it may be the answer to something else.
    """
    codes: dict[str, set[str]] = {own_id: set() for own_id in own_ids}
    others = False
    for entry in answer.get("messages") or []:
        own_id = entry["clientMessageId"]
        others |= own_id not in codes
        codes.get(own_id, set()).add(entry["status"]["code"].upper())
    words = {frozenset({"QUEUED"}): "accepted", frozenset({"REJECTED"}): "rejected"}
    lists = {own_id: words.get(frozenset(said), "unknown") for own_id, said in codes.items() if said}
    left = [own_id for own_id, said in codes.items() if not said]
    accepted = answer["acceptedCount"] - list(lists.values()).count("accepted")
    rejected = answer["rejectedCount"] - list(lists.values()).count("rejected")
    counts = {(len(left), 0): "accepted", (0, len(left)): "rejected"}
    rest = "unknown" if others else counts.get((accepted, rejected), "unknown")
    return lists | dict.fromkeys(left, rest)


def lists_of(result: BatchResult) -> dict[str, str]:
    """Into which list each recipient was put, each into one."""
    found = [
        (row.client_message_id, name)
        for name in ("accepted", "rejected", "unknown", "not_sent")
        for row in getattr(result, name)
    ]
    assert len(dict(found)) == len(found) == len(result)
    return dict(found)
