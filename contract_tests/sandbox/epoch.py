"""When the sandbox of the contract tests begins: on every run the same, and fit for the examples."""

from datetime import UTC, datetime
from typing import Final

EPOCH: Final = datetime(2026, 7, 1, 12, tzinfo=UTC)
