"""A results file: rows are appended to it durably, and when its batch has ended each recipient has one row.

While a batch runs the file is a journal, in which the last row of a line counts. One process has it at a
time.
"""

from __future__ import annotations

import os
import stat
import sys
from array import array
from contextlib import ExitStack, closing, suppress
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Self

import attrs

from connect_sms._transport.files import create_beside

from .csv_table import InputProblem
from .exit_codes import Exit
from .file_lock import try_lock
from .results_rows import COLUMNS, UNFINISHED, as_csv, read_row, recipients_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .results_rows import Result

_BINARY: Final[int] = getattr(os, "O_BINARY", 0)
_HEADER: Final = ",".join(COLUMNS)
_NONE: Final = -1
#: Readable by its owner only: it lists the recipients.
_PRIVATE: Final = 0o600


class ResultsWriteError(Exception):
    """Results cannot be written, so sending has to stop.

    Attributes:
        why: The cause.
        exit_code: The exit code of the command, unless a recipient is unknown.
        go_on: How to go on; empty where that is not possible.
        is_in_file: Whether the results are in a file, and only standard output lacks them.
    """

    def __init__(
        self, why: str, exit_code: Exit = Exit.HALFWAY, *, go_on: str = "", is_in_file: bool = False
    ) -> None:
        super().__init__(why)
        self.why = why
        self.exit_code = exit_code
        self.go_on = go_on
        self.is_in_file = is_in_file


class InUse(InputProblem):
    """Another process has the file."""


@attrs.frozen(eq=False)
class Index:
    """Where the last row of each line of the input is.

    Attributes:
        offsets: By the number of the line, where its row begins; -1 without one.
        lines: The number of lines with a row.
        recipients: The number of recipients, as a batch that has not ended recorded it.
        is_unfinished: Whether the batch has not ended.
    """

    offsets: array[int]
    lines: int
    recipients: int | None
    is_unfinished: bool

    def offset_of(self, line: int) -> int | None:
        """Where the last row of a line begins; None when it has none."""
        offset = self.offsets[line] if line < len(self.offsets) else _NONE
        return None if offset == _NONE else offset


