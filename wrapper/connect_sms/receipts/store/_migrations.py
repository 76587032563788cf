"""Bringing a database to the schema that this version works with."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from connect_sms.errors.base import ConfigurationError
from connect_sms.receipts._columns import moment_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ._database import Database, Session

__all__ = ["Migration", "migrate", "migrations"]


class Migration(NamedTuple):
    """One file of the schema.

    Attributes:
        number: Its place; they are applied in this order.
        name: Its name, without number and ending.
        statements: Its SQL, one statement each.
    """

    number: int
    name: str
    statements: tuple[str, ...]


def migrations() -> list[Migration]:
    """All migrations, in order."""
    found: list[Migration] = []
    for file in (files("connect_sms.receipts.store") / "schema").iterdir():
        number, _, rest = file.name.partition("_")
        if number.isdigit() and rest.endswith(".sql"):
            found.append(Migration(int(number), rest[:-4], _statements(file.read_text("utf-8"))))
    return sorted(found)


def migrate(database: Database, session: Session, steps: Sequence[Migration]) -> int:
    """Apply what has not been applied yet, all of it or nothing; how many.

    Raises:
        ConfigurationError: The database was made by a newer version of this library.
    """
    session.begin()
    database.prepare(session)
    session.execute(
        "CREATE TABLE IF NOT EXISTS migrations "
        "(number BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL)"
    )
    applied = {number for (number,) in session.fetch("SELECT number FROM migrations")}
    strangers = applied - {step.number for step in steps}
    if strangers:
        raise ConfigurationError(
            f"the store has migration {max(strangers)}, which this version of connect-sms does not know: "
            "it was made by a newer one"
        )
    missing = [step for step in steps if step.number not in applied]
    for step in missing:
        for statement in step.statements:
            session.execute(statement)
        row = (step.number, step.name, moment_text(datetime.now(UTC)))
        session.execute("INSERT INTO migrations (number, name, applied_at) VALUES (?, ?, ?)", row)
    session.commit()
    return len(missing)


def _statements(script: str) -> tuple[str, ...]:
    # The schema has no semicolon within a statement; a test looks.
    lines = [line for line in script.splitlines() if not line.lstrip().startswith("--")]
    return tuple(part.strip() for part in "\n".join(lines).split(";") if part.strip())
