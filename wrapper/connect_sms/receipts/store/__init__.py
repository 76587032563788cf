"""Where receipts are kept: a file (SQLite) or a PostgreSQL database, with one truth for each message.

    from connect_sms.receipts import open_store

    with open_store("receipts.db") as store:
        store.record([event])
        store.standing(event.umid)

The tables are documented in ``docs/receipts-schema.md``, and are yours to read.
"""

from __future__ import annotations

from ._opening import open_store
from ._store import PendingCallback, Quarantined, Store

__all__ = ["PendingCallback", "Quarantined", "Store", "open_store"]
