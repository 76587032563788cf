"""How values are shown: reprs without phone number and text, and the values of ``to_dict``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from .redaction import mask

if TYPE_CHECKING:
    from collections.abc import Mapping, Sized
    from datetime import datetime


NOTHING: Final[Mapping[str, Any]] = {}
_MAX_SHORT_CODE: Final = 6
_is_masked_by_8x8 = re.compile(r"\+?[0-9]{0,8}[xX*]{3,}[0-9]{0,4}").fullmatch


def masked(number: str | None) -> str:
    """A phone number, masked; what 8x8 has masked stays as 8x8 wrote it."""
    return str(shown_number(number, show_numbers=False))


def count_only(rows: Sized) -> str:
    """The number of rows."""
    return str(len(rows))


def word_only(said: str | None) -> str:
    """A one-word value from 8x8; for anything else its length."""
    return repr(said) if is_word(said) else length_only(said)


def is_word(said: str | None) -> bool:
    """True for letters and underscores only, and for None."""
    return said is None or said.replace("_", "").isalpha()


def length_only(text: str | None) -> str:
    """The length of a text."""
    return "None" if text is None else f"<{len(text)} characters>"


def size_only(body: bytes) -> str:
    """The size of a body."""
    return f"<{len(body)} bytes>"


def shown_number(number: str | None, *, show_numbers: bool) -> str | None:
    """A phone number for ``to_dict``: masked by default. A number masked by 8x8 stays unchanged."""
    if number is None or show_numbers or _is_masked_by_8x8(number):
        return number
    return mask(number)


def shown_sender(sender: str | None, *, show_numbers: bool) -> str | None:
    """A sender ID for ``to_dict``: a name or short code as it is, a phone number masked by default."""
    is_number = sender is not None and sender.removeprefix("+").isdecimal() and len(sender) > _MAX_SHORT_CODE
    return shown_number(sender, show_numbers=show_numbers) if is_number else sender


def shown_time(time: datetime | None) -> str | None:
    """A time for ``to_dict``: ISO 8601."""
    return None if time is None else time.isoformat()
