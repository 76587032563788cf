"""The results of a batch, a CSV line for each recipient, on disk before the next request is sent."""

from __future__ import annotations

import csv
import io
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

import attrs

from .csv_table import InputProblem
from .exit_codes import Exit
from .output import Output, PipeClosed, write

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

COLUMNS: Final = ("line", "destination", "result", "umid", "client_message_id", "reason")


@attrs.frozen
class Result:
    """The result of one recipient.

    Attributes:
        line: The number of its line in the input.
        destination: The phone number, masked unless numbers are shown.
        result: ``accepted``, ``rejected``, ``unknown`` or ``not_sent``.
        umid: 8x8's id of the message.
        client_message_id: The id the message carried.
        reason: Why it was not accepted.
    """

    line: int
    destination: str | None
    result: str
    umid: str | None = None
    client_message_id: str | None = None
    reason: str | None = None

    def document(self) -> dict[str, object]:
        """The result as JSON."""
        return {"type": "recipient", **attrs.asdict(self)}


class ResultsWriteError(Exception):
    """Results cannot be written, so sending has to stop.

    Attributes:
        why: The cause.
        exit_code: The exit code of the command, unless a recipient is unknown.
    """

    def __init__(self, why: str, exit_code: Exit = Exit.HALFWAY) -> None:
        super().__init__(why)
        self.why = why
        self.exit_code = exit_code


class ResultsWriter:
    """Writes results to a file or to standard output.

    Args:
        path: A new file; ``-`` for standard output; None to write none.
        out: The output of the command; with --json each result is a line of JSON too.
        overwrite: Replace an existing file.

    Raises:
        InputProblem: The file exists, or cannot be created.
    """

    def __init__(self, path: str | None, out: Output, *, overwrite: bool = False) -> None:
        self._out = out
        self._to_stdout = path == "-"
        self._file: TextIO | None = None
        if path is not None and path != "-":
            self._file = _create(path, overwrite=overwrite)
        try:
            self._write([COLUMNS])
        except ResultsWriteError as fault:
            self.close()
            raise InputProblem(f"--output: {fault.why}; nothing was sent") from None

    def add(self, results: Sequence[Result]) -> None:
        """Write results, and flush them to the disk.

        Raises:
            ResultsWriteError: They cannot be written.
        """
        self._write([getattr(result, name) for name in COLUMNS] for result in results)
        if self._out.json:
            try:
                for result in results:
                    self._out.emit(result.document())
            except PipeClosed:
                raise ResultsWriteError("standard output was closed", Exit.PIPE) from None

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            with suppress(OSError):  # every write was flushed to the disk
                self._file.close()

    def _write(self, rows: Iterable[Iterable[object]]) -> None:
        if self._file is not None:
            try:
                csv.writer(self._file, lineterminator="\n").writerows(rows)
                self._file.flush()
                with suppress(OSError):  # a pipe or a device cannot be synced
                    os.fsync(self._file.fileno())
            except OSError as fault:
                raise ResultsWriteError(f"the results cannot be written: {fault.strerror}") from None
        elif self._to_stdout and not self._out.json:
            text = io.StringIO()
            csv.writer(text, lineterminator="\n").writerows(rows)
            try:
                write(text.getvalue())
            except PipeClosed:
                raise ResultsWriteError("standard output was closed", Exit.PIPE) from None


def _create(path: str, *, overwrite: bool) -> TextIO:
    def private(name: str, flags: int) -> int:
        return os.open(name, flags, 0o600)  # it lists the recipients

    try:
        return open(  # pathlib has no opener
            Path(path), "w" if overwrite else "x", encoding="utf-8", newline="", opener=private
        )
    except FileExistsError:
        raise InputProblem(
            f"--output: {path} exists, and may say who was sent to before. "
            "Name another file, or give --overwrite"
        ) from None
    except OSError as fault:
        raise InputProblem(f"--output: {path} cannot be written: {fault.strerror}") from None
