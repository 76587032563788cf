"""The shared state of a sandbox: settings, clock, logs, queued faults and listeners."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .acceptance_log import AcceptanceLog
from .faults.queue import FaultQueue
from .message_log import MessageLog
from .request_log import RequestLog

if TYPE_CHECKING:
    from collections.abc import Callable

    from .clock import SandboxClock
    from .request_log import RequestRecord
    from .settings import SandboxSettings
    from .webhooks.delivery import DeliveryAttempt

    Listener = Callable[[RequestRecord | DeliveryAttempt], object]


class SandboxState:
    """The state of a sandbox.

    Args:
        settings: The settings; they may be replaced at any time.
        clock: Sandbox time.

    Attributes:
        faults: The queued faults.
        listeners: Called with every request and every attempt to post a receipt.
        messages: Every message received since the last reset.
        accepted: The accepted ones, counted.
        requests: Every request received since the last reset.
    """

    def __init__(self, settings: SandboxSettings, clock: SandboxClock) -> None:
        self.settings = settings
        self.clock = clock
        self.faults = FaultQueue()
        self.listeners: list[Listener] = []
        self.reset()

    def reset(self) -> None:
        """Start with empty logs and without faults."""
        self.faults.clear()
        self.messages = MessageLog(self.clock, seed=self.settings.seed)
        self.accepted = AcceptanceLog(self.messages)
        self.requests = RequestLog(self.settings.log_size)

    def notify(self, event: RequestRecord | DeliveryAttempt) -> None:
        """Pass an event to the listeners."""
        for listener in self.listeners:
            listener(event)
