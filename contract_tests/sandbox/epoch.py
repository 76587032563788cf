"""When the clock of the contract tests' sandbox begins: the same in every run, and fit for the examples."""

from datetime import UTC, datetime
from typing import Final

EPOCH: Final = datetime(2026, 7, 1, 12, tzinfo=UTC)
