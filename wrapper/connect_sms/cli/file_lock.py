"""An exclusive lock on an open file, which ends when that is closed, and so with its process."""

from __future__ import annotations

import errno
import os
import sys
from typing import Final

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

#: A byte beyond any content: on Windows nobody else can read what is locked.
_FAR: Final = 1 << 62

_TAKEN: Final = frozenset({errno.EACCES, errno.EAGAIN, errno.EWOULDBLOCK, errno.EDEADLK})


def try_lock(fd: int) -> bool:
    """Lock an open file against every other process.

    Returns:
        False when another process holds the lock.

    Raises:
        OSError: Its file system has no locks.
    """
    try:
        if sys.platform == "win32":
            os.lseek(fd, _FAR, os.SEEK_SET)
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as fault:
        if fault.errno in _TAKEN:
            return False
        raise
    return True
