"""A progress callback for tests of how a batch ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connect_sms import BatchProgress, BatchResult


class Last:
    """A progress callback that keeps what it was told last."""

    def __init__(self) -> None:
        self.calls: list[BatchProgress] = []

    def __call__(self, progress: BatchProgress) -> None:
        self.calls.append(progress)

    @property
    def result(self) -> BatchResult:
        """The whole result, told once, with the last call."""
        *before, last = self.calls
        assert last.ended
        assert last.result is not None
        assert not any(call.ended or call.result for call in before)
        return last.result
