"""A file that is written atomically where that is possible. All calls block."""

from __future__ import annotations

import errno
import os
import re
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from connect_sms._lazy import LazyModule

if TYPE_CHECKING:
    import tempfile
else:
    tempfile = LazyModule("tempfile")  # seldom needed, and slow

#: The target cannot be replaced, since something is mounted there, or its folder takes no new file.
_NOT_REPLACED: Final = frozenset({errno.EBUSY, errno.EXDEV, errno.EACCES, errno.EPERM, errno.EROFS})

_BINARY: Final[int] = getattr(os, "O_BINARY", 0)
_MAX_NAME: Final = 100
_PIECE: Final = 1 << 20

_descriptor: Final = re.compile(r"/dev/(std(?:in|out|err))|/(?:dev|proc/self)/fd/([0-9]+)").fullmatch
_NAMED: Final = {"stdin": 0, "stdout": 1, "stderr": 2}


def descriptor_of(path: str) -> int | None:
    """The open file that a path such as ``/dev/stdout`` or ``/dev/fd/3`` names; None for another path."""
    found = _descriptor(path)
    if found is None:
        return None
    return _NAMED[found[1]] if found[1] else int(found[2])


class PartFile:
    """A file that is written beside its target and moved there when it is complete.

    Readable by its owner only, since it may hold phone numbers, also where it replaces another. Where the
    target is a link, the file that it leads to is replaced. What cannot be replaced is written to at the end:
    a device, a pipe, an open file (``/dev/stdout``), and a file that is mounted or in a folder of others.

    Attributes:
        path: The target.
        size: Bytes written so far.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.size = 0
        self._target = self.path
        self._part: Path | None = None
        self._file: BinaryIO | None = None

    def open(self) -> None:
        """Create the file.

        Raises:
            OSError: It cannot be created there.
        """
        mode = _mode_of(self.path)
        if mode is not None and stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(self.path))
        if descriptor_of(str(self.path)) is None and (mode is None or stat.S_ISREG(mode)):
            self._target = Path(os.path.realpath(self.path))
            try:
                self._part, self._file = create_beside(self._target)
            except OSError as fault:
                if mode is None or fault.errno not in _NOT_REPLACED:
                    raise
        if self._file is None:
            self._file = tempfile.TemporaryFile()

    @property
    def stream(self) -> BinaryIO:
        """The open file."""
        return self._opened

    def write(self, data: bytes) -> None:
        """Append bytes.

        Raises:
            OSError: They cannot be written.
        """
        self._opened.write(data)
        self.size += len(data)

    def cut(self, size: int) -> None:
        """Truncate the file to a size.

        Raises:
            OSError: The file cannot be truncated.
        """
        self._opened.seek(size)
        self._opened.truncate()
        self.size = size

    def end_line(self, mark: bytes = b"\n") -> None:
        """End the current line if it is not ended.

        Args:
            mark: What ends a line, in the encoding of the file.

        Raises:
            OSError: The file cannot be read or written.
        """
        self._opened.seek(self.size - len(mark))
        if self._opened.read(len(mark)) != mark:
            self.write(mark)

    def finish(self) -> None:
        """Move the file to its path, or write it there.

        Raises:
            OSError: It cannot be moved or written there.
        """
        file, part = self._opened, self._part
        if part is not None:
            file.close()
            try:
                part.replace(self._target)
            except OSError as fault:
                if fault.errno not in _NOT_REPLACED:
                    raise
                file = self._file = part.open("rb")
            else:
                self._part = None
                return
        file.seek(0)
        with open_through(self._target) as target:
            while piece := file.read(_PIECE):
                target.write(piece)
        self.discard()

    def discard(self) -> None:
        """Delete the temporary file."""
        with suppress(OSError):
            if self._file is not None:
                self._file.close()
        if self._part is not None:
            with suppress(OSError):
                self._part.unlink(missing_ok=True)

    @property
    def _opened(self) -> BinaryIO:
        if self._file is None:
            raise ValueError("the file is not open")
        return self._file


def _mode_of(path: Path) -> int | None:
    try:
        return path.stat().st_mode
    except OSError:
        return None


def create_beside(target: Path) -> tuple[Path, BinaryIO]:
    """A new file in the folder of a target. Its name is nobody else's, and no link is followed."""
    part = target.with_name(f"{target.name[:_MAX_NAME]}.{os.urandom(4).hex()}.part")
    fd = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | _BINARY, 0o600)
    return part, os.fdopen(fd, "w+b")


def open_through(target: str | os.PathLike[str]) -> BinaryIO:
    """Open what cannot be replaced, and is written to as it is.

    Raises:
        OSError: It cannot be opened.
    """
    number = descriptor_of(str(target))
    if number is not None:
        return os.fdopen(os.dup(number), "wb")
    fd = os.open(target, os.O_WRONLY | _BINARY)
    try:
        if stat.S_ISREG(os.fstat(fd).st_mode):
            if hasattr(os, "fchmod"):
                with suppress(PermissionError):  # of a file of somebody else that may be written
                    os.fchmod(fd, 0o600)
            os.ftruncate(fd, 0)
        return os.fdopen(fd, "wb")
    except BaseException:
        os.close(fd)
        raise
