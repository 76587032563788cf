"""A store, a sandbox whose clock stands still, and a client that lives by that clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connect_sms.receipts import parse
from connect_sms.sandbox import Sandbox
from tests.support.sandbox_time import SandboxTime
from tests.support.store_fixtures import sqlite_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from connect_sms import SmsClient
    from connect_sms.receipts import ReceiptStore


__all__ = ["sqlite_store", "world"]


class World:
    """A sandbox, its receipts, and a client that notes what it sends.

    Attributes:
        sandbox: The sandbox.
        store: The store.
        heard: Whether a receipt, by its place among those posted, is heard; all are.
    """

    def __init__(self, store: ReceiptStore) -> None:
        self.store = store
        self.heard: Callable[[int], bool] = lambda _: True
        self._posted = 0
        self.sandbox = Sandbox(
            factor=0, seed=1, receipt_url="http://127.0.0.1:1/receipts", deliver=self._deliver
        )
        self.clock = SandboxTime(self.sandbox, self.sandbox.clock.advance)
        self.client: SmsClient = self.sandbox.client(clock=self.clock, receipts=store)

    def _deliver(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        self._posted += 1
        if self.heard(self._posted - 1):
            self.store.record([parse(body, headers)], received_at=self.sandbox.clock.when())
        return 200

    def deaf(self) -> None:
        """From now on no receipt is heard."""
        self.heard = lambda _: False

    def close(self) -> None:
        self.client.close()
        self.sandbox.close()


@pytest.fixture
def world(store: ReceiptStore) -> Iterator[World]:
    made = World(store)
    yield made
    made.close()
