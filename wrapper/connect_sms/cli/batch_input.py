"""Recipients of a batch, read from a file or standard input: CSV with a header, or a plain list of numbers.

Lines are read as they are needed, so that a file of a million lines takes no more memory than one of ten.
"""

from __future__ import annotations

import io
import stat
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, cast

import attrs

from connect_sms._validation.options import new_id
from connect_sms.models.redaction import mask

from .csv_lines import Line
from .csv_table import InputProblem, Layout
from .input_format import is_number, recipients
from .input_text import lines_of, open_text

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

#: A file may be called 2026.
_SHORTEST_NUMBER: Final = 7
#: On some systems these share their position with every other reader.
_DESCRIPTORS: Final = ("/dev/stdin", "/dev/fd/", "/proc/self/fd/")
_RESAVE: Final = "Save it as UTF-8 (in Excel: CSV UTF-8), or say what it is: --input-encoding cp1252"


@attrs.frozen
class Source:
    """A file, or standard input (``-``).

    Attributes:
        path: The path of the file.
        layout: How to read it.
        kept: Its bytes, where it could be read only once.
    """

    path: str
    layout: Layout = attrs.field(factory=Layout)
    kept: bytes | None = attrs.field(default=None, repr=False)

    @property
    def name(self) -> str:
        """Its name in messages; a phone number in place of a file is masked."""
        if self.path == "-":
            return "standard input"
        return mask(self.path) if is_number(self.path) and len(self.path) >= _SHORTEST_NUMBER else self.path

    @property
    def is_live(self) -> bool:
        """True when it can be read only once: standard input, a pipe, a FIFO."""
        if self.kept is not None:
            return False
        if self.path == "-" or self.path.startswith(_DESCRIPTORS):
            return True
        try:
            return not stat.S_ISREG(Path(self.path).stat().st_mode)
        except (OSError, ValueError):  # reading it says why
            return False

    def keep(self) -> Source:
        """A source with the same content that can be read more than once.

        Raises:
            InputProblem: It cannot be read.
        """
        if not self.is_live:
            return self
        with self._explained(), self._open() as binary:
            return attrs.evolve(self, kept=binary.read())

    def count(self) -> int | None:
        """The number of recipients; None when it can be read only once, or not to its end."""
        if self.is_live:
            return None
        try:
            return sum(1 for _ in self.lines())
        except InputProblem:
            return None

    def lines(self) -> Iterator[Line]:
        """Read the recipients.

        Raises:
            InputProblem: It cannot be read or parsed.
        """
        with (
            self._explained(),
            self._open() as binary,
            open_text(binary, self.layout.encoding, self.name) as text,
        ):
            yield from recipients(lines_of(text), self.layout, self.name)

    def _open(self) -> BinaryIO:
        if self.kept is not None:
            return io.BytesIO(self.kept)
        return _standard_input() if self.path == "-" else cast("BinaryIO", Path(self.path).open("rb"))

    @contextmanager
    def _explained(self) -> Generator[None]:
        try:
            yield
        except OSError as fault:
            problem = f"{self.name} cannot be read: {fault.strerror or type(fault).__name__}"
        except UnicodeDecodeError as fault:
            # A new message, as the original error holds the content.
            problem = (
                f"{self.name} is not {fault.encoding}: byte 0x{fault.object[fault.start]:02X}. {_RESAVE}"
            )
        except UnicodeError:
            problem = f"{self.name} is not in the encoding it was said to be in. {_RESAVE}"
        else:
            return
        raise InputProblem(problem)


def _standard_input() -> BinaryIO:
    if sys.stdin is None:  # pyright: ignore[reportUnnecessaryComparison]  it is, where it was closed
        raise InputProblem("standard input is closed")
    return cast("BinaryIO", sys.stdin.buffer)


@attrs.define(eq=False)
class InputLines:
    """Passes lines to the library as messages, and keeps each until its result is known.

    Args:
        read: Reads the lines from the first. It is called a second time where a signal ended the reading
            of an input that can be read again.

    Attributes:
        broken: True once reading ended in an error.
        sent_at: By the number of a line, when its request was recorded as about to go out.
    """

    _read: Callable[[], Iterator[Line]]
    broken: bool = attrs.field(default=False, init=False)
    sent_at: dict[int, str] = attrs.field(factory=dict[int, str], init=False)
    _prefix: str = attrs.field(factory=new_id, init=False)
    _held: dict[int, Line] = attrs.field(factory=dict[int, Line], init=False)
    _by_id: dict[str, Line] = attrs.field(factory=dict[str, Line], init=False)
    _given: int = attrs.field(default=0, init=False)
    _last: int = attrs.field(default=0, init=False)
    _is_interrupted: bool = attrs.field(default=False, init=False)
    _lines: Iterator[Line] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._lines = self._read()

    def messages(self) -> Iterator[dict[str, object]]:
        """The lines as messages, each with an id; an unusable one is None, which is reported as invalid."""
        try:
            for line in self._lines:
                own_id = self._id_of(line)
                self._held[self._given] = line
                self._given += 1
                self._last = line.number
                item = {"destination": line.item} if isinstance(line.item, str) else line.item
                if item is not None:
                    self._by_id[own_id] = line
                    item = {**item, "client_message_id": own_id}
                yield cast("dict[str, object]", item)
        except GeneratorExit:
            raise
        except KeyboardInterrupt:
            self._is_interrupted = True
            raise
        except BaseException:
            self.broken = True
            raise

    def take(self, index: int) -> Line | None:
        """The line of the message at a position in the batch; None when it was already taken."""
        line = self._held.pop(index, None)
        if line is not None and line.item is not None:
            del self._by_id[self._id_of(line)]
        return line

    def of_id(self, client_message_id: str) -> Line:
        """The line of a message that was not taken."""
        return self._by_id[client_message_id]

    def held(self) -> list[Line]:
        """The lines without a result."""
        return list(self._held.values())

    def unread(self) -> Iterator[Line]:
        """The lines that the library did not take, read on demand."""
        if not self._is_interrupted:
            return self._lines
        # What a signal ends inside gives nothing more, as if it had come to its end.
        held = {line.number for line in self._held.values()}
        return (line for line in self._read() if line.number > self._last and line.number not in held)

    def _id_of(self, line: Line) -> str:
        return line.client_message_id or f"{self._prefix}-{line.number}"
