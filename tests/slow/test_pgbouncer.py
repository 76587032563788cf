"""A store behind a transaction pooler: several processes share three connections to the server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.paths import ROOT
from tests.support.pgbouncer import PgBouncer, pgbouncer_or_skip
from tests.support.receipt_samples import receipt
from tests.support.scale import scaled
from tests.support.stores import open_at

if TYPE_CHECKING:
    from collections.abc import Iterator

PROCESSES, EACH = 4, scaled(60, 600)
SETTINGS = (
    "search_path",
    "default_transaction_read_only",
    "lock_timeout",
    "enable_sort",
    "synchronous_commit",
)


@pytest.fixture
def pooler(postgres_url: str) -> Iterator[PgBouncer]:
    running = PgBouncer(pgbouncer_or_skip(), postgres_url)
    yield running
    running.close()


def settings_of(url: str) -> list[Any]:
    """What another program on a connection of this pool finds set."""
    import psycopg

    with psycopg.connect(url, autocommit=True, prepare_threshold=None) as connection:
        return [connection.execute(f"SHOW {name}").fetchone() for name in SETTINGS]


def keep(url: str) -> tuple[set[str], dict[str, int]]:
    """Keep receipts through several processes; which were acknowledged, and what went wrong how often."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "wrapper"), str(ROOT / "generated")])
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.slow.pooled_receipts", url, f"process-{at}", str(EACH)],
            env={**os.environ, "PYTHONPATH": path},
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for at in range(PROCESSES)
    ]
    kept: set[str] = set()
    errors: dict[str, int] = {}
    for process in processes:
        try:
            out, err = process.communicate(timeout=120)
        finally:
            process.kill()
        failed = {"kept": [], "errors": {err.strip()[-200:]: 1}}
        found: dict[str, Any] = json.loads(out) if out else failed
        kept.update(found["kept"])
        for said, times in found["errors"].items():
            errors[said] = errors.get(said, 0) + times
    return kept, errors


def test_every_receipt_is_kept_through_the_pooler(pooler: PgBouncer, postgres_url: str) -> None:
    kept, errors = keep(pooler.url)
    print(f"\nkept {len(kept)} of {PROCESSES * EACH}; {errors}")  # noqa: T201  shown with -s
    assert errors == {}
    assert len(kept) == PROCESSES * EACH
    with open_at(postgres_url) as store:
        assert {found.umid for found in store.statuses()} == kept


def test_other_programs_on_the_pool_find_nothing_changed(pooler: PgBouncer) -> None:
    before = settings_of(pooler.url)
    keep(pooler.url)
    assert all(settings_of(pooler.url) == before for _ in range(6))


def test_nothing_is_prepared_through_the_pooler(pooler: PgBouncer, postgres_url: str) -> None:
    import psycopg

    with open_at(pooler.url) as store:
        for number in range(20):
            store.record([receipt(f"u-{number}")])
            assert store.status(f"u-{number}") is not None
        with psycopg.connect(pooler.url, autocommit=True, prepare_threshold=None) as connection:
            found = [
                connection.execute("SELECT name FROM pg_prepared_statements").fetchall() for _ in range(9)
            ]
    assert found == [[]] * 9


def test_control_without_a_pooler_every_receipt_is_kept(postgres_url: str) -> None:
    kept, errors = keep(postgres_url)
    assert (len(kept), errors) == (PROCESSES * EACH, {})


def test_control_a_setting_of_a_session_shows_through_the_pooler(pooler: PgBouncer) -> None:
    """The check above can fail: what one client sets, another finds."""
    import psycopg

    before = settings_of(pooler.url)
    with psycopg.connect(pooler.url, autocommit=True, prepare_threshold=None) as connection:
        connection.execute("SET search_path TO somewhere")
    assert settings_of(pooler.url) != before
