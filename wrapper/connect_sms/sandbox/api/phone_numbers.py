"""Phone numbers: whether one is in E.164 form, and its country."""

from __future__ import annotations

import re
from typing import Final

from connect_sms.models.calling_codes import COUNTRIES, country_of

is_well_formed = re.compile(r"\+?[1-9][0-9]{6,14}").fullmatch
_NANP_LENGTH: Final = 11
_MOST_NATIONAL_DIGITS: Final = 10
_LEAST_INTERNATIONAL_DIGITS: Final = 8
_MOST_INTERNATIONAL_DIGITS: Final = 15


def to_e164(destination: str, country: str | None) -> str | None:
    """The E.164 digits of a destination without ``+``, or None when it is not E.164.

    With a ``country``, a number without ``+`` is national, unless it has more than 10 digits and
    begins with that country's calling code. The live service's rule is not documented.
    """
    if not is_well_formed(destination):
        return None
    digits = destination.removeprefix("+")
    if country is not None and digits is destination:
        code = COUNTRIES[country]
        if not (len(digits) > _MOST_NATIONAL_DIGITS and digits.startswith(code)):
            digits = code + digits
    if not _LEAST_INTERNATIONAL_DIGITS <= len(digits) <= _MOST_INTERNATIONAL_DIGITS:
        return None
    if digits[0] == "1":
        return digits if len(digits) == _NANP_LENGTH else None
    return digits if country_of(digits) else None
