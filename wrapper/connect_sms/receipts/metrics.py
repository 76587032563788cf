"""Counters of a receiver, in the text format of Prometheus.

Source of the format: Prometheus, "Exposition formats", text format 0.0.4.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter
from typing import Final

#: Upper bounds in seconds of the time until an event was durable.
_BOUNDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

_PREFIX: Final = "connect_sms_receipt_"

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """Counters of one receiver since its start. Thread-safe: a WSGI server has a thread for each request."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.requests: Counter[str] = Counter()
        self.events: Counter[str] = Counter()
        self.callbacks: Counter[str] = Counter()
        self._seconds = 0.0
        self._buckets = [0] * (len(_BOUNDS) + 1)

    def request(self, result: str) -> None:
        """Count a request by how it was answered."""
        with self._lock:
            self.requests[result] += 1

    def event(self, kind: str, number: int = 1) -> None:
        """Count events of a kind."""
        with self._lock:
            self.events[kind] += number

    def callback(self, result: str) -> None:
        """Count a call of user code by how it ended."""
        with self._lock:
            self.callbacks[result] += 1

    def durable_after(self, seconds: float) -> None:
        """Count an event that became durable `seconds` after it was read."""
        with self._lock:
            self._seconds += seconds
            self._buckets[bisect_left(_BOUNDS, seconds)] += 1

    def text(self) -> str:
        """All counters, in the text format."""
        with self._lock:
            return self._text()

    def _text(self) -> str:
        lines = [
            *_counter("requests_total", "Requests, by how they were answered.", "result", self.requests),
            *_counter("events_total", "Events, by what they were.", "kind", self.events),
            *_counter("callbacks_total", "Calls of user code, by how they ended.", "result", self.callbacks),
            f"# HELP {_PREFIX}durable_seconds Time from having read an event until it was durable.",
            f"# TYPE {_PREFIX}durable_seconds histogram",
        ]
        seen = 0
        for bound, count in zip((*map(str, _BOUNDS), "+Inf"), self._buckets, strict=True):
            seen += count
            lines.append(f'{_PREFIX}durable_seconds_bucket{{le="{bound}"}} {seen}')
        lines += [
            f"{_PREFIX}durable_seconds_sum {self._seconds:.6f}",
            f"{_PREFIX}durable_seconds_count {seen}",
        ]
        return "\n".join(lines) + "\n"


def _counter(name: str, meaning: str, label: str, counts: Counter[str]) -> list[str]:
    rows = [f'{_PREFIX}{name}{{{label}="{word}"}} {count}' for word, count in sorted(counts.items())]
    return [f"# HELP {_PREFIX}{name} {meaning}", f"# TYPE {_PREFIX}{name} counter", *rows]
