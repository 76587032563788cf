"""Opens a receipt store by file name or URL."""

from __future__ import annotations

import os

from connect_sms.models.delivery_errors import DeliveryErrors
from connect_sms.models.private import clears_locals
from connect_sms.store import database_at

from .store import ReceiptStore


@clears_locals
def open_store(
    where: str | os.PathLike[str],
    *,
    delivery_errors: DeliveryErrors | None = None,
    busy_timeout: float = 5.0,
    max_queued: int = 100_000,
) -> ReceiptStore:
    """Open a store, and create or update its tables.

    Args:
        where: A file (``"receipts.db"``), ``"sqlite:///receipts.db"``, or, with the extra ``postgres``,
            ``"postgresql://user:password@host/database"`` or libpq's ``"host=... dbname=... user=..."``.
        delivery_errors: What each delivery error code means; the shipped table when left out.
        busy_timeout: Seconds to wait for a lock that another process holds, and for an answer of a database
            server, before giving up.
        max_queued: Maximum number of queued rows; beyond, `ReceiptStore.record` refuses at once.

    Raises:
        ConfigurationError: It is not a durable database, or the tables are of a newer version.
        MissingExtra: psycopg is not installed.
        StoreUnavailable: The database cannot be opened or written now.
    """
    return ReceiptStore(
        database_at(os.fspath(where), busy_timeout),
        delivery_errors=DeliveryErrors.default() if delivery_errors is None else delivery_errors,
        max_queued=max_queued,
    )
