"""Single fields of a tree, read with doubt: whatever is not what it should be is None, never an error."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final, cast

from connect_sms._api.decoding import as_time
from connect_sms.models.status import Price

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

__all__ = ["count", "entries", "number", "price", "storable", "text", "time", "tree", "word"]

LONGEST_WORD: Final = 350
"""The longest id that 8x8 takes. A longer word is no id, and would not fit into a database's index."""

_NOT_STORABLE: Final = re.compile("[\0\ud800-\udfff]")
LARGEST_COUNT: Final = 2**31 - 1
"""The largest number that is taken for a code or for a number of parts."""

_LONGEST_AMOUNT: Final = 40


def storable(said: str) -> str:
    """A text as every database can keep it: without NUL, and without halves of characters."""
    # What can be printed is neither; most texts can, and it is quicker to ask.
    return said if said.isprintable() else _NOT_STORABLE.sub("\ufffd", said)


def text(value: object) -> str | None:
    """A text as it was written; of a number, its digits."""
    if isinstance(value, str):
        return storable(value)
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def word(value: object) -> str | None:
    """An id, a state or another single word, without space around it; None when empty or too long."""
    said = text(value)
    said = said.strip() if said else None
    return said if said and len(said) <= LONGEST_WORD else None


def number(value: object) -> str | None:
    """A phone number as ``+`` and digits; None for one that is masked or is none."""
    said = word(value)
    return f"+{said.removeprefix('+')}" if said and re.fullmatch(r"\+?[1-9][0-9]{6,14}", said) else None


def count(value: object) -> int | None:
    """A whole number from 0 upwards, also when it was written as a text or with ``.0``."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        value = int(value) if value.is_integer() else None
    elif isinstance(value, str):
        value = int(value) if re.fullmatch(r"\s*[0-9]{1,10}\s*", value, re.ASCII) else None
    return value if isinstance(value, int) and 0 <= value <= LARGEST_COUNT else None


def time(value: object) -> datetime | None:
    """A timestamp in UTC."""
    return as_time(value.strip()) if isinstance(value, str) else None


def price(value: object) -> Price | None:
    """What a message cost; None when nothing in it can be read."""
    parts = tree(value)
    found = Price(_amount(parts.get("total")), _amount(parts.get("perSms")), word(parts.get("currency")))
    return None if found == Price(None, None, None) else found


def tree(value: object) -> Mapping[str, Any]:
    """An object of the document; an empty one for anything else."""
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def entries(value: object) -> Sequence[Any]:
    """A list of the document; an empty one for anything else."""
    return cast("Sequence[Any]", value) if isinstance(value, list) else ()


def _amount(value: object) -> Decimal | None:
    said = word(value)
    if said is None or len(said) > _LONGEST_AMOUNT:
        return None
    try:
        amount = Decimal(said)
    except InvalidOperation:
        return None
    # Finite, and not of a size that would fill a page when written out.
    return amount if amount.is_finite() and abs(amount.adjusted()) < _LONGEST_AMOUNT else None
