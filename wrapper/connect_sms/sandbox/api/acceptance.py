"""Accepts messages: at once, in part, or later, depending on a fault."""

from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING

from connect_sms.sandbox.due_queue import DueQueue

if TYPE_CHECKING:
    from connect_sms.sandbox.faults.kinds import Fault
    from connect_sms.sandbox.messages import SandboxMessage
    from connect_sms.sandbox.state import SandboxState
    from connect_sms.sandbox.webhooks.sender import WebhookSender


class Acceptance:
    """Adds messages to the log and schedules their receipts; late acceptance is scheduled work."""

    def __init__(self, state: SandboxState, receipts: WebhookSender) -> None:
        self._state = state
        self._receipts = receipts
        self._late: DueQueue[list[SandboxMessage]] = DueQueue()
        self._lock = threading.RLock()

    def accept(self, messages: list[SandboxMessage], fault: Fault | None) -> tuple[int, int]:
        """Accept the messages that the fault allows; returns the counts of accepted and rejected messages."""
        with self._lock:
            moment = "after" if fault is None else fault.moment
            if fault is not None and moment == "late":
                self._late.put(self._state.clock.now() + fault.delay, messages)
                return 0, 0
            if fault is not None and moment == "halfway":
                messages = messages[: math.ceil(len(messages) * fault.share)]
            return self._add(messages)

    def _add(self, messages: list[SandboxMessage]) -> tuple[int, int]:
        self._state.messages.extend(messages)
        default = self._state.settings.receipt_url
        rejected = 0
        for message in messages:
            if message.rejection is not None:
                rejected += 1
            elif default is not None or message.shared.callback is not None:
                self._receipts.schedule(message)
        return len(messages) - rejected, rejected

    def clear(self) -> None:
        """Drop pending late acceptances."""
        with self._lock:
            self._late.clear()

    def next_due(self) -> float | None:
        """When the next late acceptance is due, or None."""
        with self._lock:
            return self._late.next_due()

    def run_due(self) -> int:
        """Accept what is due by now; returns the number of requests."""
        done = 0
        with self._lock:
            while (due := self._late.next_due()) is not None and self._state.clock.has_reached(due):
                messages = self._late.pop()
                for message in messages:
                    message.shared.created = due
                self._add(messages)
                done += 1
        return done

    def wake(self) -> None:
        """Do nothing: late messages are accepted when the log is read or the next request comes."""
