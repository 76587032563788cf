"""Every message that the sandbox received, in order."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, overload

from .messages import MessageContext, TimelineEvent
from .umids import Umids

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .clock import SandboxClock
    from .messages import SandboxMessage


class MessageLog:
    """Every message that the sandbox received, accepted or rejected, in order."""

    def __init__(self, clock: SandboxClock, *, seed: int | None = None) -> None:
        self.context = MessageContext(clock, Umids(seed), {})
        self._messages: list[SandboxMessage] = []
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._messages)

    def __iter__(self) -> Iterator[SandboxMessage]:
        return iter(self._messages)

    @overload
    def __getitem__(self, index: int) -> SandboxMessage: ...
    @overload
    def __getitem__(self, index: slice) -> list[SandboxMessage]: ...
    def __getitem__(self, index: int | slice) -> SandboxMessage | list[SandboxMessage]:
        return self._messages[index]

    def __repr__(self) -> str:
        return f"<MessageLog {len(self)} messages>"

    def extend(self, messages: Iterable[SandboxMessage]) -> None:
        """Add messages and give them their indices."""
        with self._lock:
            known = self._messages
            for index, message in enumerate(messages, len(known)):
                message.index = index
                known.append(message)

    def find(self, umid: str) -> SandboxMessage | None:
        """The message with this UMID, or None."""
        index = self.context.umids.index(umid)
        return self._messages[index] if index is not None and index < len(self._messages) else None

    def to(self, destination: str) -> list[SandboxMessage]:
        """Every message to a number, with or without ``+``."""
        digits = destination.removeprefix("+")
        return [message for message in self._messages if message.digits == digits]

    def note(self, message: SandboxMessage, what: str) -> None:
        """Add an event to a message's timeline."""
        with self._lock:
            notes = self.context.notes.setdefault(message.index, [])
            notes.append(TimelineEvent(self.context.clock.now(), what))
