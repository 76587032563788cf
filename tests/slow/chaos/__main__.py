"""``python -m tests.slow.chaos [ROUNDS] [SEED]``: stop senders, ROUNDS times each way (5)."""

from __future__ import annotations

import sys
import tempfile
from itertools import chain
from pathlib import Path

from tests.slow.chaos.play import play
from tests.slow.chaos.resumed import resumed_batches
from tests.support.postgres_server import PostgresServer, binaries
from tests.support.processes import hear_interrupts


def main(rounds: int = 5, seed: int = 1) -> int:
    """Play all of it and print a line for each kind."""
    hear_interrupts()
    found = binaries()
    server = PostgresServer(found) if found else None
    missing = twice = controls = caught = 0
    try:
        with tempfile.TemporaryDirectory() as folder:
            places = [str(Path(folder) / "store.db"), *([server.url] if server else [])]
            if server is None:
                print("PostgreSQL is NOT played: no initdb here", flush=True)  # noqa: T201  a command
            for row in chain(play(places, rounds, seed), resumed_batches(rounds, seed)):
                print(row, flush=True)  # noqa: T201
                if row.is_control:
                    controls, caught = controls + 1, caught + (row.missing > 0)
                else:
                    missing, twice = missing + row.missing, twice + row.twice
    finally:
        if server:
            server.close()
    print(  # noqa: T201
        f"{missing} accepted messages missing from the store, {twice} accepted twice; "
        f"{caught} of {controls} controls missed some, as they should"
    )
    return 1 if missing or twice or caught < controls else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
