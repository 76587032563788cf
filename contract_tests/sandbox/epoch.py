"""When the sandbox of the contract tests begins: the same on every run, and fit for the contract's examples."""

from datetime import UTC, datetime
from typing import Final

EPOCH: Final = datetime(2026, 7, 1, 12, tzinfo=UTC)
