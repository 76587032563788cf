"""Memory of one send and of the process around it. Imports next to nothing: that would be counted too."""

from __future__ import annotations

import gc
import tracemalloc
from resource import getpagesize

from benchmarks.senders import BLOCKING

#: Messages a process sends before its size is taken.
SENDS = 200


def one_send(name: str, origin: str) -> dict[str, float]:
    """The most that Python holds for one send, in KB, and what the process takes, in MB."""
    send = BLOCKING[name](origin, None)
    for _ in range(SENDS):
        send()
    process = _resident()
    gc.collect()
    tracemalloc.start()
    send()
    before = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    send()
    return {"send": (tracemalloc.get_traced_memory()[1] - before) / 2**10, "process": process}


def nothing() -> float:
    """Megabytes of a process that has imported this and sends nothing."""
    return _resident()


def _resident() -> float:
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123  pathlib would be counted too
        return int(file.read().split()[1]) * getpagesize() / 2**20
