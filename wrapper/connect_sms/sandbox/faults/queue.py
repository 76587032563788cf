"""The faults that wait for requests."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, get_args

from .kinds import Fault, OperationName

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


@dataclass(frozen=True, slots=True)
class _Entry:
    fault: Fault
    times: int | None
    operation: OperationName | None
    destination: str | None


class FaultQueue:
    """Faults that wait for the requests that will meet them, in the order in which they were added."""

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
        operation: OperationName | None = None,
        destination: str | None = None,
    ) -> None:
        """Let the next requests meet ``fault``.

        Args:
            fault: What they meet.
            times: How many requests; None is every one until `clear`.
            operation: Only these requests; None is any.
            destination: Only sends that carry this number (``+`` does not matter).

        Raises:
            ValueError: ``times`` is under 1, or there is no such operation.
        """
        if times is not None and times < 1:
            raise ValueError("times is at least 1, or None for always")
        if operation is not None and operation not in get_args(OperationName):
            raise ValueError(f"operation is one of {', '.join(get_args(OperationName))}")
        digits = None if destination is None else destination.removeprefix("+")
        with self._lock:
            self._entries.append(_Entry(fault, times, operation, digits))

    def clear(self) -> None:
        """Remove every waiting fault."""
        with self._lock:
            self._entries.clear()

    def pending(self) -> list[str]:
        """The waiting faults as text, without phone numbers."""
        return [f"{entry.fault} x {entry.times or 'always'}" for entry in self._entries]

    def take(self, operation: OperationName) -> Fault | None:
        """The fault this request meets, whatever it carries."""
        return self._take(lambda entry: entry.destination is None and entry.operation in {None, operation})

    def take_for(self, operation: OperationName, destinations: Iterable[str]) -> Fault | None:
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
