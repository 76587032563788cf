"""The queue of faults."""

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
    """Faults waiting for their requests, in the order in which they were added."""

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
        """Apply ``fault`` to the next requests.

        Args:
            fault: The fault.
            times: The number of requests; None means all until `clear`.
            operation: Only requests of this operation; None means any.
            destination: Only sends to this number (with or without ``+``).

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
        """Remove every queued fault."""
        with self._lock:
            self._entries.clear()

    def pending(self) -> list[str]:
        """The queued faults as text, without phone numbers."""
        return [f"{entry.fault} x {entry.times or 'always'}" for entry in self._entries]

    def take(self, operation: OperationName) -> Fault | None:
        """The fault for this request that is not limited to a destination."""
        return self._take(lambda entry: entry.destination is None and entry.operation in {None, operation})

    def take_for(self, operation: OperationName, destinations: Iterable[str]) -> Fault | None:
        """The fault for this request that is limited to one of its destinations (digits without ``+``)."""
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
