"""How many of each: a few in every test run, as many as the promise names when asked for."""

from __future__ import annotations

import os
from typing import Final, TypeVar

T = TypeVar("T")
VARIABLE: Final = "CONNECT_SMS_FULL_SCALE"


def scaled(few: T, full: T) -> T:
    """`few`, or `full` where ``CONNECT_SMS_FULL_SCALE`` is set."""
    return full if os.environ.get(VARIABLE) else few
