"""Stores by their public interface, in one place for the programs that tests start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connect_sms.receipts import open_store

if TYPE_CHECKING:
    from connect_sms.receipts import ReceiptStore


def open_at(place: str) -> ReceiptStore:
    """Open a store."""
    return open_store(place)


def settings_with(store: ReceiptStore) -> dict[str, Any]:
    """The arguments of a client that notes in a store what it sends."""
    return {"receipts": store}


def noted_at(place: str) -> set[str]:
    """The ``clientMessageId`` of every message that a store knows."""
    with open_store(place) as store:
        return {found.client_message_id for found in store.statuses() if found.client_message_id}
