"""``reconcile``: the outcome of all messages sent, on the terminal, as CSV and as an HTML page."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING, Any

from connect_sms import reconcile as wing
from connect_sms.cli.exit_codes import Exit
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
    **options: Any,
) -> int:
    """Reconcile, write the files, and show a summary.

    Args:
        account: The account.
        out: The output of the command.
        where: The store that has the receipts.
        csv: A file for a line for each recipient.
        html: A file for the page.
        retryable: A file for messages that can be sent again, as input of `batch`.
        **options: Arguments of `connect_sms.reconcile.reconcile`.
    """
    with account.client() as client, open_store(where) as store:
        with _Bars(out) as bars:
            report = wing.reconcile(client, store, progress=bars.show, **options)
        written = _write(report, csv, html, retryable, show_numbers=out.show_numbers)
        if out.json:
            return out.end(Exit.DONE, report=report.to_dict(), written=written)
        terminal = sys.stdout.isatty()
        said = wing.summary(report, colour=terminal, width=shutil.get_terminal_size().columns)
        if terminal:
            out.draw(said)
        else:
            out.say(said.rstrip("\n"))
        for what, path in written.items():
            out.note(f"{what}: {path}")
    return Exit.DONE


def _write(
    report: Report, csv: Path | None, html: Path | None, retryable: Path | None, *, show_numbers: bool
) -> dict[str, str]:
    written: dict[str, str] = {}
    try:
        if csv is not None:
            lines = wing.write_csv(report, csv, show_numbers=show_numbers)
            written[f"{lines:,} recipients"] = str(csv)
        if html is not None:
            wing.write_html(report, html)
            written["page"] = str(html)
        if retryable is not None:
            lines = wing.write_retryable(report, retryable)
            written[f"{lines:,} who may be sent to again"] = str(retryable)
    except OSError as fault:
        raise ConfigurationError(
            f"a file cannot be written: {fault.filename}: {fault.strerror}. What was learnt is in the store"
        ) from None
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
