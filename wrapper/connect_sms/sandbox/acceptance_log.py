"""The accepted messages, counted."""

# ruff: noqa: TC001  at run time too, so that `typing.get_type_hints` finds every name

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator

from connect_sms.models.private import clears_locals

from .message_log import MessageLog
from .messages import SandboxMessage


class AcceptanceLog:
    """The accepted messages, and how often each was accepted: it shows lost and duplicate messages."""

    def __init__(self, messages: MessageLog) -> None:
        self._messages = messages
        self._by_id: Counter[str] = Counter()
        self._by_digits: Counter[str] = Counter()
        self._total = 0
        self._read = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        self._catch_up()
        return self._total

    def __repr__(self) -> str:
        return f"<AcceptanceLog {len(self)} accepted>"

    def __iter__(self) -> Iterator[SandboxMessage]:
        return (message for message in self._messages if message.rejection is None)

    @clears_locals
    def times(self, *, client_message_id: str | None = None, destination: str | None = None) -> int:
        """How often a message with this id, or to this number, was accepted.

        Raises:
            ValueError: Not exactly one of the two is given.
        """
        if (client_message_id is None) == (destination is None):
            raise ValueError("give either client_message_id or destination")
        self._catch_up()
        if client_message_id is not None:
            return self._by_id[client_message_id]
        return self._by_digits[(destination or "").removeprefix("+")]

    def by_client_message_id(self) -> Counter[str]:
        """Times accepted by the caller's own reference; messages without one are not in it."""
        self._catch_up()
        return self._by_id.copy()

    def by_destination(self) -> Counter[str]:
        """Times accepted by E.164 number with ``+``."""
        self._catch_up()
        return Counter({f"+{digits}": times for digits, times in self._by_digits.items()})

    def twice(self) -> Counter[str]:
        """The client message ids accepted more than once, and how often."""
        self._catch_up()
        return Counter({reference: times for reference, times in self._by_id.items() if times > 1})

    def _catch_up(self) -> None:
        # Counted on request: sends pay nothing for an unread log.
        with self._lock:
            rows = self._messages[self._read :]
            for message in rows:
                if message.rejection is None:
                    self._total += 1
                    self._by_digits[message.digits] += 1
                    if message.client_message_id is not None:
                        self._by_id[message.client_message_id] += 1
            self._read += len(rows)
