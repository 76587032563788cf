"""What becomes of a message, chosen by its destination.

Numbers reserved for fiction pick a journey by their last digits; every other number is delivered.

- ``+44 7700 9009nn`` and ``+1 202 555 01nn``: the row ``nn`` of `TABLE`; a number without a row is delivered.
- ``+44 7700 9008cc``: undelivered with the delivery error code ``cc``, also one that has no meaning yet.

Times are seconds of sandbox time after the message starts: at once, or when it was scheduled for.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources
from typing import Final, NamedTuple

__all__ = ["DELIVERED", "TABLE", "Journey", "Stop", "error_reason", "journey_to", "undelivered"]

SENT_AFTER: Final = 0.5
DELIVERED_AFTER: Final = 2.0
_INTERIM_AFTER: Final = 5.0
_SETTLED_AFTER: Final = 20.0
_READ_AFTER: Final = 10.0
_EXPIRED_AFTER: Final = 60.0

EXPIRED_CODE: Final = 36


class Stop(NamedTuple):
    """One change of state on the way.

    Attributes:
        after: seconds of sandbox time since the start.
        state: the word the service uses.
        detail: the finer word, or None.
        code: delivery error code, or None.
        charged: whether the message has been charged by now.
    """

    after: float
    state: str
    detail: str | None = None
    code: int | None = None
    charged: bool = False


class Journey(NamedTuple):
    """A row of the table.

    Attributes:
        title: what happens, in a few words.
        stops: the changes of state after ``queued``, in order of time.
        receipts: whether receipts are posted.
        rejection: when given, the message is refused at submit for this reason.
        fault: when given, a single send to the destination meets this fault (see `faults`); a batch does not.
    """

    title: str
    stops: tuple[Stop, ...] = ()
    receipts: bool = True
    rejection: str | None = None
    fault: str | None = None


QUEUED: Final = Stop(0.0, "queued")
_SENT: Final = Stop(SENT_AFTER, "sent", charged=True)
_TO_RECIPIENT: Final = Stop(DELIVERED_AFTER, "delivered", "delivered_to_recipient", charged=True)
_TO_OPERATOR: Final = Stop(DELIVERED_AFTER, "delivered", "delivered_to_operator", charged=True)


@cache
def _reasons() -> dict[int, str]:
    table = resources.files("connect_sms").joinpath("delivery_errors.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in table.splitlines() if not line.startswith("#"))
    return {int(row["code"]): row["reason"] for row in rows}


def error_reason(code: int | None) -> str | None:
    """8x8's words for a delivery error code; a code without a meaning has words of ours."""
    return None if code is None else _reasons().get(code, f"Delivery error {code}")


@cache
def undelivered(code: int, *, by_operator: bool = False) -> Journey:
    """Sent, then undelivered with ``code``; a refusal by the operator costs nothing."""
    detail = "rejected_by_operator" if by_operator else "undelivered_to_recipient"
    last = Stop(DELIVERED_AFTER, "undelivered", detail, code, charged=not by_operator)
    return Journey(f"undelivered: {code} {error_reason(code)}", (_SENT, last))


def _interim(code: int, last: Stop, title: str) -> Journey:
    deferred = Stop(_INTERIM_AFTER, "sent", None, code, charged=True)
    return Journey(title, (_SENT, deferred, last._replace(after=_SETTLED_AFTER)))


DELIVERED: Final = Journey("delivered to the recipient", (_SENT, _TO_RECIPIENT))
EXPIRED: Final = Journey(
    "expired",
    (_SENT, Stop(_EXPIRED_AFTER, "undelivered", "undelivered_to_recipient", EXPIRED_CODE, charged=True)),
)

