"""Standard output and standard error, written whole: also into a pipe that takes no more just now.

Everything that a command prints goes through here, the help that typer prints included.
"""

from __future__ import annotations

import io
import os
import select
import sys
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Final, cast

from .exit_codes import Exit

if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import TextIO

#: Seconds between two looks at a pipe that is full.
_LOOK: Final = 1.0

_CLOSED: Final = "standard output is closed"


class OutputLost(Exception):
    """Standard output cannot be written. Not an OSError, so that no handler for OSError catches it.

    Attributes:
        why: The cause, as a sentence.
        exit_code: The exit code of a command that has no worse one.
    """

    def __init__(self, why: str, exit_code: Exit = Exit.OUTPUT) -> None:
        super().__init__(why)
        self.why = why
        self.exit_code = exit_code


def write(text: str, stream: TextIO | None) -> None:
    """Write a text to a stream, whole, and flush it.

    Args:
        text: The text.
        stream: `sys.stdout`, `sys.stderr` or a file; None is one that was closed from the start.

    Raises:
        OutputLost: It cannot be written.
    """
    if stream is None:
        raise OutputLost(_CLOSED)
    try:
        stream.write(text)
        stream.flush()
    except OSError as fault:
        raise _lost(fault) from None


@contextmanager
def whole_streams() -> Generator[None]:
    """Inside, `sys.stdout` and `sys.stderr` write all or raise `OutputLost`.

    Python's own give up in the middle of a write where a stream does not block, and lose the rest. They also
    keep what a full disk did not take, and fail with it once more when the interpreter ends.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:  # or a file that is opened later takes its place, and what is printed goes into it
            os.open(os.devnull, os.O_RDWR)
    with ExitStack() as restored:
        for name in ("stdout", "stderr"):
            stream = getattr(sys, name)
            if isinstance(stream, io.TextIOWrapper):
                setattr(sys, name, _whole(cast("io.TextIOWrapper", stream)))
                restored.callback(setattr, sys, name, stream)
        if sys.stdout is None:  # pyright: ignore[reportUnnecessaryComparison]  it is, where it was closed
            sys.stdout = _Closed()
            restored.callback(setattr, sys, "stdout", None)
        yield


def _whole(stream: io.TextIOWrapper) -> io.TextIOWrapper:
    stream.flush()
    raw = _WholeWrites(stream)
    # Characters that a terminal cannot show are no reason to fail.
    return io.TextIOWrapper(
        cast("io.BufferedWriter", raw),
        encoding=stream.encoding,
        errors="backslashreplace",
        write_through=True,
    )


class _Closed(io.TextIOBase):
    """A standard output that was closed from the start: whoever writes to it is told so."""

    def write(self, _: str) -> int:
        raise OutputLost(_CLOSED)


class _WholeWrites(io.RawIOBase):
    """Writes all that it is given. It keeps nothing, and leaves the stream below open."""

    def __init__(self, stream: io.TextIOWrapper) -> None:
        self._stream = stream
        self._below: Any = getattr(stream.buffer, "raw", stream.buffer)

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return self._stream.isatty()

    def fileno(self) -> int:
        return self._stream.fileno()

    def write(self, data: Any) -> int:  # noqa: ANN401  any buffer, as `RawIOBase` has it
        left = memoryview(data).cast("B")
        size = len(left)
        while left:
            try:
                written = self._below.write(left)
            except BlockingIOError:
                written = None
            except OSError as fault:
                raise _lost(fault) from None
            if written is None:  # of an unbuffered stream: it would have to wait
                select.select([], [self.fileno()], [], _LOOK)
            else:
                left = left[written:]
        return size


def _lost(fault: OSError) -> OutputLost:
    if isinstance(fault, BrokenPipeError):
        return OutputLost("standard output was closed by its reader", Exit.PIPE)
    return OutputLost(f"standard output cannot be written: {fault.strerror or type(fault).__name__}")
