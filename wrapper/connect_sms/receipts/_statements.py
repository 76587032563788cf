"""The SQL that merges statuses into the table of messages and reads each message; ``?`` is a placeholder.

A row is a message by its UMID and your own id, a UMID without your id, or, without a UMID, one attempt to
send. Rows are only ever merged by their key, so that their order does not matter; which of them are one
message is decided on reading:

- A UMID without your id belongs to the only message with that UMID, and to none if several share it.
- An attempt became the message with its id and time of sending. Of the other attempts with one id, the
  oldest is the one that became the first message with that id that no recorded send explains, the next one
  the next, and so on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connect_sms.models.outcomes import FINAL_RANK

from ._schema import MESSAGES, OPEN
from .columns import MERGED, ORDER

if TYPE_CHECKING:
    from connect_sms.store.database import Database

    from .columns import StatusColumn

RECORDED: Final = MESSAGES.names[: MESSAGES.names.index("given_up_at")]
"""The columns that a recorded status fills."""

DECIDED: Final = ("outcome", *(column.name for column in ORDER))
"""The columns that the more advanced of two statuses decides."""

HANDED_OVER: Final = (
    *("provider", "umid", "client_message_id", "attempt", *DECIDED[:3], "source", "client_batch_id"),
    *("sub_account_id", "destination", "parts", "sent_at", "first_seen_at", "owner", "deadline"),
)
"""The columns of a message that is being handed over."""

_MERGED: Final = tuple(column.name for column in MERGED)


def _found(rows: str) -> str:
    """The condition that there are such rows.

    Unlike EXISTS, it never makes PostgreSQL read the whole table into a hash table for a page of messages.
    """
    return f"(SELECT 1 FROM {rows} LIMIT 1) IS NOT NULL"


def _named(other: str, row: str) -> str:
    """The condition that another row is a message with the same UMID and an id of yours."""
    return (
        f"{other}.provider = {row}.provider AND {other}.umid = {row}.umid AND {other}.client_message_id <> ''"
    )


def _settled(row: str) -> str:
    """The condition that an attempt is recorded with its UMID too."""
    return _found(
        f"messages s WHERE s.client_message_id = {row}.client_message_id "
        f"AND s.provider = {row}.provider AND s.umid <> '' AND s.sent_at = {row}.attempt"
    )


def _before(row: str) -> str:
    """The number of attempts with the same id that come before this one; refused ones come last."""

    def place(one: str) -> str:
        return f"(CASE WHEN {one}.rank < {FINAL_RANK} THEN 0 ELSE 1 END, {one}.attempt)"

    return (
        f"(SELECT COUNT(*) FROM messages a WHERE a.provider = {row}.provider AND a.umid = '' "
        f"AND a.client_message_id = {row}.client_message_id AND {place('a')} < {place(row)} "
        f"AND NOT {_settled('a')})"
    )


def _unexplained(row: str, condition: str = "") -> str:
    """The number of messages with the same id that no recorded send explains."""
    return (
        f"(SELECT COUNT(*) FROM messages u WHERE u.client_message_id = {row}.client_message_id "
        f"AND u.provider = {row}.provider AND u.umid <> '' AND u.sent_at IS NULL{condition})"
    )


IS_MESSAGE: Final = (
    "CASE WHEN m.umid = '' "
    f"THEN NOT {_settled('m')} AND {_before('m')} >= {_unexplained('m')} "
    f"ELSE m.client_message_id <> '' OR NOT {_found('messages k WHERE ' + _named('k', 'm'))} END"
)
"""The condition that a row is a message of its own."""

_UNNAMED: Final = (
    "m.umid <> '' AND m.client_message_id <> '' AND unnamed.provider = m.provider "
    "AND unnamed.umid = m.umid AND unnamed.client_message_id = '' AND NOT "
    + _found(f"messages k WHERE {_named('k', 'm')} AND k.client_message_id <> m.client_message_id")
)

IS_SILENT: Final = (
    f"{IS_MESSAGE} AND m.place < ? "
    f"AND NOT {_found(f'messages unnamed WHERE {_UNNAMED} AND unnamed.place >= ?')}"
)
"""The condition that a row is a message of its own that got less far than a place, given twice."""

# Of an attempt: its columns add what a receipt does not know. Its reason no longer applies.
_JOINED: Final = [
    f"m.{name}" if name == "reason" else f"COALESCE(m.{name}, attempt.{name})" for name in _MERGED
]
UNNAMED_COLUMNS: Final = (*DECIDED, *_MERGED)
"""The columns of the row without your id that follow those of `MESSAGES` in `SELECT_MESSAGES`."""

# An expression: without statistics PostgreSQL would look up all rows without a UMID, for each message.
_NO_UMID: Final = "attempt.umid || '' = ''"

SELECT_MESSAGES: Final = f"""
    SELECT m.provider, m.umid, m.client_message_id, m.attempt, {", ".join(f"m.{name}" for name in DECIDED)},
           {", ".join(_JOINED)}, m.first_seen_at, m.given_up_at, m.owner, m.deadline,
           {", ".join(f"unnamed.{name}" for name in UNNAMED_COLUMNS)}
    FROM messages m
    LEFT JOIN messages attempt
        ON m.umid <> '' AND m.client_message_id <> '' AND m.sent_at IS NULL
        AND attempt.provider = m.provider AND {_NO_UMID}
        AND attempt.client_message_id = m.client_message_id
        AND NOT {_settled("attempt")}
        AND {_before("attempt")} = {_unexplained("m", " AND u.umid < m.umid")}
    LEFT JOIN messages unnamed ON {_UNNAMED}
    WHERE {IS_MESSAGE}"""
"""Every message once, with the row of its UMID without your id; further conditions follow with AND."""

SENT_AT: Final = "COALESCE(m.sent_at, attempt.sent_at, m.first_seen_at)"
"""When a message of `SELECT_MESSAGES` was sent; for one known only from receipts, the time of the first."""

IS_OPEN: Final = (
    f"{OPEN.replace('rank', 'm.rank').replace('given', 'm.given')} "
    f"AND COALESCE(unnamed.rank, 0) < {FINAL_RANK}"
)
"""The condition that a message of `SELECT_MESSAGES` may still change."""


COUNT_AMBIGUOUS: Final = (
    "SELECT COUNT(*) FROM messages m JOIN events e ON e.provider = m.provider AND e.umid = m.umid "
    "WHERE m.client_message_id = '' AND m.umid <> '' AND e.client_message_id IS NULL AND e.kind = 'receipt' "
    f"AND (SELECT COUNT(*) FROM messages k WHERE {_named('k', 'm')}) > 1 "
    f"AND EXISTS (SELECT 1 FROM messages k WHERE {_named('k', 'm')} "
    "AND COALESCE(k.sent_at, k.first_seen_at) >= ? AND COALESCE(k.sent_at, k.first_seen_at) < ?)"
)
"""Counts the receipts without your id on a UMID that several messages share, from a time to another."""


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
    decided = [f"{name} = CASE WHEN {wins} THEN excluded.{name} ELSE messages.{name} END" for name in DECIDED]
    # NULLIF, because the comparison's placeholder for NULL must not get into the table.
    merged = [
        f"{column.name} = NULLIF({greatest}({side('messages', column)}, {side('excluded', column)}), "
        f"{column.minimum!r})"
        for column in MERGED
    ]
    earlier = f"excluded.first_seen_at{collation} < messages.first_seen_at{collation}"
    first = f"first_seen_at = CASE WHEN {earlier} THEN excluded.first_seen_at ELSE messages.first_seen_at END"
    return (
        f"{MESSAGES.insert(RECORDED)} ON CONFLICT ({', '.join(MESSAGES.key)}) "
        f"DO UPDATE SET {', '.join([*decided, *merged, first])}"
    )
