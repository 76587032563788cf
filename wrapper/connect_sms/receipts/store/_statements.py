"""The SQL of the store, in the words that SQLite and PostgreSQL share; ``?`` stands for a value.

The comparison of two standings is written from `ORDER`, the list that the fold in Python goes by.
"""

from __future__ import annotations

from typing import Final

from connect_sms.receipts._columns import GATHERED, ORDER, Column

__all__ = [
    "ADD_EVENT",
    "ADD_TO_QUARANTINE",
    "OPEN",
    "SELECT_STANDINGS",
    "STANDING_COLUMNS",
    "fold_standing",
]

ADD_EVENT: Final = """
    INSERT INTO events (umid, fingerprint, kind, state, detail, error_code, observed_at, received_at,
                        content_type, raw, callback_due)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (umid, fingerprint) DO NOTHING"""

ADD_TO_QUARANTINE: Final = """
    INSERT INTO quarantine (id, received_at, reason, content_type, raw) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (id) DO NOTHING"""

_DECIDED: Final = ("outcome", *(column.name for column in ORDER))
_GATHERED: Final = tuple(column.name for column in GATHERED)
STANDING_COLUMNS: Final = ("umid", "lost_id", *_DECIDED, *_GATHERED, "first_seen_at")

# What only the lost row of a message knows, once a receipt has brought its umid; its reason has passed.
_FOUND: Final = ", ".join(
    f"m.{name}" if name == "reason" else f"COALESCE(m.{name}, lost.{name})" for name in _GATHERED
)
SELECT_STANDINGS: Final = f"""
    SELECT m.umid, m.lost_id, {", ".join(f"m.{name}" for name in _DECIDED)}, {_FOUND},
           m.first_seen_at, m.given_up_at
    FROM standings m
    LEFT JOIN standings lost ON m.umid <> '' AND lost.umid = '' AND lost.lost_id = m.client_message_id
    WHERE (m.umid <> '' OR NOT EXISTS
           (SELECT 1 FROM standings k WHERE k.client_message_id = m.lost_id AND k.umid <> ''))"""
"""Every message once; further conditions follow with AND."""

OPEN: Final = "rank < 6 AND given_up_at IS NULL"


def fold_standing(collation: str, greatest: str) -> str:
    """The statement that folds one standing into the table, as `connect_sms.receipts.fold` does.

    Args:
        collation: What makes texts compare by code point, as Python does.
        greatest: The function that gives the greater of two values.
    """

    def side(table: str, column: Column) -> str:
        value = f"{table}.{column.name}"
        if isinstance(column.least, int):
            return f"COALESCE({value}, {column.least})"
        return f"COALESCE({value}, ''){collation}"

    def row(table: str) -> str:
        return f"({', '.join(side(table, column) for column in ORDER)})"

    wins = f"{row('excluded')} > {row('standings')}"
    decided = [
        f"{name} = CASE WHEN {wins} THEN excluded.{name} ELSE standings.{name} END" for name in _DECIDED
    ]
    # NULLIF, because what stands for "none" in the comparison must not get into the table.
    gathered = [
        f"{column.name} = NULLIF({greatest}({side('standings', column)}, {side('excluded', column)}), "
        f"{column.least!r})"
        for column in GATHERED
    ]
    seen = f"excluded.first_seen_at{collation} < standings.first_seen_at{collation}"
    first = f"first_seen_at = CASE WHEN {seen} THEN excluded.first_seen_at ELSE standings.first_seen_at END"
    names, marks = ", ".join(STANDING_COLUMNS), ", ".join("?" * len(STANDING_COLUMNS))
    return (
        f"INSERT INTO standings ({names}) VALUES ({marks}) "
        f"ON CONFLICT (umid, lost_id) DO UPDATE SET {', '.join([*decided, *gathered, first])}"
    )
