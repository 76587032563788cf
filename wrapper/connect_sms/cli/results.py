"""Per-recipient results as CSV, written down after every request so that no interruption loses them."""

from __future__ import annotations

import csv
import io
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

import attrs

from .exits import Exit
from .inputs import InputProblem
from .voice import PipeClosed, Voice, write

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

COLUMNS: Final = ("line", "destination", "result", "umid", "client_message_id", "reason")


@attrs.frozen
class Result:
    """What became of one recipient.

    Attributes:
        line: Of the input.
        destination: As it may be shown.
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
        """As a line of JSON."""
        return {"type": "recipient", **attrs.asdict(self)}


class LostResults(Exception):
    """Results could not be written down, so sending has to stop.

    Attributes:
        why: What went wrong.
        exit_code: What the command ends with, if nothing worse happened.
    """

    def __init__(self, why: str, exit_code: Exit = Exit.HALFWAY) -> None:
        super().__init__(why)
        self.why = why
        self.exit_code = exit_code


class Results:
    """Where results go: a file, standard output, or nowhere.

    Args:
        path: A new file; ``-`` for standard output; None for nowhere.
        voice: For --json, which has lines of JSON on standard output as well.
        overwrite: Replace a file that exists.

    Raises:
        InputProblem: The file exists, or cannot be made.
    """

    def __init__(self, path: str | None, voice: Voice, *, overwrite: bool = False) -> None:
        self._voice = voice
        self._to_stdout = path == "-"
        self._file: TextIO | None = None
        if path is not None and path != "-":
            self._file = _create(path, overwrite=overwrite)
        try:
            self._write([COLUMNS])
        except LostResults as lost:
            self.close()
            raise InputProblem(f"--output: {lost.why}; nothing was sent") from None

    def add(self, results: Sequence[Result]) -> None:
        """Write some down, for good.

        Raises:
            LostResults: They could not be written.
        """
        self._write([getattr(result, name) for name in COLUMNS] for result in results)
        if self._voice.json:
            try:
                for result in results:
                    self._voice.emit(result.document())
            except PipeClosed:
                raise LostResults("standard output was closed", Exit.PIPE) from None

    def close(self) -> None:
        """Nothing more comes."""
        if self._file is not None:
            with suppress(OSError):  # what was written is on the disk already
                self._file.close()

    def _write(self, rows: Iterable[Iterable[object]]) -> None:
        if self._file is not None:
            try:
                csv.writer(self._file, lineterminator="\n").writerows(rows)
                self._file.flush()
                with suppress(OSError):  # a pipe or a device has no disk behind it
                    os.fsync(self._file.fileno())
            except OSError as fault:
                raise LostResults(f"the results cannot be written: {fault.strerror}") from None
        elif self._to_stdout and not self._voice.json:
            text = io.StringIO()
            csv.writer(text, lineterminator="\n").writerows(rows)
            try:
                write(text.getvalue())
            except PipeClosed:
                raise LostResults("standard output was closed", Exit.PIPE) from None


def _create(path: str, *, overwrite: bool) -> TextIO:
    def private(name: str, flags: int) -> int:
        return os.open(name, flags, 0o600)  # it says who was sent to

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
