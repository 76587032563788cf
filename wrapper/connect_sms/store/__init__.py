"""Durable storage: tables in SQLite or PostgreSQL, written by one thread that groups its commits.

It defines only the table of migrations. A user defines a `Schema` and opens a `DurableStore` with it:

    database = database_at("receipts.db", busy_timeout=5.0)
    store = DurableStore(database, schema, write=write, max_queued=100_000)

Several schemas can share a database: each has its own tables and migrations.
"""

from __future__ import annotations

from .durable import DurableStore
from .opening import database_at
from .schema import Column, Migration, Schema, Table

__all__ = ["Column", "DurableStore", "Migration", "Schema", "Table", "database_at"]
