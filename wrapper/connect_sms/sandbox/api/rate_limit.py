"""The rate limits of the service."""

from __future__ import annotations

from typing import Final

_JITTER: Final = 0.1
"""The share of the interval by which a request may be early: networks add jitter."""


class RateLimit:
    """Limits requests per second of sandbox time, per key."""

    def __init__(self) -> None:
        self._free_at: dict[str, float] = {}

    def wait(self, key: str, per_second: float | None, now: float) -> float:
        """Seconds until another request is allowed; 0 allows and counts this one."""
        if not per_second:
            return 0.0
        spacing = 1.0 / per_second
        free_at = self._free_at.get(key, 0.0)
        if now < free_at - _JITTER * spacing:
            return free_at - now
        self._free_at[key] = max(now, free_at) + spacing
        return 0.0

    def clear(self) -> None:
        """Drop earlier requests."""
        self._free_at.clear()
