"""The tables of the message store."""

from __future__ import annotations

from typing import Final

from connect_sms.models.outcomes import FINAL_RANK
from connect_sms.store.schema import Column, Migration, Schema, Table

from .columns import MERGED, ORDER

_PROVIDER: Final = Column("provider", required=True)
_UMID: Final = Column("umid", required=True)

EVENTS: Final = Table(
    "events",
    (
        _PROVIDER,
        _UMID,
        Column("fingerprint", required=True),
        Column("kind", required=True),
        Column("client_message_id"),
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
        Column("client_message_id", required=True),
        Column("attempt", required=True),
        Column("outcome", required=True),
        *(column.column for column in (*ORDER, *MERGED)),
        Column("first_seen_at", required=True),
        Column("given_up_at"),
        Column("owner"),
        Column("deadline"),
    ),
    key=("provider", "umid", "client_message_id", "attempt"),
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

OPEN: Final = f"rank < {FINAL_RANK} AND given_up_at IS NULL"
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
                "CREATE INDEX messages_by_own_id ON messages (client_message_id, provider, umid)",
                f"CREATE INDEX messages_open ON messages ((COALESCE(sent_at, first_seen_at))) WHERE {OPEN}",
                "CREATE INDEX quarantine_by_time ON quarantine (received_at)",
            ),
        ),
    ),
)
