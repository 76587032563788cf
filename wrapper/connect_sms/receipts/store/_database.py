"""What the store asks of a database, and what SQLite and PostgreSQL each make of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    Values: TypeAlias = Sequence[Any]
    Row: TypeAlias = tuple[Any, ...]

__all__ = ["Database", "Session"]


class Session(Protocol):
    """One connection. Statements have ``?`` for values; each outside of a transaction stands alone."""

    def begin(self) -> None:
        """Begin a transaction that will write."""

    def commit(self) -> None:
        """End it; on return it is durable."""

    def execute(self, statement: str, values: Values = ()) -> int:
        """Run a statement; the number of rows it changed."""
        ...

    def fetch(self, statement: str, values: Values = ()) -> list[Row]:
        """Run a query; all its rows."""
        ...

    def run_each(self, statement: str, rows: Sequence[Values]) -> None:
        """Run a statement for each row of values."""

    def insert_each(self, statement: str, rows: Sequence[Values]) -> list[bool]:
        """Run an INSERT for each row of values; for each, whether it was new."""
        ...

    def close(self) -> None:
        """Close the connection, and with it whatever was not committed. Never fails."""


class Database(Protocol):
    """A kind of database at one place."""

    @property
    def collation(self) -> str:
        """What makes texts compare by code point, to be put after a text in a comparison."""
        ...

    @property
    def greatest(self) -> str:
        """The function that gives the greater of two values."""
        ...

    @property
    def claim(self) -> str:
        """What keeps others away from rows that are about to be changed, to be put after the query."""
        ...

    @property
    def errors(self) -> tuple[type[Exception], ...]:
        """What its driver raises."""
        ...

    def connect(self, *, writer: bool) -> Session:
        """Open a connection."""
        ...

    def prepare(self, session: Session) -> None:
        """In a transaction: keep others from migrating at the same time; make a home for the tables."""

    def explain(self, error: Exception) -> str:
        """What went wrong, without any value."""
        ...

    def again(self, error: Exception) -> bool:
        """True when the same transaction may succeed at once, on a new connection."""
        ...

    def by_content(self, error: Exception) -> bool:
        """True when it is what was written that is at fault, not the database."""
        ...
