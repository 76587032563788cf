"""How bad a difference is, and in which direction: what we may send, or what may come back.

In a request it is bad when 8x8 takes less than our contract allows, in a response when 8x8 gives more.
"""

import enum
import math
import re
from collections.abc import Mapping

from contract_tests.vendor_drift.flatten import ABSENT

_LOWER = frozenset({"minLength", "minItems", "minProperties", "minimum", "exclusiveMinimum"})
_UPPER = frozenset({"maxLength", "maxItems", "maxProperties", "maximum", "exclusiveMaximum"})
_WIDER_WHEN_YES = frozenset({"nullable", "open to other words", "open to other fields", "allowEmptyValue"})
_NARROWER_WHEN_YES = frozenset({"required", "uniqueItems"})
#: A limit of any value lets less through than none; of two values none is known to be the wider.
_LIMITED_WHEN_THERE = frozenset({"pattern", "format", "multipleOf", "type", "words", "dependentRequired"})
_SECURITY = re.compile(r"(?:^|\s)security(?:\s|$)")

Row = Mapping[str, str]


class Severity(enum.StrEnum):
    """How bad a difference is."""

    ERROR = "error"
    """A request of ours may be refused, or an answer be unreadable."""
    WARNING = "warning"
    """It cannot be told without reading it."""
    INFO = "info"
    """Ours is the stricter when sending, or the more lenient when reading."""


class Direction(enum.StrEnum):
    """Which way the data goes."""

    REQUEST = "request"
    """From us to 8x8."""
    RESPONSE = "response"
    """From 8x8 to us; what it posts of its own accord is of this kind as well."""


def direction(place: str) -> Direction:
    """Tell from a place which way its data goes."""
    posted = re.findall(r"(?:^|\s)(?:callback|webhook)\s", place)
    inner = re.search(r"(?:^|\s)answer\s", place) is not None
    # What 8x8 posts is a request in the file, but comes to us; each level turns it round.
    return Direction.RESPONSE if inner != (len(posted) % 2 == 1) else Direction.REQUEST


def of_attribute(place: str, attribute: str, ours: Row, vendor: Row) -> Severity:
    """How bad it is that an attribute of a place differs.

    Args:
        place: Where it differs.
        attribute: In what.
        ours: All attributes of the place in our contract.
        vendor: All of them in the vendor's file.
    """
    if _SECURITY.search(place) or attribute == "dangling reference":
        return Severity.ERROR
    if attribute == "words" and ours.get("open to other words") == "yes":
        # The list is what is known, and no limit.
        vendor_is_wider: bool | None = False
    else:
        vendor_is_wider = _is_wider(attribute, vendor.get(attribute, ABSENT), ours.get(attribute, ABSENT))
    if vendor_is_wider is None:
        return Severity.WARNING
    good = vendor_is_wider == (direction(place) is Direction.REQUEST)
    return Severity.INFO if good else Severity.ERROR


def of_place(place: str, *, vendor_has_it: bool, required: bool) -> Severity:
    """How bad it is that only one side has a place.

    Args:
        place: A field, parameter, answer, server or the like.
        vendor_has_it: Whether it is the vendor that has it.
        required: Whether the side that has it requires it.
    """
    if _SECURITY.search(place):
        return Severity.ERROR
    if direction(place) is Direction.REQUEST:
        # What we send and 8x8 does not know may be ignored in silence; what it wants and we lack is refused.
        bad = Severity.ERROR if required else Severity.INFO
        return bad if vendor_has_it else Severity.WARNING
    # What ours requires never comes; all else is read as well as before.
    return Severity.ERROR if required and not vendor_has_it else Severity.INFO


def _is_wider(attribute: str, one: str, other: str) -> bool | None:
    if attribute in _LOWER | _UPPER:
        return _is_wider_bound(attribute, one, other)
    if attribute in _WIDER_WHEN_YES | _NARROWER_WHEN_YES:
        return (one == "yes") == (attribute in _WIDER_WHEN_YES)
    if attribute in _LIMITED_WHEN_THERE and ABSENT in (one, other):
        return one == ABSENT
    if attribute in {"words", "type"}:
        mine, theirs = set(one.split()), set(other.split())
        if mine < theirs or theirs < mine:
            return mine > theirs
    return None


def _is_wider_bound(attribute: str, one: str, other: str) -> bool | None:
    absent = -math.inf if attribute in _LOWER else math.inf
    try:
        mine, theirs = (absent if value == ABSENT else float(value) for value in (one, other))
    except ValueError:
        return None
    return mine < theirs if attribute in _LOWER else mine > theirs
