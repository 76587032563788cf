"""What a process does before it forks, and its child first of all: nothing open may be used by both.

A child has a copy of the parent's memory and shares its sockets and files, but has none of its threads. Two
processes that read one socket get each other's answers; a lock that another thread held stays held.
"""

from __future__ import annotations

import os
import threading
from typing import Final
from weakref import WeakSet


class ForkAware:
    """Something that a child process must not share with its parent; see `follow_forks`."""

    def before_fork(self) -> None:
        """Called in the parent before it forks, in the thread that forks."""

    def after_fork_in_parent(self) -> None:
        """Called in the parent afterwards, also when the fork failed."""

    def after_fork_in_child(self) -> None:
        """Called in the child before anything else runs there: make new locks, put away what is shared."""


_known: WeakSet[ForkAware] = WeakSet()
_inherited: Final[list[object]] = []
_lock = threading.RLock()
_pid = os.getpid()


def process_id() -> int:
    """Tells a process from its children."""
    return os.getpid()


def follow_forks(one: ForkAware) -> None:
    """Call an object's methods at each fork of this process. It must be complete."""
    with _lock:
        _known.add(one)


def put_away(*inherited: object) -> None:
    """Keep what belongs to the parent, unused: to close it here would say goodbye on the parent's sockets."""
    _inherited.extend(inherited)


def notice_fork() -> None:
    """Catch up on a fork that Python was not told of, as uWSGI forks; cheap when there was none."""
    if os.getpid() != _pid:
        with _lock:
            if os.getpid() != _pid:
                _tell_the_child()


def _before() -> None:
    _lock.acquire()  # so that nothing is added meanwhile
    for one in list(_known):
        one.before_fork()


def _after_in_parent() -> None:
    for one in list(_known):
        one.after_fork_in_parent()
    _lock.release()


def _after_in_child() -> None:
    global _lock  # noqa: PLW0603  another thread may have held it
    _lock = threading.RLock()
    _tell_the_child()


def _tell_the_child() -> None:
    global _pid  # noqa: PLW0603  it is another process
    for one in list(_known):
        one.after_fork_in_child()
    _pid = os.getpid()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before, after_in_parent=_after_in_parent, after_in_child=_after_in_child)
