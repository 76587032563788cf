"""``python -m tests.slow.chaos [ROUNDS] [SEED]``: stop senders, ROUNDS times each way (5)."""

from __future__ import annotations

import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from tests.slow.chaos.play import stops
from tests.slow.chaos.resumed import resumed_batches
from tests.support.postgres_server import PostgresServer, binaries
from tests.support.processes import hear_interrupts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.slow.chaos.play import Row


def _shown(rows: Iterable[Row]) -> list[Row]:
    """The rows, each printed as soon as it is there."""
    shown: list[Row] = []
    for row in rows:
        print(row, flush=True)  # noqa: T201
        shown.append(row)
    return shown


def main(rounds: int = 5, seed: int = 1) -> int:
    """Play all of it and print a line for each kind."""
    hear_interrupts()
    found = binaries()
    server = PostgresServer(found) if found else None
    try:
        with tempfile.TemporaryDirectory() as folder:
            places = [str(Path(folder) / "store.db"), *([server.url] if server else [])]
            if server is None:
                print("PostgreSQL is NOT played: no initdb here", flush=True)  # noqa: T201  a command
            plays = [*(stops(place, rounds, seed) for place in places), resumed_batches(rounds, seed)]
            with ThreadPoolExecutor(os.cpu_count()) as side_by_side:
                rows = [row for some in side_by_side.map(_shown, plays) for row in some]
    finally:
        if server:
            server.close()
    controls = [row for row in rows if row.is_control]
    missing = sum(row.missing for row in rows if not row.is_control)
    twice = sum(row.twice for row in rows if not row.is_control)
    caught = sum(row.missing > 0 for row in controls)
    print(  # noqa: T201
        f"{missing} accepted messages missing from the store, {twice} accepted twice; "
        f"{caught} of {len(controls)} controls missed some, as they should"
    )
    return 1 if missing or twice or caught < len(controls) else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
