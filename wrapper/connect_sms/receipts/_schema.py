"""The tables of the message store, and their SQL; ``?`` is a placeholder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connect_sms.store.schema import Column, Migration, Schema, Table

from .columns import MERGED, ORDER

if TYPE_CHECKING:
    from connect_sms.store.database import Database

    from .columns import StatusColumn

_PROVIDER: Final = Column("provider", required=True)
_UMID: Final = Column("umid", required=True)

EVENTS: Final = Table(
    "events",
    (
        _PROVIDER,
        _UMID,
        Column("fingerprint", required=True),
        Column("kind", required=True),
        Column("state"),
        Column("detail"),
        Column("error_code", "BIGINT"),
        Column("observed_at"),
        Column("received_at", required=True),
        Column("content_type"),
        Column("raw", "BYTEA"),
        Column("callback_due"),
    ),
    key=("provider", "umid", "fingerprint"),
)
MESSAGES: Final = Table(
    "messages",
    (
        _PROVIDER,
        _UMID,
        Column("lost_id", required=True),
        Column("outcome", required=True),
        *(column.column for column in (*ORDER, *MERGED)),
        Column("first_seen_at", required=True),
        Column("given_up_at"),
    ),
    key=("provider", "umid", "lost_id"),
)
QUARANTINE: Final = Table(
    "quarantine",
    (
        Column("id", required=True),
        Column("received_at", required=True),
        Column("reason", required=True),
        Column("content_type"),
        Column("raw", "BYTEA", required=True),
    ),
    key=("id",),
)
UPTIME: Final = Table(
    "uptime", (Column("started_at", required=True), Column("last_at", required=True)), key=("started_at",)
)
STATUS_SLOTS: Final = Table(
    "status_slots",
    (
        Column("sub_account_id", required=True),
        Column("reserved_at", "DOUBLE PRECISION", required=True),
        Column("next_at", "DOUBLE PRECISION", required=True),
    ),
    key=("sub_account_id",),
)
_TABLES: Final = (EVENTS, MESSAGES, QUARANTINE, UPTIME, STATUS_SLOTS)

OPEN: Final = "rank < 6 AND given_up_at IS NULL"
"""The condition for messages that may still change."""

# Nothing has been released yet. After a release, a changed table needs a further migration.
SCHEMA: Final = Schema(
    "receipts",
    _TABLES,
    (
        Migration(
            1,
            "receipts",
            (
                *(table.create() for table in _TABLES),
                "CREATE INDEX events_by_callback ON events (callback_due) WHERE callback_due IS NOT NULL",
                "CREATE INDEX events_with_raw_body ON events (received_at) WHERE raw IS NOT NULL",
                "CREATE INDEX messages_by_client_message_id ON messages (client_message_id)",
                f"CREATE INDEX messages_open ON messages ((COALESCE(sent_at, first_seen_at))) WHERE {OPEN}",
                "CREATE INDEX quarantine_by_time ON quarantine (received_at)",
            ),
        ),
    ),
)

MESSAGE_COLUMNS: Final = MESSAGES.names[:-1]
"""The columns that a recorded status fills."""

_DECIDED: Final = ("outcome", *(column.name for column in ORDER))

# Columns only in the row of a lost send, once a receipt has given its umid; its reason no longer applies.
_JOINED: Final = ", ".join(
    f"m.{column.name}" if column.name == "reason" else f"COALESCE(m.{column.name}, lost.{column.name})"
    for column in MERGED
)
SELECT_MESSAGES: Final = f"""
    SELECT m.provider, m.umid, m.lost_id, {", ".join(f"m.{name}" for name in _DECIDED)}, {_JOINED},
           m.first_seen_at, m.given_up_at
    FROM messages m
    LEFT JOIN messages lost ON m.umid <> '' AND lost.provider = m.provider AND lost.umid = ''
                               AND lost.lost_id = m.client_message_id
    WHERE (m.umid <> '' OR NOT EXISTS
           (SELECT 1 FROM messages k
            WHERE k.client_message_id = m.lost_id AND k.provider = m.provider AND k.umid <> ''))"""
"""Every message once, in the order of `MESSAGES`; further conditions follow with AND."""


def merge_statement(database: Database) -> str:
    """The statement that merges one status into the table, as `connect_sms.receipts.merge` does."""
    collation, greatest = database.collation, database.greatest

    def side(table: str, column: StatusColumn) -> str:
        value = f"{table}.{column.name}"
        if isinstance(column.minimum, int):
            return f"COALESCE({value}, {column.minimum})"
        return f"COALESCE({value}, ''){collation}"

    def row(table: str) -> str:
        return f"({', '.join(side(table, column) for column in ORDER)})"

    wins = f"{row('excluded')} > {row('messages')}"
    decided = [
        f"{name} = CASE WHEN {wins} THEN excluded.{name} ELSE messages.{name} END" for name in _DECIDED
    ]
    # NULLIF, because the comparison's placeholder for NULL must not get into the table.
    merged = [
        f"{column.name} = NULLIF({greatest}({side('messages', column)}, {side('excluded', column)}), "
        f"{column.minimum!r})"
        for column in MERGED
    ]
    earlier = f"excluded.first_seen_at{collation} < messages.first_seen_at{collation}"
    first = f"first_seen_at = CASE WHEN {earlier} THEN excluded.first_seen_at ELSE messages.first_seen_at END"
    return (
        f"{MESSAGES.insert(MESSAGE_COLUMNS)} ON CONFLICT ({', '.join(MESSAGES.key)}) "
        f"DO UPDATE SET {', '.join([*decided, *merged, first])}"
    )
