"""Where the results of a batch are written: a results file, standard output or another stream, or nowhere.

The results of a request are on disk before the next is sent. In a file, those whose request is about to be
sent are there before it goes out.
"""

from __future__ import annotations

import io
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

import attrs

from connect_sms._transport.files import open_through

from .csv_table import InputProblem
from .exit_codes import Exit
from .paths import DASH, RunPath, check_not_replaced, is_stream
from .results_file import ResultsFile, ResultsWriteError, why_not_replaced
from .results_rows import COLUMNS, as_csv, cells_of, unfinished
from .streams import OutputLost

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .output import Output
    from .results_rows import Result


@attrs.define(eq=False)
class ResultsStream:
    """Standard output, a pipe or a device: it gets one row for each recipient, once its result is known."""

    _out: Output
    _file: TextIO | None = None

    def append(self, rows: Iterable[Iterable[object]]) -> None:
        """Write rows.

        Raises:
            ResultsWriteError: They cannot be written.
        """
        try:
            if self._file is None:
                self._out.write(as_csv(rows))
            else:
                self._file.write(as_csv(rows))
                self._file.flush()
        except OutputLost as lost:
            raise _stopped_by(lost) from None
        except BrokenPipeError:
            raise ResultsWriteError("the results were closed by their reader", Exit.PIPE) from None
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
    if path == DASH:
        return None if out.json else ResultsStream(out)
    if path is None:
        return None
    check_not_replaced(RunPath("--output", path), overwrite=overwrite, why=lambda _: why_not_replaced(path))
    if not is_stream(path):
        return ResultsFile.create(path, overwrite=overwrite)
    try:
        return ResultsStream(out, io.TextIOWrapper(open_through(path), encoding="utf-8", newline=""))
    except OSError as fault:
        raise InputProblem(f"--output: {path} cannot be written: {fault.strerror}") from None


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
            if self.out.json:
                self.out.emit()  # nothing: a closed standard output is seen before anything is sent
            if isinstance(self.sink, ResultsFile):
                if again:
                    self.sink.drop_cut_off_row()
                self.sink.append([*header, cells_of(unfinished(recipients))])
            elif self.sink is not None:
                self.sink.append(header)
        except (OutputLost, ResultsWriteError) as fault:
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
        """With --json, show results that are in the file, if there is one.

        Raises:
            ResultsWriteError: They cannot be written.
        """
        if self.out.json:
            try:
                self.out.emit(*(result.document() for result in results))
            except OutputLost as lost:
                raise _stopped_by(lost, is_in_file=self.is_durable) from None

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


def _stopped_by(lost: OutputLost, *, is_in_file: bool = False) -> ResultsWriteError:
    code = Exit.PIPE if lost.exit_code is Exit.PIPE else Exit.HALFWAY
    return ResultsWriteError(lost.why, code, is_in_file=is_in_file)
