"""Scenarios: the states that a message goes through, chosen by its destination.

Numbers reserved for fiction choose a scenario by their last digits; all others are delivered.

- ``+44 7700 9009nn`` and ``+1 202 555 01nn``: row ``nn`` of `SCENARIOS`; a number without a row is delivered.
- ``+44 7700 9008cc``: undelivered with delivery error code ``cc``, even if the code has no meaning yet.

Times are seconds of sandbox time after the message is accepted, or after the time it is scheduled for.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources
from typing import Final, NamedTuple

SENT_AFTER: Final = 0.5
DELIVERED_AFTER: Final = 2.0
_INTERIM_AFTER: Final = 5.0
_FINAL_AFTER: Final = 20.0
_READ_AFTER: Final = 10.0
_EXPIRED_AFTER: Final = 60.0

EXPIRED_CODE: Final = 36


class StateChange(NamedTuple):
    """One change of a message's state.

    Attributes:
        after: Seconds of sandbox time since the start.
        state: The state, as the service writes it.
        detail: The detail, as the service writes it, or None.
        code: Delivery error code, or None.
        charged: Whether the message has been charged by now.
    """

    after: float
    state: str
    detail: str | None = None
    code: int | None = None
    charged: bool = False


class Scenario(NamedTuple):
    """What happens to a message.

    Attributes:
        title: What happens, in a few words.
        changes: The changes of state after ``queued``, in order of time.
        receipts: Whether receipts are posted.
        rejection: When given, the message is rejected at submit for this reason.
        fault: When given, a single send to the destination meets this fault (see `faults`); a batch does not.
    """

    title: str
    changes: tuple[StateChange, ...] = ()
    receipts: bool = True
    rejection: str | None = None
    fault: str | None = None


QUEUED: Final = StateChange(0.0, "queued")
_SENT: Final = StateChange(SENT_AFTER, "sent", charged=True)
_DELIVERED_TO_RECIPIENT: Final = StateChange(
    DELIVERED_AFTER, "delivered", "delivered_to_recipient", charged=True
)
_DELIVERED_TO_OPERATOR: Final = StateChange(
    DELIVERED_AFTER, "delivered", "delivered_to_operator", charged=True
)


@cache
def _reasons() -> dict[int, str]:
    table = resources.files("connect_sms").joinpath("delivery_errors.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in table.splitlines() if not line.startswith("#"))
    return {int(row["code"]): row["reason"] for row in rows}


def error_reason(code: int | None) -> str | None:
    """8x8's description of a delivery error code, or one of ours for a code that 8x8 does not describe."""
    return None if code is None else _reasons().get(code, f"Delivery error {code}")


@cache
def undelivered(code: int, *, by_operator: bool = False) -> Scenario:
    """Sent, then undelivered with ``code``; a message that the operator rejects is not charged."""
    detail = "rejected_by_operator" if by_operator else "undelivered_to_recipient"
    last = StateChange(DELIVERED_AFTER, "undelivered", detail, code, charged=not by_operator)
    return Scenario(f"undelivered: {code} {error_reason(code)}", (_SENT, last))


def _interim(code: int, last: StateChange, title: str) -> Scenario:
    deferred = StateChange(_INTERIM_AFTER, "sent", None, code, charged=True)
    return Scenario(title, (_SENT, deferred, last._replace(after=_FINAL_AFTER)))


DELIVERED: Final = Scenario("delivered to the recipient", (_SENT, _DELIVERED_TO_RECIPIENT))
EXPIRED: Final = Scenario(
    "expired",
    (
        _SENT,
        StateChange(_EXPIRED_AFTER, "undelivered", "undelivered_to_recipient", EXPIRED_CODE, charged=True),
    ),
)

SCENARIOS: Final[dict[str, Scenario]] = {
    "40": Scenario("delivered to the operator only", (_SENT, _DELIVERED_TO_OPERATOR)),
    "41": Scenario(
        "delivered to the operator, later to the recipient",
        (_SENT, _DELIVERED_TO_OPERATOR, _DELIVERED_TO_RECIPIENT._replace(after=_READ_AFTER)),
    ),
    "42": Scenario(
        "delivered, then read",
        (
            _SENT,
            _DELIVERED_TO_RECIPIENT,
            StateChange(_READ_AFTER, "read", "delivered_to_recipient", charged=True),
        ),
    ),
    "43": Scenario("sent, and never any receipt", (_SENT,), receipts=False),
    "44": Scenario("stays queued", ()),
    "45": EXPIRED,
    "46": Scenario(
        "rejected by the operator before sending",
        (StateChange(SENT_AFTER, "rejected", "rejected_by_operator", 41),),
    ),
    "47": Scenario(
        "delivered_to_carrier, a detail that only an example shows",
        (_SENT, StateChange(DELIVERED_AFTER, "delivered", "delivered_to_carrier", charged=True)),
    ),
    "48": Scenario(
        "unknown state, error 56", (_SENT, StateChange(DELIVERED_AFTER, "unknown", None, 56, charged=True))
    ),
    "49": Scenario(
        "an undocumented state",
        (_SENT, StateChange(DELIVERED_AFTER, "teleported", "beamed_to_recipient", charged=True)),
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
    "80": _interim(4, _DELIVERED_TO_RECIPIENT, "deferred (4), then delivered"),
    "81": _interim(
        22,
        StateChange(0, "undelivered", "undelivered_to_recipient", 46, charged=True),
        "being retried (22), then undelivered: 46",
    ),
    "82": _interim(5, EXPIRED.changes[-1], "pending upstream (5), then expired"),
    # refused at submit
    "90": Scenario("rejected at submit: not an E.164 number", rejection="not-e164"),
    "91": Scenario("rejected at submit: internal server error", rejection="internal"),
    # the request itself fails, when it is a single send
    "93": Scenario("429 with Retry-After: 1", DELIVERED.changes, fault="rate-limit"),
    "94": Scenario("503 before acceptance", DELIVERED.changes, fault="error-before;status=503"),
    "95": Scenario("500 after acceptance", DELIVERED.changes, fault="error-after"),
    "96": Scenario("connection reset before acceptance", DELIVERED.changes, fault="reset-before-accept"),
    "97": Scenario("connection reset after acceptance", DELIVERED.changes, fault="reset-after-accept"),
    "98": Scenario("no answer, after acceptance", DELIVERED.changes, fault="stall-after-accept"),
    "99": Scenario("200 that is not JSON, after acceptance", DELIVERED.changes, fault="not-json"),
}
"""Scenarios by the last two digits of ``+44 7700 9009nn`` and ``+1 202 555 01nn``."""

_CODE_SERIES: Final = "4477009008"
_TABLE_SERIES: Final = ("4477009009", "120255501")
_SERIES: Final = (_CODE_SERIES, *_TABLE_SERIES)
_LENGTHS: Final = {"4": 12, "1": 11}


def scenario_for(digits: str) -> Scenario:
    """The scenario of a message to these E.164 digits (without ``+``)."""
    if not digits.startswith(_SERIES) or len(digits) != _LENGTHS[digits[0]]:
        return DELIVERED
    if digits.startswith(_CODE_SERIES):
        return undelivered(int(digits[-2:]))
    return SCENARIOS.get(digits[-2:], DELIVERED)
