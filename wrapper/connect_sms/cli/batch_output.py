"""Where the results of a batch are written: a results file, standard output or another stream, or nowhere.

The results of a request are on disk before the next is sent. In a file, those whose request is about to be
sent are there before it goes out.
"""

from __future__ import annotations

import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import attrs

from .csv_table import InputProblem
from .exit_codes import Exit
from .output import Output, PipeClosed, write
from .results_file import ResultsFile, ResultsWriteError
from .results_rows import COLUMNS, as_csv, cells_of, unfinished

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .results_rows import Result


@attrs.define(eq=False)
class ResultsStream:
    """Standard output, a pipe or a device: it gets one row for each recipient, once its result is known."""

    _file: TextIO | None = None

    def append(self, rows: Iterable[Iterable[object]]) -> None:
        """Write rows.

        Raises:
            ResultsWriteError: They cannot be written.
        """
        try:
            write(as_csv(rows), self._file)
        except PipeClosed:
            name = "standard output" if self._file is None else "the reader of the results"
            raise ResultsWriteError(f"{name} was closed", Exit.PIPE) from None
        except OSError as fault:
            raise ResultsWriteError(f"the results cannot be written: {fault.strerror}") from None

    def close(self) -> None:
        """Close a file that is not standard output."""
        if self._file is not None:
            with suppress(OSError):  # everything was flushed
                self._file.close()


def open_results(path: str | None, out: Output, *, overwrite: bool) -> ResultsFile | ResultsStream | None:
    """Open what ``--output`` names.

    Args:
        path: A file; ``-`` for standard output; None for nothing.
        out: The output of the command. With --json, standard output has no CSV.
        overwrite: Replace an existing file.

    Raises:
        InputProblem: The file exists or cannot be created.
    """
    if path == "-":
        return None if out.json else ResultsStream()
    if path is None:
        return None
    with suppress(OSError):
        if overwrite and not stat.S_ISREG(Path(path).stat().st_mode):
            return ResultsStream(Path(path).open("w", encoding="utf-8", newline=""))
    return ResultsFile.create(path, overwrite=overwrite)


@attrs.define(eq=False)
class ResultsWriter:
    """Writes results, with --json also as lines of JSON.

    Attributes:
        out: The output of the command.
        sink: Where rows go; None for nowhere.
    """

    out: Output
    sink: ResultsFile | ResultsStream | None

    @property
    def is_durable(self) -> bool:
        """Whether what is written survives this process."""
        return isinstance(self.sink, ResultsFile)

    def begin(self, recipients: int | None, *, again: bool = False) -> None:
        """Write the first row, and to a file that its batch has not ended.

        Args:
            recipients: The number of recipients; None when it is not known.
            again: Go on with the file of an earlier batch.

        Raises:
            InputProblem: That failed.
        """
        header = [] if again else [COLUMNS]
        try:
            if isinstance(self.sink, ResultsFile):
                if again:
                    self.sink.drop_cut_off_row()
                self.sink.append([*header, cells_of(unfinished(recipients))])
            elif self.sink is not None:
                self.sink.append(header)
        except ResultsWriteError as fault:
            raise InputProblem(f"{fault.why}; nothing was sent") from None

    def record(self, results: Sequence[Result]) -> None:
        """Write results to a file, and show them nowhere.

        Raises:
            ResultsWriteError: They cannot be written.
        """
        if isinstance(self.sink, ResultsFile) and results:
            self.sink.append(map(cells_of, results))

    def add(self, results: Sequence[Result]) -> None:
        """Write results.

        Raises:
            ResultsWriteError: They cannot be written.
        """
        if self.sink is not None and results:
            self.sink.append(map(cells_of, results))
        self.show(results)

    def show(self, results: Sequence[Result]) -> None:
        """With --json, show results that are in the file.

        Raises:
            ResultsWriteError: They cannot be written.
        """
        if self.out.json:
            try:
                for result in results:
                    self.out.emit(result.document())
            except PipeClosed:
                raise ResultsWriteError("standard output was closed", Exit.PIPE) from None

    def finish(self) -> None:
        """Leave one row for each recipient in a file; if that fails, note that it has more."""
        if isinstance(self.sink, ResultsFile):
            try:
                self.sink.finish()
            except (OSError, InputProblem) as fault:
                why = getattr(fault, "strerror", None) or type(fault).__name__
                self.out.note(
                    f"{self.sink.path} has several rows for some lines, of which the last counts: {why}"
                )

    def close(self) -> None:
        """Close the file."""
        if self.sink is not None:
            self.sink.close()
