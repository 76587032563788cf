"""Messages, whose state is computed from the clock when it is read.

A message needs no task, timer or queue entry, so a million of them cost only memory.
"""

# ruff: noqa: TC001  at run time too, so that `typing.get_type_hints` finds every name

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from connect_sms.models.redaction import mask

from .api.segments import Segments
from .clock import EPSILON, SandboxClock
from .scenarios import EXPIRED_CODE, QUEUED, Scenario, StateChange
from .timestamps import format_timestamp
from .umids import Umids

_FINAL: Final = frozenset({"delivered", "undelivered", "rejected", "read"})
_NEVER_EXPIRES: Final = frozenset({"delivered", "read", "undelivered", "rejected", "sent"})


class TimelineEvent(NamedTuple):
    """One event of a message.

    Attributes:
        at: Seconds since the epoch.
        what: What happened, as text.
    """

    at: float
    what: str


class MessageContext(NamedTuple):
    """The context shared by all messages of one log.

    Attributes:
        clock: Sandbox time.
        umids: The ids of the messages.
        notes: Further events of messages, by their index.
    """

    clock: SandboxClock
    umids: Umids
    notes: dict[int, list[TimelineEvent]]


@dataclass(slots=True)
class SharedFields:
    """The fields shared by the messages of one submission."""

    context: MessageContext
    sub_account: str
    created: float
    source: str | None = None
    scheduled: float | None = None
    expiry: float | None = None
    callback: str | None = None
    batch_id: str | None = None
    client_batch_id: str | None = None

    @property
    def start(self) -> float:
        """When the messages are sent; a schedule in the past means at once."""
        return max(self.created, self.scheduled or self.created)


@dataclass(slots=True, eq=False, repr=False)
class SandboxMessage:
    """A message that the sandbox received.

    Attributes:
        index: Its index in the message log; -1 before it is added.
        digits: E.164 destination without ``+``; as the caller wrote it when it is not E.164.
        client_message_id: The caller's own reference, or None.
        text: The text that is sent (cut to 10 parts).
        segments: Encoding, parts and cut; None when there is no text.
        scenario: Its scenario.
        rejection: Why it was rejected, or None.
        shared: The shared fields of its submission.
    """

    shared: SharedFields
    digits: str
    client_message_id: str | None
    text: str
    segments: Segments | None
    scenario: Scenario
    rejection: str | None = None
    index: int = field(default=-1, init=False)

    def __repr__(self) -> str:
        return f"<SandboxMessage {self.masked} {len(self.text)} characters, {self.state}>"

    @property
    def umid(self) -> str:
        """Its id from the service."""
        return self.shared.context.umids.umid(self.index)

    @property
    def destination(self) -> str:
        """The number with ``+``, or as the caller wrote it when it is not an E.164 number."""
        is_number = self.rejection != "not-e164" or self.scenario.rejection is not None
        return f"+{self.digits}" if is_number else self.digits

    @property
    def masked(self) -> str:
        """The number, masked for logs."""
        return mask(self.destination)

    @property
    def source(self) -> str | None:
        """The sender ID, or None."""
        return self.shared.source

    @property
    def parts(self) -> int:
        """The number of parts sent; 0 for a message that was rejected."""
        return 0 if self.segments is None or self.rejection else self.segments.parts

    @property
    def was_cut(self) -> bool:
        """Whether the text had more than 10 parts, so that its end was not sent."""
        return self.segments is not None and self.segments.cut is not None

    @property
    def accepted(self) -> bool:
        """Whether it was accepted at submit."""
        return self.rejection is None

    def state_changes(self) -> Iterator[tuple[float, StateChange]]:
        """Every change of state, past and future, with its time in seconds since the epoch."""
        shared = self.shared
        if self.rejection is not None:
            yield shared.created, StateChange(0, "failed")
            return
        yield shared.created, QUEUED
        start, expiry, state = shared.start, shared.expiry, "queued"
        for change in self.scenario.changes:
            at = start + change.after
            if expiry is not None and at > expiry and state not in _NEVER_EXPIRES:
                break
            yield at, change
            state = change.state
        if expiry is not None and state not in _NEVER_EXPIRES:
            yield expiry, StateChange(expiry - start, "undelivered", None, EXPIRED_CODE)

    def state_at(self, moment: float) -> tuple[float, StateChange]:
        """The state at a time, with the time since which it holds."""
        since, current = self.shared.created, QUEUED
        for at, change in self.state_changes():
            if at > moment + EPSILON and change is not QUEUED:
                break
            since, current = at, change
        return since, current

    def _current(self) -> StateChange:
        return self.state_at(self.shared.context.clock.now())[1]

    @property
    def state(self) -> str:
        """The state now, as the service writes it."""
        return self._current().state

    @property
    def error_code(self) -> int | None:
        """The delivery error code now, or None."""
        return self._current().code

    @property
    def is_final(self) -> bool:
        """Whether the state is final (a delivered message can still be read)."""
        return self.state in _FINAL or self.rejection is not None

    @property
    def timeline(self) -> list[TimelineEvent]:
        """The events up to now, in order of time: states and receipts."""
        context = self.shared.context
        if self.rejection is not None:
            return [TimelineEvent(self.shared.created, f"rejected at submit: {self.rejection}")]
        states = [
            TimelineEvent(at, " ".join(str(part) for part in change[1:4] if part is not None))
            for at, change in self.state_changes()
            if context.clock.has_reached(at)
        ]
        return sorted([*states, *context.notes.get(self.index, ())], key=lambda event: event.at)

    def timestamp(self, moment: float) -> str:
        """A timestamp in the style of this message: 0, 2 or 7 digits, by its index."""
        return format_timestamp(moment, (2, 7, 0)[self.index % 3])
