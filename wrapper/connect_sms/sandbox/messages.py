"""Messages and where they are: a compact store, with states worked out from the clock when asked for.

No task, timer or queue entry exists for a message on its way, so a million of them cost only memory.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple, overload

from connect_sms.models.redaction import mask

from .clock import INSTANT, stamp
from .journeys import EXPIRED_CODE, QUEUED, Journey, Stop

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .clock import Clock
    from .texts import Content

__all__ = ["AcceptanceLog", "Event", "Message", "Store", "Terms"]

_FINAL: Final = frozenset({"delivered", "undelivered", "rejected", "read"})
_UNTOUCHABLE: Final = frozenset({"delivered", "read", "undelivered", "rejected", "sent"})


class Event(NamedTuple):
    """A line of a message's timeline: when (seconds since the epoch) and what."""

    at: float
    what: str


class Terms:
    """What messages of one submission share, so that it is kept once."""

    __slots__ = (
        "batch_id",
        "callback",
        "client_batch_id",
        "created",
        "expiry",
        "scheduled",
        "source",
        "store",
        "sub_account",
    )

    def __init__(
        self,
        store: Store,
        sub_account: str,
        *,
        created: float,
        source: str | None = None,
        scheduled: float | None = None,
        expiry: float | None = None,
        callback: str | None = None,
        batch_id: str | None = None,
        client_batch_id: str | None = None,
    ) -> None:
        self.store = store
        self.sub_account = sub_account
        self.created = created
        self.source = source
        self.scheduled = scheduled
        self.expiry = expiry
        self.callback = callback
        self.batch_id = batch_id
        self.client_batch_id = client_batch_id

    @property
    def start(self) -> float:
        """When the messages set out; a schedule in the past means at once."""
        return max(self.created, self.scheduled or self.created)


class Message:
    """A message the sandbox was given.

    Attributes:
        index: its place in the store; -1 before it is there.
        digits: E.164 destination without ``+``; what the caller wrote, when that is no such number.
        client_message_id: the caller's own reference, or None.
        text: what goes out (cut to 10 parts).
        content: encoding, parts and cut; None when there is no text.
        journey: what becomes of it.
        rejection: why it was refused, or None.
        terms: what it shares with others.
    """

    __slots__ = ("client_message_id", "content", "digits", "index", "journey", "rejection", "terms", "text")

    def __init__(  # noqa: PLR0917 - made a million times; names would cost a third more
        self,
        terms: Terms,
        digits: str,
        client_message_id: str | None,
        text: str,
        content: Content | None,
        journey: Journey,
        rejection: str | None = None,
    ) -> None:
        self.index = -1
        self.terms = terms
        self.digits = digits
        self.client_message_id = client_message_id
        self.text = text
        self.content = content
        self.journey = journey
        self.rejection = rejection

    def __repr__(self) -> str:
        return f"<Message {self.masked} {len(self.text)} characters, {self.state}>"

    @property
    def umid(self) -> str:
        """The id the service gave it."""
        return self.terms.store.umid(self.index)

    @property
    def destination(self) -> str:
        """The number, with ``+`` when it is an E.164 one; else what the caller wrote."""
        is_number = self.rejection != "not-e164" or self.journey.rejection is not None
        return f"+{self.digits}" if is_number else self.digits

    @property
    def masked(self) -> str:
        """The number, fit for a log."""
        return mask(self.destination)

    @property
    def source(self) -> str | None:
        """The sender ID, or None."""
        return self.terms.source

    @property
    def parts(self) -> int:
        """How many parts go out; 0 for a message that was refused."""
        return 0 if self.content is None or self.rejection else self.content.parts

    @property
    def was_cut(self) -> bool:
        """Whether the text had more than 10 parts and lost its end."""
        return self.content is not None and self.content.cut is not None

    @property
    def accepted(self) -> bool:
        """Whether it was accepted at submit."""
        return self.rejection is None

    def stops(self) -> Iterator[tuple[float, Stop]]:
        """Every change of state, past and future: when, and to what."""
        terms = self.terms
        if self.rejection is not None:
            yield terms.created, Stop(0, "failed")
            return
        yield terms.created, QUEUED
        start, expiry, state = terms.start, terms.expiry, "queued"
        for stop in self.journey.stops:
            at = start + stop.after
            if expiry is not None and at > expiry and state not in _UNTOUCHABLE:
                break
            yield at, stop
            state = stop.state
        if expiry is not None and state not in _UNTOUCHABLE:
            yield expiry, Stop(expiry - start, "undelivered", None, EXPIRED_CODE)

    def stop_at(self, moment: float) -> tuple[float, Stop]:
        """The state at a moment, and since when."""
        since, current = self.terms.created, QUEUED
        for at, stop in self.stops():
            if at > moment + INSTANT and stop is not QUEUED:
                break
            since, current = at, stop
        return since, current

    @property
    def state(self) -> str:
        """The state now, in the service's word."""
        return self.stop_at(self.terms.store.clock.now())[1].state

    @property
    def error_code(self) -> int | None:
        """The delivery error code now, or None."""
        return self.stop_at(self.terms.store.clock.now())[1].code

    @property
    def is_final(self) -> bool:
        """Whether the state is one that ends the way (a delivered message can still be read)."""
        return self.state in _FINAL or self.rejection is not None

    @property
    def timeline(self) -> list[Event]:
        """What has happened up to now, in order of time: states, receipts, remarks."""
        store = self.terms.store
        now = store.clock.now()
        if self.rejection is not None:
            return [Event(self.terms.created, f"rejected at submit: {self.rejection}")]
        states = [
            Event(
                at, " ".join(str(word) for word in (stop.state, stop.detail, stop.code) if word is not None)
            )
            for at, stop in self.stops()
            if at <= now + INSTANT
        ]
        return sorted([*states, *store.notes.get(self.index, ())], key=lambda event: event.at)

    def stamp(self, moment: float) -> str:
        """A timestamp in the style of this message: 0, 2 or 7 digits, by its place in the store."""
        return stamp(moment, (2, 7, 0)[self.index % 3])