TABLE: Final[dict[str, Journey]] = {
    "40": Journey("delivered to the operator only", (_SENT, _TO_OPERATOR)),
    "41": Journey(
        "delivered to the operator, later to the recipient",
        (_SENT, _TO_OPERATOR, _TO_RECIPIENT._replace(after=_READ_AFTER)),
    ),
    "42": Journey(
        "delivered, then read",
        (_SENT, _TO_RECIPIENT, Stop(_READ_AFTER, "read", "delivered_to_recipient", charged=True)),
    ),
    "43": Journey("sent, and never any receipt", (_SENT,), receipts=False),
    "44": Journey("stays queued", ()),
    "45": EXPIRED,
    "46": Journey(
        "rejected by the operator before sending",
        (Stop(SENT_AFTER, "rejected", "rejected_by_operator", 41),),
    ),
    "47": Journey(
        "delivered_to_carrier, a word seen only in an example",
        (_SENT, Stop(DELIVERED_AFTER, "delivered", "delivered_to_carrier", charged=True)),
    ),
    "48": Journey(
        "unknown state, error 56", (_SENT, Stop(DELIVERED_AFTER, "unknown", None, 56, charged=True))
    ),
    "49": Journey(
        "a state from the future",
        (_SENT, Stop(DELIVERED_AFTER, "teleported", "beamed_to_recipient", charged=True)),
    ),
    # transient
    "50": undelivered(1),
    "51": undelivered(46),
    "52": undelivered(21),
    "53": undelivered(50, by_operator=True),
    # transient, once
    "55": undelivered(7),
    "56": undelivered(32),
    # permanent, the number
    "60": undelivered(59),
    "61": undelivered(15, by_operator=True),
    "62": undelivered(37),
    "63": undelivered(8),
    # permanent, the content or the sender
    "65": undelivered(43, by_operator=True),
    "66": undelivered(60, by_operator=True),
    "67": undelivered(19, by_operator=True),
    # the account
    "70": undelivered(42, by_operator=True),
    "71": undelivered(33, by_operator=True),
    # ambiguous
    "75": undelivered(0),
    "76": undelivered(51),
    "77": undelivered(57),
    # interim
    "80": _interim(4, _TO_RECIPIENT, "deferred (4), then delivered"),
    "81": _interim(
        22,
        Stop(0, "undelivered", "undelivered_to_recipient", 46, charged=True),
        "being retried (22), then undelivered: 46",
    ),
    "82": _interim(5, EXPIRED.stops[-1], "pending upstream (5), then expired"),
    # refused at submit
    "90": Journey("rejected at submit: not an E.164 number", rejection="not-e164"),
    "91": Journey("rejected at submit: internal server error", rejection="internal"),
    # the request itself fails, when it is a single send
    "93": Journey("429 with Retry-After: 1", DELIVERED.stops, fault="rate-limit"),
    "94": Journey("503 before acceptance", DELIVERED.stops, fault="error-before;status=503"),
    "95": Journey("500 after acceptance", DELIVERED.stops, fault="error-after"),
    "96": Journey("connection reset before acceptance", DELIVERED.stops, fault="reset-before-accept"),
    "97": Journey("connection reset after acceptance", DELIVERED.stops, fault="reset-after-accept"),
    "98": Journey("no answer, after acceptance", DELIVERED.stops, fault="stall-after-accept"),
    "99": Journey("200 that is not JSON, after acceptance", DELIVERED.stops, fault="not-json"),
}
"""Journeys by the last two digits of ``+44 7700 9009nn`` and ``+1 202 555 01nn``."""

_CODE_SERIES: Final = "4477009008"
_TABLE_SERIES: Final = ("4477009009", "120255501")
_SERIES: Final = (_CODE_SERIES, *_TABLE_SERIES)
_LENGTHS: Final = {"4": 12, "1": 11}


def journey_to(digits: str) -> Journey:
    """The journey of a message to these E.164 digits (without ``+``)."""
    if not digits.startswith(_SERIES) or len(digits) != _LENGTHS[digits[0]]:
        return DELIVERED
    if digits.startswith(_CODE_SERIES):
        return undelivered(int(digits[-2:]))
    return TABLE.get(digits[-2:], DELIVERED)
