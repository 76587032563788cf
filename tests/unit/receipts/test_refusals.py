"""A refused request is logged now and then."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from connect_sms.receipts._refusals import RefusalLog

if TYPE_CHECKING:
    import pytest


def test_one_line_a_minute_says_how_many_more_there_were(caplog: pytest.LogCaptureFixture) -> None:
    moments = iter([0.0, 1.0, 59.9, 60.0, 61.0, 500.0])
    noted = RefusalLog(lambda: next(moments))
    with caplog.at_level(logging.WARNING, "connect_sms.receipts"):
        for number in range(6):
            noted.note(f"wrong {number}")
    assert [record.getMessage() for record in caplog.records] == [
        "a request was refused with 401: wrong 0",
        "a request was refused with 401: wrong 3 (2 more were refused since the last line)",
        "a request was refused with 401: wrong 5 (1 more were refused since the last line)",
    ]
