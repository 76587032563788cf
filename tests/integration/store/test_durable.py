"""The durable floor by itself: whoever brings tables gets them, beside those of others."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import attrs
import pytest

from connect_sms.errors.base import ConfigurationError
from connect_sms.receipts import open_store
from connect_sms.store import Column, DurableStore, Migration, Schema, Table, database_at
from connect_sms.store.writer import insert_new
from tests.support.receipt_samples import receipt

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from connect_sms.store.database import Session

PETS = Table("pets", (Column("name", required=True), Column("legs", "BIGINT")), key=("name",))
SCHEMA = Schema("pets", (PETS,), (Migration(1, "pets", (PETS.create(),)),))


@attrs.frozen
class Pets:
    """A batch of pets, by name."""

    rows: dict[str, tuple[str, int]]

    @property
    def size(self) -> int:
        return len(self.rows)


def test_it_is_not_pickled_but_opened_in_each_process(tmp_path: Path) -> None:
    with open_store(tmp_path / "receipts.db") as store:
        for held in (store, store._durable):
            with pytest.raises(TypeError, match=r"a store .* is not pickled: open it in each process"):
                pickle.dumps(held)


def write(session: Session, batches: Sequence[Pets]) -> list[int]:
    new = [0] * len(batches)
    insert_new(session, PETS.insert_new(), [batch.rows for batch in batches], new)
    return new


def opened(where: str, schema: Schema = SCHEMA) -> DurableStore[Pets]:
    return DurableStore(database_at(where, 10), schema, write=write, max_queued=100)


def test_a_schema_of_ones_own_is_made_written_and_read(where: str) -> None:
    store = opened(where)
    assert store.put(Pets({"Tom": ("Tom", 4), "Tweety": ("Tweety", 2)})).result() == 2
    assert store.put(Pets({"Tom": ("Tom", 4)})).result() == 0
    assert (
        store.call(lambda session: session.execute("UPDATE pets SET legs = 3 WHERE name = ?", ("Tom",))) == 1
    )
    assert store.fetch("SELECT legs FROM pets ORDER BY name") == [(3,), (2,)]
    store.close()


def test_several_schemas_share_a_database_each_with_its_own_migrations(where: str) -> None:
    with open_store(where) as receipts:
        pets = opened(where)
        receipts.record([receipt()])
        assert pets.put(Pets({"Tom": ("Tom", 4)})).result() == 1
        assert pets.fetch("SELECT schema_name, number FROM migrations ORDER BY schema_name") == [
            ("pets", 1),
            ("receipts", 1),
        ]
        pets.close()
        assert receipts.status("u-1") is not None


def test_only_ones_own_migrations_can_be_too_new(where: str) -> None:
    food = Migration(2, "food", ("ALTER TABLE pets ADD COLUMN food TEXT",))
    opened(where, SCHEMA._replace(migrations=(*SCHEMA.migrations, food))).close()
    open_store(where).close()
    with pytest.raises(ConfigurationError, match="migration 2"):
        opened(where)
