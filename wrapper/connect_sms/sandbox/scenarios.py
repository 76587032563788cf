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
    """The course of a message.

    Attributes:
        title: A short description.
        changes: The changes of state after ``queued``, in order of time.
        receipts: Whether receipts are posted.
        rejection: When given, the message is rejected at submit for this reason.
        fault: When given, a single send to the destination gets this fault (see `faults`); a batch does not.
    """

    title: str
    changes: tuple[StateChange, ...] = ()
    receipts: bool = True
    rejection: str | None = None
    fault: str | None = None


def _at(
    after: float, state: str, detail: str | None = None, code: int | None = None, *, charged: bool = True
) -> StateChange:
    return StateChange(after, state, detail, code, charged)


QUEUED: Final = StateChange(0.0, "queued")
_SENT: Final = _at(SENT_AFTER, "sent")
_TO_RECIPIENT: Final = _at(DELIVERED_AFTER, "delivered", "delivered_to_recipient")
_TO_OPERATOR: Final = _at(DELIVERED_AFTER, "delivered", "delivered_to_operator")
_EXPIRES: Final = _at(_EXPIRED_AFTER, "undelivered", "undelivered_to_recipient", EXPIRED_CODE)


@cache
def _reasons() -> dict[int, str]:
    table = resources.files("connect_sms").joinpath("delivery_errors.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in table.splitlines() if not line.startswith("#"))
    return {int(row["code"]): row["reason"] for row in rows}


def error_reason(code: int | None) -> str | None:
    """8x8's description of a delivery error code, or our own for a code without one."""
    return None if code is None else _reasons().get(code, f"Delivery error {code}")


@cache
def undelivered(code: int, *, by_operator: bool = False) -> Scenario:
    """Sent, then undelivered with ``code``; a message that the operator rejects is not charged."""
    detail = "rejected_by_operator" if by_operator else "undelivered_to_recipient"
    last = _at(DELIVERED_AFTER, "undelivered", detail, code, charged=not by_operator)
    return Scenario(f"undelivered: {code} {error_reason(code)}", (_SENT, last))


def _interim(code: int, last: StateChange, title: str) -> Scenario:
    deferred = _at(_INTERIM_AFTER, "sent", None, code)
    return Scenario(title, (_SENT, deferred, last._replace(after=_FINAL_AFTER)))


def _then(title: str, *changes: StateChange, receipts: bool = True) -> Scenario:
    return Scenario(title, (_SENT, *changes), receipts=receipts)


DELIVERED: Final = _then("delivered to the recipient", _TO_RECIPIENT)


def _failing(title: str, fault: str) -> Scenario:
    return Scenario(title, DELIVERED.changes, fault=fault)


SCENARIOS: Final[dict[str, Scenario]] = {
    "40": _then("delivered to the operator only", _TO_OPERATOR),
    "41": _then(
        "delivered to the operator, later to the recipient",
        _TO_OPERATOR,
        _TO_RECIPIENT._replace(after=_READ_AFTER),
    ),
    "42": _then("delivered, then read", _TO_RECIPIENT, _at(_READ_AFTER, "read", "delivered_to_recipient")),
    "43": _then("sent, and never any receipt", receipts=False),
    "44": Scenario("stays queued"),
    "45": _then("expired", _EXPIRES),
    "46": Scenario(
        "rejected by the operator before sending",
        (StateChange(SENT_AFTER, "rejected", "rejected_by_operator", 41),),
    ),
    "47": _then(
        "delivered_to_carrier, a detail that only an example shows",
        _at(DELIVERED_AFTER, "delivered", "delivered_to_carrier"),
    ),
    "48": _then("unknown state, error 56", _at(DELIVERED_AFTER, "unknown", None, 56)),
    "49": _then("an undocumented state", _at(DELIVERED_AFTER, "teleported", "beamed_to_recipient")),
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
    "81": _interim(22, undelivered(46).changes[-1], "being retried (22), then undelivered: 46"),
    "82": _interim(5, _EXPIRES, "pending upstream (5), then expired"),
    # refused at submit
    "90": Scenario("rejected at submit: not an E.164 number", rejection="not-e164"),
    "91": Scenario("rejected at submit: internal server error", rejection="internal"),
    # the request itself fails, when it is a single send
    "93": _failing("429 with Retry-After: 1", "rate-limit"),
    "94": _failing("503 before acceptance", "error-before;status=503"),
    "95": _failing("500 after acceptance", "error-after"),
    "96": _failing("connection reset before acceptance", "reset-before-accept"),
    "97": _failing("connection reset after acceptance", "reset-after-accept"),
    "98": _failing("no answer, after acceptance", "stall-after-accept"),
    "99": _failing("200 that is not JSON, after acceptance", "not-json"),
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
