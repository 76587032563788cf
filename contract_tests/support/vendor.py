"""The vendor's own file, the witness that this project did not write. It is read in place."""

import functools
from typing import Any

import pytest

from contract_tests.vendor_drift.vendor_file import PREFIX, VENDOR_FILE, read_vendor

__all__ = ["PREFIX", "is_present", "load_vendor"]

_ABSENT = (
    f"THE VENDOR'S FILE IS ABSENT, so one of two witnesses is silent: no {VENDOR_FILE.name} in its place; "
    "CONNECT_SMS_VENDOR_FILE may say where it is"
)


def is_present() -> bool:
    """Tell whether the vendor's file is at hand."""
    return VENDOR_FILE.is_file()


@functools.cache
def load_vendor() -> dict[str, Any]:
    """Read the vendor's file, once; where it is absent, skip the test that asks, and say so."""
    if not is_present():
        pytest.skip(_ABSENT)
    return read_vendor()
