"""Identifies a process, so that others can tell whether it is gone.

A process id alone is not enough: it is used again, and another machine or container has its own. So an owner
has host name, boot, namespace of process ids, process id and start time (in ticks since boot), from Linux's
``/proc``; see proc(5). Without ``/proc`` nobody can tell that an owner is gone, nor can another machine.
"""

from __future__ import annotations

import os
import re
import socket
import uuid
from functools import lru_cache
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
_DEAD: Final = frozenset({"Z", "X"})
# The numbers of the fields after the name of the program, which may contain anything.
_STATE: Final = 0
_START: Final = 19


def this_process() -> str:
    """The owner text of this process; another after a fork."""
    return _owner(os.getpid())


def is_gone(owner: str) -> bool:
    """True when a process certainly runs no more; False when it runs, or when nobody here can tell."""
    *here, own_pid, own_start = this_process().split(" ")
    *where, pid, start = owner.split(" ") if _is_read(owner) else ("", "")
    if where != here or not own_start.isdigit():
        return False
    if (pid, start) == (own_pid, own_start):
        return False
    seen = _state_and_start(pid)
    if seen is None:
        return not _exists(int(pid))
    state, started = seen
    return state in _DEAD or started != start


@lru_cache(maxsize=1)
def _owner(pid: int) -> str:
    host = socket.gethostname().replace(" ", "_")
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text("ascii").strip()
        namespace = os.readlink(_PROC / "self/ns/pid")  # noqa: PTH115  it is no path
        seen = _state_and_start(str(pid))
    except OSError:
        return f"{host} - - {pid} {uuid.uuid4().hex}-"
    start = "-" if seen is None else seen[1]
    return f"{host} {boot} {namespace} {pid} {start}"


#: Host, boot, namespace, process id, start. Other text is damaged, and tells nothing.
_is_read: Final = re.compile(r"\S+ \S+ \S+ [0-9]{1,9} [0-9]{1,18}", re.ASCII).fullmatch


def _state_and_start(pid: str) -> tuple[str, str] | None:
    try:
        fields = (_PROC / pid / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return None
    return fields[_STATE], fields[_START]


def _exists(pid: int) -> bool:
    # A process of another user may be hidden in /proc.
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True
