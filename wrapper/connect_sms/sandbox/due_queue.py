"""A queue ordered by due time."""

from __future__ import annotations

import heapq
import itertools
from typing import Generic, TypeVar

T = TypeVar("T")


class DueQueue(Generic[T]):
    """Items by due time; equal times keep their order. Not thread-safe: its owner locks."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, T]] = []
        self._order = itertools.count()

    def __len__(self) -> int:
        return len(self._heap)

    def put(self, due: float, item: T) -> None:
        """Add an item."""
        heapq.heappush(self._heap, (due, next(self._order), item))

    def next_due(self) -> float | None:
        """When the next item is due, or None."""
        return self._heap[0][0] if self._heap else None

    def pop(self) -> T:
        """Take the next item.

        Raises:
            IndexError: The queue is empty.
        """
        return heapq.heappop(self._heap)[2]

    def clear(self) -> None:
        """Remove every item."""
        self._heap.clear()
