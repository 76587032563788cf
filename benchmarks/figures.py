"""Time in CPU seconds, compared within rounds so that a slow moment of the machine meets everybody alike."""

from __future__ import annotations

import gc
from statistics import median, quantiles
from time import process_time
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence


@attrs.frozen
class Ratio:
    """Ours against theirs, over all rounds.

    Attributes:
        ours: CPU seconds, the median.
        theirs: CPU seconds, the median.
        middle: The median of the ratios within a round.
        low: A quarter of the rounds lie below.
        high: A quarter of the rounds lie above.
    """

    ours: float
    theirs: float
    middle: float
    low: float
    high: float

    @classmethod
    def of(cls, ours: Sequence[float], theirs: Sequence[float]) -> Ratio:
        """The ratio of two rows of figures, taken in the same rounds."""
        low, middle, high = quantiles((a / b for a, b in zip(ours, theirs, strict=True)), n=4)
        return cls(median(ours), median(theirs), middle, low, high)

    def __str__(self) -> str:
        return f"{self.middle:.2f} ({self.low:.2f} to {self.high:.2f})"


def timed(send: Callable[[], object], times: int) -> float:
    """CPU seconds of this process for one call, out of so many."""
    gc.collect()
    started = process_time()
    for _ in range(times):
        send()
    return (process_time() - started) / times


def take_turns(sends: Mapping[str, Callable[[], object]], rounds: int, block: int) -> dict[str, list[float]]:
    """CPU seconds of one call of each, in every round; the first two rounds warm up and are left out."""
    found: dict[str, list[float]] = {name: [] for name in sends}
    for number in range(rounds + 2):
        for name in in_turn(number, list(sends)):
            found[name].append(timed(sends[name], block))
    return {name: row[2:] for name, row in found.items()}


async def take_turns_async(
    sends: Mapping[str, Callable[[], Awaitable[object]]], rounds: int, block: int
) -> dict[str, list[float]]:
    """The same for coroutines, one after the other."""
    found: dict[str, list[float]] = {name: [] for name in sends}
    for number in range(rounds + 2):
        for name in in_turn(number, list(sends)):
            gc.collect()
            started = process_time()
            for _ in range(block):
                await sends[name]()
            found[name].append((process_time() - started) / block)
    return {name: row[2:] for name, row in found.items()}


def in_turn(number: int, names: Sequence[str]) -> list[str]:
    """The order of a round: everybody comes first, and last, as often as the others."""
    shift = number % len(names)
    return [*names[shift:], *names[:shift]]
