"""A client's clock that is the sandbox's: waiting lets the sandbox's time pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connect_sms import ManualClock

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from connect_sms.sandbox import Sandbox


class SandboxTime(ManualClock):
    """The time of a sandbox, and how it passes."""

    def __init__(self, sandbox: Sandbox, advance: Callable[[float], object]) -> None:
        super().__init__()
        self._sandbox = sandbox
        self._advance = advance

    def now(self) -> datetime:
        return self._sandbox.clock.when()

    def monotonic(self) -> float:
        return self._sandbox.clock.now()

    def advance(self, seconds: float) -> None:
        self._advance(seconds)
