"""Faults on request: their names, how they are written, and the script that says who meets them.

Four bad answers, each at four moments, are named ``<answer>-<moment>``, for example ``reset-after``:

==========  ==============================================================================
``error``   an error status (``status``, 500 by default) with a body (``body``: json, html or empty)
``reset``   the connection is reset (RST) without an answer
``close``   the connection is closed (FIN) without an answer
``stall``   no answer for ``seconds`` of real time (30 by default), then the connection is closed
==========  ==============================================================================

===========  =============================================================================
``before``   nothing is accepted
``halfway``  ``share`` of the messages (0.5 by default, rounded up) is accepted, the rest is not
``after``    everything is accepted
``late``     nothing is accepted yet; everything is ``delay`` seconds of sandbox time later (5 by default)
===========  =============================================================================

The further kinds are in `KINDS`. Written in a header, a fault is its name and its options:
``error-after;status=502;body=html``. ``reset-after-accept`` is understood as ``reset-after``.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["HEADER", "KINDS", "Fault", "Operation", "Script"]

HEADER: Final = "X-Sandbox-Fault"

Operation = Literal["send", "batch", "status", "export", "export-status", "export-file"]
Moment = Literal["before", "halfway", "after", "late"]

_ANSWERS: Final = {
    "error": "answers an error status",
    "reset": "resets the connection without an answer",
    "close": "closes the connection without an answer",
    "stall": "is silent, then closes the connection",
}
_MOMENTS: Final[dict[Moment, str]] = {
    "before": "before anything is accepted",
    "halfway": "with part of the messages accepted",
    "after": "with everything accepted",
    "late": "and accepts everything later",
}

KINDS: Final[dict[str, str]] = {
    **{f"{a}-{m}": f"{what}, {when}" for a, what in _ANSWERS.items() for m, when in _MOMENTS.items()},
    "rate-limit": "429, nothing accepted; Retry-After in `seconds` (1), `form`: seconds, date or none",
    "connect-refused": "no connection is made (in-process only; over a socket a reset before acceptance)",
    "old-tls": "426 with an Upgrade header, nothing accepted",
    "slow": "a right answer after `seconds` of real time",
    "reset-answer": "the connection is reset in the middle of a right answer",
    "truncated-answer": "the connection is closed in the middle of a right answer",
    "wrong-length": "Content-Length is too `form`: long (default) or short",
    "not-json": "200 with an HTML page",
    "empty-answer": "200 with an empty body",
    "unknown-words": "words nobody has seen in every enum",
    "extra-fields": "fields nobody has seen in every object",
    "null-fields": "null in every field that may be null",
    "repeated-umids": "one UMID for all messages of a batch answer",
    "missing-items": "every second item is missing from a batch answer",
    "reordered-items": "the items of a batch answer stand in reverse order",
    "wrong-counts": "acceptedCount and rejectedCount of a batch answer are wrong",
}
"""Every fault by name, and what it does. Where nothing else is said, the message is accepted."""

_BEFORE: Final = frozenset({"rate-limit", "connect-refused", "old-tls"})


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault with its options.

    Attributes:
        kind: a name of `KINDS`.
        status: the status of an ``error``.
        body: the body of an ``error``: json, html or empty.
        seconds: real seconds of a ``stall`` or ``slow``; the value of ``Retry-After``.
        form: of ``Retry-After`` (seconds, date, none), of ``wrong-length`` (long, short).
        share: how much of a batch is accepted halfway, 0 to 1.
        delay: seconds of sandbox time until late acceptance.
        code: the API code in a JSON error body; by default the one that fits the status.
    """

    kind: str
    status: int = 500
    body: Literal["json", "html", "empty"] = "json"
    seconds: float | None = None
    form: Literal["", "seconds", "date", "none", "long", "short"] = ""
    share: float = 0.5
    delay: float = 5.0
    code: int | None = None

    def __post_init__(self) -> None:
        kind = self.kind.removesuffix("-accept")
        if kind not in KINDS:
            raise ValueError(f"no fault is called {self.kind[:40]!r}; there are: {', '.join(KINDS)}")
        object.__setattr__(self, "kind", kind)
        if not 400 <= self.status <= 599:  # noqa: PLR2004 - the error statuses of HTTP
            raise ValueError("the status of a fault is one of 400 to 599")
        if self.body not in {"json", "html", "empty"}:
            raise ValueError("the body of a fault is json, html or empty")
        if self.form not in {"", "seconds", "date", "none", "long", "short"}:
            raise ValueError("form is seconds, date or none for rate-limit; long or short for wrong-length")
        if not 0 <= self.share <= 1:
            raise ValueError("share lies between 0 and 1")
        if self.delay < 0 or (self.seconds is not None and self.seconds < 0):
            raise ValueError("seconds and delay are not negative")

    @property
    def answer(self) -> str:
        """The name without its moment: ``error``, ``reset``, ``close``, ``stall``, or all of it."""
        name, _, moment = self.kind.rpartition("-")
        return name if moment in _MOMENTS else self.kind

    @property
    def moment(self) -> Moment:
        """When the fault strikes, seen from acceptance."""
        if self.kind in _BEFORE:
            return "before"
        last = self.kind.rpartition("-")[2]
        return last if last in _MOMENTS else "after"

    @classmethod
    def parse(cls, written: str) -> Fault:
        """Read ``name;option=value;option=value``.

        Raises:
            ValueError: an unknown name or option, or a value that is not of its type.
        """
        name, *options = [entry.strip() for entry in written.split(";")]
        values: dict[str, Any] = {}
        for option in filter(None, options):
            key, _, value = option.partition("=")
            read = _READERS.get(key)
            if read is None:
                raise ValueError(f"a fault has no option {key[:40]!r}; there are: {', '.join(_READERS)}")
            values[key] = read(value)
        return cls(name, **values)

    def __str__(self) -> str:
        plain = Fault(self.kind)
        changed = [f.name for f in fields(self) if getattr(self, f.name) != getattr(plain, f.name)]
        return ";".join([self.kind, *(f"{name}={getattr(self, name)}" for name in changed)])


