"""``reconcile``: the outcome of all messages sent, on the terminal, as CSV and as an HTML page."""

from __future__ import annotations

import shutil
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from connect_sms import reconcile as wing
from connect_sms._validation.wording import plural
from connect_sms.cli.csv_table import InputProblem
from connect_sms.cli.exit_codes import Exit
from connect_sms.cli.paths import (
    DASH,
    RunPath,
    check_not_replaced,
    check_paths,
    check_store_exists,
    output_path,
    store_paths,
)
from connect_sms.cli.progress_bar import ProgressBar
from connect_sms.errors.base import ConfigurationError
from connect_sms.receipts import open_store

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

    from connect_sms.cli.account import Account
    from connect_sms.cli.output import Output
    from connect_sms.reconcile import ReconcileProgress, Report

_STEPS = {
    "looking": "open messages",
    "polling": "asking 8x8",
    "exporting": "waiting for 8x8's log",
    "reading": "reading 8x8's log",
    "counting": "counting",
}


def reconcile(
    account: Account,
    out: Output,
    where: str,
    *,
    csv: Path | None,
    html: Path | None,
    retryable: Path | None,
    overwrite: bool,
    **options: Any,
) -> int:
    """Reconcile, write the files, and show a summary.

    Args:
        account: The account.
        out: The output of the command.
        where: The store that has the receipts.
        csv: A file for a line for each recipient; ``-`` is standard output.
        html: A file for the page.
        retryable: A file for messages that can be sent again, as input of `batch`.
        overwrite: Replace existing files.
        **options: Arguments of `connect_sms.reconcile.reconcile`.
    """
    given = (("--csv", csv), ("--html", html), ("--retryable", retryable))
    files = {option: output_path(path) for option, path in given if path is not None}
    with ExitStack() as stack:
        client = stack.enter_context(account.client())
        _check(account, out, where, [RunPath(*one) for one in files.items()], overwrite=overwrite)
        store = stack.enter_context(open_store(where))
        with _Bars(out) as bars:
            report = wing.reconcile(client, store, progress=bars.show, **options)
        written = _write(report, files, show_numbers=out.show_numbers)
        if out.json:
            return out.end(Exit.DONE, report=report.to_dict(), written=written)
        terminal = sys.stdout.isatty()
        is_taken = DASH in files.values()
        said = wing.summary(
            report, colour=terminal and not is_taken, width=shutil.get_terminal_size().columns
        )
        if is_taken:
            out.note(said.rstrip("\n"))
        elif terminal:
            out.draw(said)
        else:
            for line in said.rstrip("\n").split("\n"):
                out.say(line)
        for what, path in written.items():
            out.note(f"{what}: {'standard output' if path == DASH else path}")
    return Exit.DONE


def _check(account: Account, out: Output, where: str, files: list[RunPath], *, overwrite: bool) -> None:
    """Check the paths, before 8x8 is asked anything.

    Raises:
        ConfigurationError: There is no such store.
        InputProblem: A file would destroy another, or replace one unasked.
    """
    check_store_exists(where)
    check_paths(account.reads(), [*store_paths(where), *files])
    for file in files:
        if file.path == DASH and out.json:
            raise InputProblem(f"{file.name} - and --json are both standard output")
        check_not_replaced(file, overwrite=overwrite)


def _write(report: Report, files: dict[str, str], *, show_numbers: bool) -> dict[str, str]:
    written: dict[str, str] = {}
    for option, path in files.items():
        to = sys.stdout if path == DASH else path
        try:
            if option == "--csv":
                said = plural(wing.write_csv(report, to, show_numbers=show_numbers), "recipient")
            elif option == "--html":
                wing.write_html(report, to)
                said = "page"
            else:
                said = f"{wing.write_retryable(report, to):,} who may be sent to again"
        except OSError as fault:
            raise ConfigurationError(
                f"{option}: {path} cannot be written: {fault.strerror}. What was learnt is in the store"
            ) from None
        written[said] = path
    return written


class _Bars:
    """A progress bar for each step, one after the other."""

    def __init__(self, out: Output) -> None:
        self._out = out
        self._step = ""
        self._bar: ProgressBar | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.__exit__(None, None, None)

    def show(self, step: ReconcileProgress) -> None:
        """Show the progress of a step."""
        if self._bar is None or step.step != self._step:
            self.__exit__()
            self._step = step.step
            self._bar = ProgressBar(self._out, _STEPS[step.step], step.total).__enter__()
        self._bar.show(step.done, {})