class ResultsFile:
    """An open results file, locked against other processes.

    Attributes:
        path: The path of the file.
        last_written: When it was last written before it was opened, in UTC.
    """

    def __init__(self, path: str, fd: int) -> None:
        self.path = path
        self.last_written = datetime.fromtimestamp(os.fstat(fd).st_mtime, UTC)
        self._fd = fd
        self._end = 0

    @classmethod
    def create(cls, path: str, *, overwrite: bool) -> Self:
        """A new file, or an existing one with `overwrite`, empty.

        Raises:
            InputProblem: It exists, cannot be created, is in use, or is of a batch that has not ended.
        """
        exclusive = 0 if overwrite else os.O_EXCL
        try:
            fd = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | _BINARY | exclusive, _PRIVATE)
        except FileExistsError:
            raise InputProblem(why_not_replaced(path)) from None
        except OSError as fault:
            raise InputProblem(f"--output: {path} cannot be written: {fault.strerror}") from None
        with ExitStack() as opening:
            file = opening.enter_context(closing(cls(path, fd)))
            file.lock(required=False)
            if file.is_unfinished():
                raise InputProblem(_UNFINISHED.format(path))
            if hasattr(os, "fchmod"):
                with suppress(PermissionError):  # of a file of somebody else that may be written
                    os.fchmod(fd, _PRIVATE)
            os.ftruncate(fd, 0)
            opening.pop_all()
        _sync_folder_of(path)
        return file

    @classmethod
    def reopen(cls, path: str) -> Self:
        """The file of an earlier batch.

        Raises:
            InputProblem: There is none, it cannot be written, or another process has it.
        """
        try:
            fd = os.open(path, os.O_RDWR | os.O_APPEND | _BINARY)
        except OSError as fault:
            raise InputProblem(f"--resume: {path} cannot be opened: {fault.strerror}") from None
        with ExitStack() as opening:
            file = opening.enter_context(closing(cls(path, fd)))
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise InputProblem(f"--resume: {path} is not a file")
            file.lock(required=True)
            opening.pop_all()
        return file

    def append(self, rows: Iterable[Iterable[object]]) -> None:
        """Write rows, all of them or none. They are on the disk on return.

        Raises:
            ResultsWriteError: They cannot be written.
        """
        left = memoryview(as_csv(rows).encode())
        before = None
        try:
            before = os.fstat(self._fd).st_size
            while left:
                left = left[os.write(self._fd, left) :]
            os.fsync(self._fd)
        except OSError as fault:
            if before is not None:
                with suppress(OSError):
                    os.ftruncate(self._fd, before)
            raise self._write_error(fault) from None

    def index(self) -> Index:
        """Find the last row of each line.

        Raises:
            InputProblem: It is not a results file.
        """
        offsets, lines, recipients, is_unfinished = array("q"), 0, None, False
        for start, row in self._rows():
            if row.result == UNFINISHED:
                is_unfinished, recipients = True, recipients_of(row)
                continue
            if row.line >= len(offsets):
                offsets.extend([_NONE] * (row.line + 1 - len(offsets)))
            lines += offsets[row.line] == _NONE
            offsets[row.line] = start
        return Index(offsets, lines, recipients, is_unfinished)

    def row_at(self, offset: int) -> Result:
        """The row that begins there."""
        return read_row(self._line_at(offset).decode("utf-8", "replace"), self.path)

    def drop_cut_off_row(self) -> None:
        """After `index`: let further rows follow the last whole one.

        Raises:
            ResultsWriteError: That failed.
        """
        try:
            os.ftruncate(self._fd, self._end)
            self._forget_reader()
            if self._line_at(self._end - 1) != b"\n":
                os.write(self._fd, b"\n")
        except OSError as fault:
            raise self._write_error(fault) from None

    def _write_error(self, fault: OSError) -> ResultsWriteError:
        return ResultsWriteError(
            f"the results file {self.path} cannot be written: {fault.strerror or type(fault).__name__}",
            go_on=f"When it can be written again, go on with --resume {self.path}",
        )

    def finish(self) -> None:
        """Leave one row for each recipient, in the order of the input. The file is replaced atomically.

        Raises:
            OSError: That failed; the file is as it was.
        """
        target = os.path.realpath(self.path)
        part, new = create_beside(Path(target))
        try:
            with new:
                new.write(f"{_HEADER}\n".encode())
                for offset in self.index().offsets:
                    if offset != _NONE:
                        new.write(self._line_at(offset).rstrip(b"\r\n") + b"\n")
                new.flush()
                os.fsync(new.fileno())
            part.chmod(stat.S_IMODE(os.fstat(self._fd).st_mode))
            if sys.platform == "win32":  # which replaces no open file
                self.close()
            # While it is locked: nobody may go on with the file that is replaced.
            part.replace(target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        _sync_folder_of(target)

    def close(self) -> None:
        """Close the file, and so unlock it."""
        fd, self._fd = self._fd, -1
        with suppress(OSError):  # it is closed already, or every write was flushed to the disk
            os.close(fd)
        self._forget_reader()

    def lock(self, *, required: bool) -> None:
        """Lock the file.

        Args:
            required: Refuse a file whose file system has no locks.

        Raises:
            InUse: Another process has it.
            InputProblem: It cannot be locked, and has to be.
        """
        try:
            free = try_lock(self._fd)
        except OSError as fault:
            if not required:
                return
            raise InputProblem(
                f"{self.path} cannot be locked ({fault.strerror}), so nothing would stop two batches from "
                "sending to the same people. Copy it to a local disk"
            ) from None
        # Whoever had it before may have replaced it.
        if not free or not os.path.samestat(os.fstat(self._fd), Path(self.path).stat()):
            raise InUse(f"{self.path} is in use: another `connect-sms batch` is writing to it")

    def is_unfinished(self) -> bool:
        """Whether it is of a batch that has not ended; False for another kind of file."""
        try:
            return self.index().is_unfinished
        except InputProblem:
            return False
        finally:
            self._forget_reader()  # the file may be emptied next

    @cached_property
    def _reader(self) -> BinaryIO:
        # Not a copy of the descriptor: its position would move with each write. Opened once it is locked.
        return Path(self.path).open("rb")

    def _forget_reader(self) -> None:
        # It holds bytes that may have been cut off since.
        reader: BinaryIO | None = self.__dict__.pop("_reader", None)
        if reader is not None:
            reader.close()

    def _line_at(self, offset: int) -> bytes:
        self._reader.seek(offset)
        return self._reader.readline()

    def _rows(self) -> Iterator[tuple[int, Result]]:
        """Each row, with where it begins. A last line that was cut off is no row."""
        self._reader.seek(0)
        header = self._reader.readline()
        if not header:
            raise InputProblem(f"{self.path} is empty: nothing was sent. Remove it, and begin with --output")
        if header.removeprefix(b"\xef\xbb\xbf").rstrip(b"\r\n") != _HEADER.encode():
            raise InputProblem(
                f"{self.path} is not a results file of `connect-sms batch`: its first line is not {_HEADER}"
            )
        self._end = len(header)
        for number, line in enumerate(self._reader, 2):
            try:
                row = read_row(line.decode("utf-8", "replace"), f"line {number} of {self.path}")
            except InputProblem:
                if line.endswith(b"\n"):
                    raise
                return  # a request is sent only after its rows were written whole
            yield self._end, row
            self._end += len(line)


_EXISTS: Final = (
    "--output: {0} exists, and may say who was sent to before. Name another file, or give --overwrite. "
    "To send to those whom it says were not sent to: --resume {0} instead of --output"
)
_UNFINISHED: Final = (
    "--output: {0} is of a batch that has not ended: it says who may have been sent to. To go on with that, "
    "repeat the command with --resume {0} instead of --output. To send to everybody again, remove the file"
)


def why_not_replaced(path: str) -> str:
    """Why a file that exists is not written."""
    try:
        with closing(ResultsFile.reopen(path)) as file:
            return (_UNFINISHED if file.index().is_unfinished else _EXISTS).format(path)
    except InUse as problem:
        return f"--output: {problem}"
    except InputProblem:
        return _EXISTS.format(path)


def _sync_folder_of(path: str) -> None:
    """Make a new name in a folder durable."""
    if sys.platform != "win32":  # which opens no folders
        with suppress(OSError):
            fd = os.open(Path(path).absolute().parent, os.O_RDONLY)
            try:
                os.fsync(fd)
            finally:
                os.close(fd)
