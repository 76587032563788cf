"""What was acknowledged is there: after kill -9, on a full disk, in a locked or read-only database.

A kill ends a process and not the machine: that each commit is flushed to disk as well is in
test_store_failures.
"""

from __future__ import annotations

import http.client
import itertools
import os
import random
import resource
import sqlite3
import threading
import time
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import pytest

from connect_sms.receipts import open_store
from tests.support.receipt_process import PATIENCE, Poster, ReceiverProcess

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KILLS = 12
CONNECTIONS = 6


class Load:
    """Posts receipts over several connections, each again until it is acknowledged, as 8x8 does."""

    def __init__(self) -> None:
        self.acknowledged: set[str] = set()
        self._changed = threading.Condition()
        self._url: str | None = None
        self._over = False
        self._threads = [threading.Thread(target=self._work, args=(at,)) for at in range(CONNECTIONS)]
        for thread in self._threads:
            thread.start()

    def aim(self, url: str | None) -> None:
        """From now on there; None waits."""
        with self._changed:
            self._url = url
            self._changed.notify_all()

    def wait_for(self, further: int) -> None:
        """Until so many more are acknowledged."""
        with self._changed:
            wanted = len(self.acknowledged) + further
            assert self._changed.wait_for(lambda: len(self.acknowledged) >= wanted, PATIENCE)

    def end(self) -> None:
        """No further receipts; those under way are finished first."""
        with self._changed:
            self._over = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(PATIENCE)

    def _work(self, place: int) -> None:
        for number in itertools.count():
            umid = f"u-{place}-{number}"
            while umid not in self.acknowledged:
                with self._changed:
                    self._changed.wait_for(lambda: self._url or self._over, PATIENCE)
                    url = self._url
                if url is None:
                    return
                with closing(Poster(url)) as poster:
                    try:
                        kept = poster.receipt(umid) == 200
                    except (OSError, http.client.HTTPException):
                        kept = False
                with self._changed:
                    if kept:
                        self.acknowledged.add(umid)
                        self._changed.notify_all()
                    else:
                        # Somebody who is away is not asked at once again; who aims elsewhere ends the pause.
                        self._changed.wait(0.05)
            if self._over:
                return


@pytest.fixture
def load() -> Iterator[Load]:
    made = Load()
    yield made
    made.aim(None)
    made.end()


def umids(place: Path) -> set[str]:
    with open_store(place) as store:
        return {status.umid for status in store.statuses()}


def test_no_acknowledged_receipt_is_missing_after_kill_9_under_load(tmp_path: Path, load: Load) -> None:
    place = tmp_path / "receipts.db"
    chance = random.Random(8)
    for _ in range(KILLS):
        with ReceiverProcess.by_command(place) as receiver:
            load.aim(receiver.ready().url)
            load.wait_for(chance.randrange(20, 200))
            time.sleep(chance.random() * 0.02)  # the moment itself, not a wait for anything
            receiver.kill()
            load.aim(None)
        with ReceiverProcess.by_command(place) as starting:  # and one that dies while it starts
            time.sleep(chance.random() * 0.3)
            starting.kill()
    with ReceiverProcess.by_command(place) as receiver:
        load.aim(receiver.ready().url)
        load.wait_for(50)
        load.end()
        receiver.kill()
    found = umids(place)
    missing = load.acknowledged - found
    kills = f"{KILLS + 1} kill -9 under load and {KILLS} at start"
    print(f"\n{len(load.acknowledged)} receipts acknowledged, {kills}: {len(missing)} missing")  # noqa: T201  shown with -s
    assert missing == set()
    assert len(load.acknowledged) > KILLS
    with sqlite3.connect(place) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    database.close()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "kept"
    folder.mkdir()
    yield folder / "receipts.db"
    folder.chmod(0o700)


def post_all(url: str, names: list[str]) -> dict[str, int]:
    """What each receipt was answered; each on a connection of its own, as after an error."""
    found: dict[str, int] = {}
    for name in names:
        with closing(Poster(url)) as poster:
            found[name] = poster.receipt(name)
    return found


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="limits of another process are Linux's")
def test_on_a_full_disk_nothing_is_acknowledged_that_is_not_kept(place: Path) -> None:
    with ReceiverProcess.by_hand(place) as receiver:
        url, pid = receiver.ready().url, receiver.process.pid
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (250_000, hard))
        filling = post_all(url, [f"full-{number}" for number in range(200)])
        assert set(filling.values()) == {200, 503}
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))
        again = post_all(url, [name for name, status in filling.items() if status == 503])
        assert set(again.values()) == {200}
        receiver.kill()
    assert umids(place) == set(filling)


def test_a_read_only_database_is_503_until_it_can_be_written(place: Path) -> None:
    with ReceiverProcess.by_hand(place, powerless=True) as receiver:
        url = receiver.ready().url
        assert post_all(url, ["before"]) == {"before": 200}
        # A file already open for writing stays so: it takes one failure for the receiver to open it anew.
        other = sqlite3.connect(place, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        assert post_all(url, ["locked"]) == {"locked": 503}
        parts = [place, *place.parent.glob("receipts.db-*")]
        for part in parts:
            part.chmod(0o400)
        other.execute("ROLLBACK")
        other.close()
        if not os.geteuid() and post_all(url, ["probe"]) == {"probe": 200}:
            pytest.skip("root that cannot lay down its power may write anything")
        assert post_all(url, ["readonly-1", "readonly-2"]) == {"readonly-1": 503, "readonly-2": 503}
        for part in parts:
            with suppress(FileNotFoundError):
                part.chmod(0o600)
        assert post_all(url, ["readonly-1"]) == {"readonly-1": 200}
        receiver.kill()
    assert umids(place) == {"before", "readonly-1"}


def test_a_read_only_database_is_not_served_at_all(place: Path) -> None:
    with open_store(place):
        pass
    for part in (place.parent, *place.parent.iterdir()):
        part.chmod(0o500 if part.is_dir() else 0o400)
    with ReceiverProcess.by_hand(place, powerless=True) as receiver:
        assert receiver.process.stdout is not None
        lines = iter(receiver.process.stdout)
        said = next((line for line in lines if line.startswith(("receiving", "connect_sms"))), "")
        if said.startswith("receiving") and not os.geteuid():
            pytest.skip("root that cannot lay down its power may write anything")
        assert "StoreUnavailable" in said
