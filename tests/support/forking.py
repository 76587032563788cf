"""Forks from within a test: runs a function in a child, and returns what it returned."""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import sys
import time
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

#: Seconds until a child that does not end is said to hang.
PATIENCE: Final = 20.0


def fork() -> int:
    """`os.fork`, without Python's warning that other threads are running."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def silent_fork() -> int:
    """A fork that Python is not told of, as uWSGI makes it."""
    # A thread that has asked for Python's lock would be waited for in the child, where it does not exist.
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1_000)
    time.sleep(0.01)
    pid: int = ctypes.PyDLL(None).fork()
    sys.setswitchinterval(usual)
    return pid


class Child:
    """A child process that runs a function.

    Args:
        work: Its result is written as JSON; an error as the name of its type and its text.
        fork: How to fork.
    """

    def __init__(self, work: Callable[[], Any], fork: Callable[[], int] = fork) -> None:
        self._take, put = os.pipe()
        self.pid = fork()
        if not self.pid:
            _run(work, put)
        os.close(put)

    def result(self) -> Any:
        """What the function returned, once the child has ended.

        Raises:
            AssertionError: It hangs.
        """
        deadline, answer = time.monotonic() + PATIENCE, b""
        while select.select([self._take], [], [], max(deadline - time.monotonic(), 0))[0]:
            piece = os.read(self._take, 65_536)
            if not piece:
                break
            answer += piece
        self.kill()
        assert answer, "the child hangs, or has died"
        return json.loads(answer)

    def kill(self) -> None:
        """End it."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._take)


def _run(work: Callable[[], Any], put: int) -> None:
    try:
        told = work()
    except BaseException as error:  # noqa: BLE001  told to the parent
        told = f"{type(error).__name__}: {error}"
    os.write(put, json.dumps(told).encode())
    os._exit(0)


def in_child(work: Callable[[], Any], fork: Callable[[], int] = fork) -> Any:
    """What a function returns in a child."""
    return Child(work, fork).result()