_READERS: Final[dict[str, Callable[[str], object]]] = {
    "status": int, "code": int, "body": str, "form": str, "seconds": float, "share": float, "delay": float,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Entry:
    fault: Fault
    times: int | None
    operation: Operation | None
    destination: str | None


class Script:
    """Faults waiting for the requests that will meet them, first come first served."""

    def __init__(self) -> None:
        self._entries: list[_Entry] = []
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def add(
        self,
        fault: Fault,
        *,
        times: int | None = 1,
        operation: Operation | None = None,
        destination: str | None = None,
    ) -> None:
        """Let the next requests meet ``fault``.

        Args:
            fault: what they meet.
            times: how many requests; None is every one until `clear`.
            operation: only these requests; None is any.
            destination: only sends that carry this number (``+`` does not matter).

        Raises:
            ValueError: ``times`` is under 1, or there is no such operation.
        """
        if times is not None and times < 1:
            raise ValueError("times is at least 1, or None for always")
        if operation is not None and operation not in get_args(Operation):
            raise ValueError(f"operation is one of {', '.join(get_args(Operation))}")
        digits = None if destination is None else destination.removeprefix("+")
        with self._lock:
            self._entries.append(_Entry(fault, times, operation, digits))

    def clear(self) -> None:
        """Forget every fault that waits."""
        with self._lock:
            self._entries.clear()

    def pending(self) -> list[str]:
        """What still waits, as text without numbers."""
        return [f"{entry.fault} x {entry.times or 'always'}" for entry in self._entries]

    def take(self, operation: Operation) -> Fault | None:
        """The fault this request meets, whatever it carries."""
        return self._take(lambda entry: entry.destination is None and entry.operation in {None, operation})

    def take_for(self, operation: Operation, destinations: Iterable[str]) -> Fault | None:
        """The fault this request meets because of a number it carries (digits without ``+``)."""
        if not any(entry.destination for entry in self._entries):
            return None
        carried = set(destinations)
        return self._take(lambda entry: entry.destination in carried and entry.operation in {None, operation})

    def _take(self, fits: Callable[[_Entry], bool]) -> Fault | None:
        with self._lock:
            for position, entry in enumerate(self._entries):
                if not fits(entry):
                    continue
                if entry.times == 1:
                    del self._entries[position]
                elif entry.times is not None:
                    self._entries[position] = replace(entry, times=entry.times - 1)
                return entry.fault
        return None
