"""Migrates a database to the schema of this version."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from connect_sms.errors.base import ConfigurationError

from .schema import Column, Table, time_text

if TYPE_CHECKING:
    from .database import Database, Session
    from .schema import Schema

MIGRATIONS: Final = Table(
    "migrations",
    (
        Column("schema_name", required=True),
        Column("number", "BIGINT", required=True),
        Column("name", required=True),
        Column("applied_at", required=True),
    ),
    key=("schema_name", "number"),
)
"""The table that records which migrations have been applied."""


def migrate(database: Database, session: Session, schema: Schema, patience: float) -> int:
    """Apply the missing migrations, all or none; return their number.

    Args:
        database: The database.
        session: A connection to it.
        schema: The tables.
        patience: Seconds to wait for a lock.

    Raises:
        ConfigurationError: The database was made by a newer version of this library.
    """
    session.begin(patience)
    database.prepare(session)
    session.execute(MIGRATIONS.create().replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS", 1))
    rows = session.fetch("SELECT number FROM migrations WHERE schema_name = ?", (schema.name,))
    applied = {number for (number,) in rows}
    unknown = applied - {migration.number for migration in schema.migrations}
    if unknown:
        raise ConfigurationError(
            f"the store has migration {max(unknown)}, which this version of connect-sms does not know: "
            "it was made by a newer one"
        )
    missing = [migration for migration in schema.migrations if migration.number not in applied]
    for migration in missing:
        for statement in migration.statements:
            session.execute(statement)
        row = (schema.name, migration.number, migration.name, time_text(datetime.now(UTC)))
        session.execute(MIGRATIONS.insert(), row)
    session.commit()
    return len(missing)