_LOW_BITS: Final = 62
_MASK: Final = (1 << _LOW_BITS) - 1
_STRIDE: Final = 0x1F83D9ABFB41BD6B & _MASK
_STRIDE_BACK: Final = pow(_STRIDE, -1, 1 << _LOW_BITS)
_VARIANT: Final = 1 << 63
_UMID_HEAD: Final = 19
_UMID_LENGTH: Final = 36


class Store:
    """Every message the sandbox was given, in order.

    A UMID is a UUID made from the place of its message and a salt, so that no index of them is kept.
    """

    def __init__(self, clock: Clock, *, seed: int | None = None) -> None:
        self.clock = clock
        self.notes: dict[int, list[Event]] = {}
        self._rows: list[Message] = []
        self._lock = threading.Lock()
        salt = random.SystemRandom() if seed is None else random.Random(seed)  # noqa: S311 - ids, no secrets
        self._head = f"{salt.getrandbits(32):08x}-{salt.getrandbits(16):04x}-4{salt.getrandbits(12):03x}-"
        self._twist = salt.getrandbits(_LOW_BITS)
        self.salt = self._head.rstrip("-")

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Message]:
        return iter(self._rows)

    @overload
    def __getitem__(self, place: int) -> Message: ...
    @overload
    def __getitem__(self, place: slice) -> list[Message]: ...
    def __getitem__(self, place: int | slice) -> Message | list[Message]:
        return self._rows[place]

    def __repr__(self) -> str:
        return f"<{len(self)} messages>"

    def extend(self, messages: Iterable[Message]) -> None:
        """Take messages in and give them their places."""
        with self._lock:
            rows = self._rows
            for index, message in enumerate(messages, len(rows)):
                message.index = index
                rows.append(message)

    def umid(self, index: int) -> str:
        """The UMID of the message at a place."""
        low = f"{(index * _STRIDE & _MASK) ^ self._twist | _VARIANT:016x}"
        return f"{self._head}{low[:4]}-{low[4:]}"

    def find(self, umid: str) -> Message | None:
        """The message with this UMID, or None."""
        if len(umid) != _UMID_LENGTH or not umid.startswith(self._head):
            return None
        try:
            low = int(umid[_UMID_HEAD:].replace("-", ""), 16)
        except ValueError:
            return None
        index = ((low & _MASK) ^ self._twist) * _STRIDE_BACK & _MASK
        return self._rows[index] if index < len(self._rows) and self.umid(index) == umid else None

    def to(self, destination: str) -> list[Message]:
        """Every message to a number, with or without ``+``."""
        digits = destination.removeprefix("+")
        return [message for message in self._rows if message.digits == digits]

    def note(self, message: Message, what: str) -> None:
        """Write a remark into a message's timeline."""
        with self._lock:
            self.notes.setdefault(message.index, []).append(Event(self.clock.now(), what))


class AcceptanceLog:
    """Who was really accepted, and how often: what proofs about "lost" and "twice" are read from."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._by_id: Counter[str] = Counter()
        self._by_digits: Counter[str] = Counter()
        self._total = 0
        self._read = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        self._catch_up()
        return self._total

    def __repr__(self) -> str:
        return f"<{len(self)} accepted>"

    def __iter__(self) -> Iterator[Message]:
        return (message for message in self._store if message.rejection is None)

    def times(self, *, client_message_id: str | None = None, destination: str | None = None) -> int:
        """How often a message with this id, or to this number, was accepted.

        Raises:
            ValueError: not exactly one of the two is given.
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
        # Counted when asked for: a million sends pay nothing for a log that nobody reads.
        with self._lock:
            rows = self._store[self._read :]
            for message in rows:
                if message.rejection is None:
                    self._total += 1
                    self._by_digits[message.digits] += 1
                    if message.client_message_id is not None:
                        self._by_id[message.client_message_id] += 1
            self._read += len(rows)
