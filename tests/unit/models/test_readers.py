"""The lenient readers: what each takes, and what each leaves out."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_sms.models import readers

NONSENSE: list[object] = [None, True, [], {}, "nonsense", "", float("nan"), float("inf")]


@pytest.mark.parametrize(
    ("reader", "value", "read"),
    [
        ("as_str", " a\0 ", " a\0 "), ("as_str", 7, "7"), ("as_text", " a\0 ", " a\ufffd "),
        ("as_text", "x" * 351, "x" * 351), ("as_text", "", None), ("as_word", " a\0 ", "a\ufffd"),
        ("as_word", "x" * 351, None), ("as_word", " ", None), ("as_int", -3, -3), ("as_int", 36.0, 36),
        ("as_int", " 36 ", 36), ("as_int", "36.00", 36), ("as_int", "36.5", None),
        ("as_int", "\u0663", None), ("as_int", "1" * 11, None), ("as_int", 2.0**70, None),
        ("as_count", -3, None), ("as_count", 2**31, None), ("as_count", "3.0", 3),
        ("as_amount", 0.0012, Decimal("0.0012")), ("as_amount", 1e99, None), ("as_amount", "1e99", None),
        ("as_amount", "0" * 41, None), ("as_amount", " 0.5 ", Decimal("0.5")),
        ("as_amount", "0,0375", Decimal("0.0375")), ("as_amount", "-1,5", Decimal("-1.5")),
        ("as_amount", "1.234,56", None), ("as_amount", "1,234,567", None), ("as_amount", ",5", None),
        ("as_currency", " gbp ", "GBP"), ("as_currency", "Euro", None), ("as_currency", 978, None),
        ("as_phone_number", "447700900123", "+447700900123"), ("as_phone_number", "+44770090xxxx", None),
        ("as_phone_number", "07700900123", None),
    ],
)  # fmt: skip
def test_values(reader: str, value: Any, read: Any) -> None:
    assert getattr(readers, reader)(value) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-03-01T09:00:00Z", "2026-03-01T09:00:00"),
        ("2026-03-01T09:00:00.12z", "2026-03-01T09:00:00.120000"),
        ("2026-03-01t09:00:00.1234567Z", "2026-03-01T09:00:00.123456"),
        ("2026-03-01T09:00:00.123456789+05:30", "2026-03-01T03:30:00.123456"),
        (" 2026-03-01 09:00:00 ", "2026-03-01T09:00:00"),
        ("20260301T090000Z", "2026-03-01T09:00:00"),
        ("0001-01-01T00:00:00", None),
        ("0001-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+02:00", None),
        ("0001-01-01T00:00:00.0000000-08:00", None),
        ("9999-12-31T23:59:59-08:00", None),
        ("2026-03-01T23:59:60Z", None),
        (str(1_772_355_600), None),
        (1_772_355_600, None),
    ],
)
def test_times(written: object, read: str | None) -> None:
    assert readers.as_time(written) == (None if read is None else datetime.fromisoformat(f"{read}+00:00"))


@pytest.mark.parametrize(
    "reader", ["as_int", "as_count", "as_amount", "as_currency", "as_time", "as_phone_number"]
)
@pytest.mark.parametrize("value", NONSENSE, ids=repr)
def test_nonsense_is_none(reader: str, value: Any) -> None:
    assert getattr(readers, reader)(value) is None


@given(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.lists(st.text())
)
def test_no_reader_raises(value: Any) -> None:
    for name in ("as_str", "as_text", "as_word", "as_int", "as_count", "as_amount", "as_currency", "as_time"):
        getattr(readers, name)(value)
    readers.as_phone_number(value)
