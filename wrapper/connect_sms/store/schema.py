"""Tables and migrations as values, and their SQL.

The SQL is common to SQLite and PostgreSQL; ``?`` is a placeholder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from datetime import datetime

ColumnType: TypeAlias = Literal["TEXT", "BIGINT", "BYTEA", "DOUBLE PRECISION"]


class Column(NamedTuple):
    """A column.

    Attributes:
        name: Its name.
        type: Its type; SQLite stores ``BYTEA`` as a blob.
        required: True when it may not be NULL.
    """

    name: str
    type: ColumnType = "TEXT"
    required: bool = False


class Table(NamedTuple):
    """A table.

    Attributes:
        name: Its name.
        columns: Its columns, in order.
        key: The names of the columns that identify a row.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all columns."""
        return tuple(column.name for column in self.columns)

    def create(self) -> str:
        """The statement that creates the table."""
        lines = [f"{c.name} {c.type}{' NOT NULL' if c.required else ''}" for c in self.columns]
        return f"CREATE TABLE {self.name} ({', '.join(lines)}, PRIMARY KEY ({', '.join(self.key)}))"

    def insert(self, names: tuple[str, ...] | None = None) -> str:
        """The statement that inserts a row, without its conflict clause.

        Args:
            names: The columns to insert; all when left out.
        """
        given = self.names if names is None else names
        return f"INSERT INTO {self.name} ({', '.join(given)}) VALUES ({', '.join('?' * len(given))})"

    def insert_new(self, names: tuple[str, ...] | None = None) -> str:
        """The statement that inserts a row unless its key exists; see `insert`."""
        return f"{self.insert(names)} ON CONFLICT ({', '.join(self.key)}) DO NOTHING"


class Migration(NamedTuple):
    """One step from an older schema to a newer one. Once released it never changes.

    Attributes:
        number: Its number in the order of application, from 1.
        name: A short name.
        statements: Its SQL.
    """

    number: int
    name: str
    statements: tuple[str, ...]


class Schema(NamedTuple):
    """The tables of one subject.

    Attributes:
        name: The subject; separates its migrations from others in the same database.
        tables: Its tables as they are after the last migration.
        migrations: The migrations that create them, in order.
    """

    name: str
    tables: tuple[Table, ...]
    migrations: tuple[Migration, ...]


def time_text(time: datetime) -> str:
    """A UTC time as text of one length, so that texts sort like times."""
    return time.isoformat(timespec="microseconds")
