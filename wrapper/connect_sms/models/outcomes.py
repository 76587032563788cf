"""The outcome of a message: one order of states over 8x8's three vocabularies, and what a failure means.

8x8 reports the status of a message in three places (the answer to a send, receipts, the status call), with
overlapping values. `classify` maps each to one `Outcome`; an ambiguous value gets the weaker
meaning: ``delivered`` to the operator is not delivery to the handset. `combine` merges outcomes seen at
different times, in any order, into one.

8x8 publishes code and reason of a delivery error, not what to do about it. That column of the shipped table
was derived from other providers' published practice and 3GPP TS 23.040; it is data, and can be overridden.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from connect_sms.models.delivery_errors import DeliveryError, DeliveryErrors, ErrorCategory

FINAL_RANK: Final = 7
SMS_EXPIRED: Final = 36
NO_REASON_CODE: Final = 0


class Outcome(StrEnum):
    """The status of a message, from least to most known."""

    HANDING_OVER = "handing_over"
    """It is being handed over to 8x8 now, by a process that still runs; only a message store tells this."""
    UNKNOWN = "unknown"
    """Nothing is known, or 8x8 used a value that this version does not know."""
    QUEUED = "queued"
    """8x8 accepted it."""
    SENT = "sent"
    """It has left 8x8."""
    DEFERRED = "deferred"
    """An attempt failed, and more will follow."""
    DELIVERED_TO_OPERATOR = "delivered_to_operator"
    """It was delivered to the operator; delivery to the handset is not known."""
    NO_RECEIPT = "no_receipt"
    """No receipt came within 48 h, after which none comes. 8x8 never reports this value."""
    REJECTED = "rejected"
    """8x8 refused it; it was never sent."""
    FAILED = "failed"
    """It was not delivered and will not be."""
    EXPIRED = "expired"
    """It expired before it could be delivered."""
    DELIVERED = "delivered"
    """It was delivered to the handset."""
    READ = "read"
    """It was read; final like the four before it."""

    @property
    def rank(self) -> int:
        """How much is known, from 0 to 8; a higher rank replaces a lower one, whenever either arrived."""
        return _RANKS[self]

    @property
    def is_final(self) -> bool:
        """True when no other status follows, except `read`."""
        return self.rank >= FINAL_RANK


# The members are in their total order: by rank, and the four finals of one rank by how far it came.
_ORDER: Final = {outcome: place for place, outcome in enumerate(Outcome)}
_RANKS: Final = {
    outcome: place if place < FINAL_RANK else FINAL_RANK + (outcome is Outcome.READ)
    for outcome, place in _ORDER.items()
}


def classify(
    state: str | None, detail: str | None, error_code: int | None, table: DeliveryErrors
) -> tuple[Outcome, DeliveryError | None]:
    """The outcome for 8x8's status values, and the delivery error when there is one.

    - ``delivered`` counts only without detail or with ``delivered_to_recipient``; with any other detail,
      known or not, it is `Outcome.DELIVERED_TO_OPERATOR`.
    - ``undelivered`` and ``error`` go by their code: deferred when attempts continue, expired when its time
      ran out, else failed. Without a code the error is that of code 0, "no reason", which is ambiguous.
    - ``failed`` is rejected: 8x8's API refused the message and did not process it.
    - ``ok`` says that an operation succeeded, not which: it is taken as queued, the least it can mean.
    - An unknown value is `Outcome.UNKNOWN`, so that waiting continues.

    Args:
        state: The state (in the answer to a send, the status code), in any case; None when there was none.
        detail: Its detail.
        error_code: Its delivery error code; 0 means none.
        table: What each code means.

    Returns:
        The outcome, and an error for what failed, is deferred, was rejected or expired with a code, or is
        unknown with a code. Delivered, read, sent and queued have none.
    """
    word = _word(state)
    code = error_code or NO_REASON_CODE
    if word == "delivered":
        whole = _word(detail) in {"", "delivered_to_recipient"}
        return (Outcome.DELIVERED if whole else Outcome.DELIVERED_TO_OPERATOR), None
    if word in {"undelivered", "error"}:
        error = table[code]
        return _BY_CATEGORY.get(error.category, Outcome.FAILED), error
    if word == "expired":
        return Outcome.EXPIRED, table[code or SMS_EXPIRED]
    outcome = _BY_WORD.get(word, Outcome.UNKNOWN)
    telling = code and outcome in {Outcome.REJECTED, Outcome.UNKNOWN}
    return outcome, (table[code] if telling else None)


def combine(*outcomes: Outcome) -> Outcome:
    """Merge outcomes of the same message into one; their order and repetitions do not matter.

    The highest rank wins. Of final states that contradict each other, the one by which the message came
    furthest wins (rejected, failed, expired, delivered), because sending again what was delivered sends it
    twice. To trust the latest timestamp instead, choose first. With no arguments, `Outcome.UNKNOWN`.
    """
    return max(outcomes, key=_ORDER.__getitem__, default=Outcome.UNKNOWN)


_BY_WORD: Final = {
    "queued": Outcome.QUEUED,
    "ok": Outcome.QUEUED,
    "sent": Outcome.SENT,
    "rejected": Outcome.REJECTED,
    "failed": Outcome.REJECTED,
    "read": Outcome.READ,
}
_BY_CATEGORY: Final = {ErrorCategory.INTERIM: Outcome.DEFERRED, ErrorCategory.EXPIRED: Outcome.EXPIRED}


def _word(said: str | None) -> str:
    return "" if said is None else said.strip().lower()
