"""Every option of a message, and what each is on the wire."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

_SOON: Final = datetime(2026, 1, 2, tzinfo=UTC).astimezone(timezone(timedelta(hours=2)))

EVERY_OPTION: Final[dict[str, Any]] = {
    "sender": "ACME", "encoding": "ucs-2", "scheduled": _SOON, "expiry": _SOON + timedelta(days=1),
    "receipt_url": "https://example.com/receipts", "country": "gb", "client_ip": "192.0.2.1",
    "track": "Outcome",
}  # fmt: skip
ON_THE_WIRE: Final = {
    "source": "ACME", "encoding": "UCS2", "scheduled": "2026-01-02T00:00:00+00:00",
    "expiry": "2026-01-03T00:00:00+00:00", "dlrCallbackUrl": "https://example.com/receipts", "country": "GB",
    "clientIp": "192.0.2.1", "track": "Outcome",
}  # fmt: skip
