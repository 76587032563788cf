"""The requests that the sandbox received."""

# ruff: noqa: TC001  at run time too, so that `typing.get_type_hints` finds every name

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass

from .faults.kinds import OperationName


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """One request that the sandbox received.

    Attributes:
        at: Sandbox time in seconds since the epoch.
        operation: ``send``, ``batch``, ``status``, ``export``, ``export-status``, ``export-file``, or None
            for any other path.
        status: The HTTP status of the response; 0 when there was none.
        fault: The fault applied, as text.
        accepted: Messages accepted at once.
        rejected: Messages rejected.
        code: The API code of an error.
        seconds: Real seconds of work.
        about: A readable summary, with numbers masked.
    """

    at: float
    operation: OperationName | None
    status: int
    fault: str | None = None
    accepted: int = 0
    rejected: int = 0
    code: int | None = None
    seconds: float = 0.0
    about: str = ""


class RequestLog:
    """The requests that the sandbox received: all are counted, the last ones kept."""

    def __init__(self, size: int) -> None:
        self._kept: deque[RequestRecord] = deque(maxlen=size)
        self._counts: Counter[OperationName | None] = Counter()

    def __len__(self) -> int:
        return self._counts.total()

    def __iter__(self) -> Iterator[RequestRecord]:
        return iter(list(self._kept))

    def __repr__(self) -> str:
        return f"<RequestLog {len(self)} requests>"

    @property
    def last(self) -> RequestRecord:
        """The newest.

        Raises:
            IndexError: There is none.
        """
        return self._kept[-1]

    def add(self, record: RequestRecord) -> None:
        """Add a record."""
        self._counts[record.operation] += 1
        self._kept.append(record)

    def count(self, operation: OperationName | None = None) -> int:
        """The number of requests for an operation; of all requests when None."""
        return len(self) if operation is None else self._counts[operation]
