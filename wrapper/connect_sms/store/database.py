"""The database interface of a store; implemented by `SQLite` and `PostgreSQL`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeAlias

Values: TypeAlias = Sequence[Any]
DbRow: TypeAlias = tuple[Any, ...]


class Session(Protocol):
    """One connection. Placeholders are ``?``; outside a transaction each statement commits by itself."""

    def check(self) -> None:
        """Raise when what is written would be lost; save what can be."""

    def wait_at_most(self, patience: float, answer: float | None) -> None:
        """Limit the wait of the queries that follow, outside a transaction.

        Args:
            patience: Seconds for a lock.
            answer: Seconds for each answer of a server; None for as long as it takes.
        """

    def begin(self, patience: float) -> None:
        """Begin a write transaction; wait at most so many seconds for a lock."""

    def commit(self) -> None:
        """Commit the transaction; on return it is durable."""

    def execute(self, statement: str, values: Values = ()) -> int:
        """Run a statement; return the number of changed rows."""
        ...

    def fetch(self, statement: str, values: Values = ()) -> list[DbRow]:
        """Run a query; return all rows."""
        ...

    def run_each(self, statement: str, rows: Sequence[Values]) -> None:
        """Run a statement for each row of values; the rows of an INSERT have different keys."""

    def insert_each(self, statement: str, rows: Sequence[Values]) -> list[bool]:
        """Run an INSERT for each row of values; return for each whether it was new."""
        ...

    def close(self) -> None:
        """Close the connection; uncommitted changes are lost. Raises nothing."""


class Database(Protocol):
    """A database: its kind and its address."""

    @property
    def busy_timeout(self) -> float:
        """Seconds to wait for a lock."""
        ...

    @property
    def collation(self) -> str:
        """The collation clause that makes texts compare by code point."""
        ...

    @property
    def greatest(self) -> str:
        """The function that returns the greater of two values."""
        ...

    @property
    def claim(self) -> str:
        """The clause after a query that locks its rows and skips rows that others have locked."""
        ...

    @property
    def errors(self) -> tuple[type[Exception], ...]:
        """The exceptions that its driver raises."""
        ...

    def connect(self, *, writer: bool, patience: float) -> Session:
        """Open a connection; wait at most so many seconds for a lock."""
        ...

    def prepare(self, session: Session) -> None:
        """Within a transaction: lock out other migrations, and create the schema for the tables."""

    def explain(self, error: Exception) -> str:
        """The reason, without any value."""
        ...

    def is_transient(self, error: Exception) -> bool:
        """True when the same transaction may succeed at once, on a new connection."""
        ...

    def is_busy(self, error: Exception) -> bool:
        """True when another process held a lock for too long."""
        ...

    def is_data_error(self, error: Exception) -> bool:
        """True when the values are invalid, rather than the database failing."""
        ...
