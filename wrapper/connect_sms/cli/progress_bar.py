"""A progress bar on standard error, when that is a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from .output import Output


class ProgressBar:
    """Shows the progress of a long task.

    Args:
        out: The output of the command.
        title: The name of the task.
        total: The number of steps; None while it is unknown.
    """

    def __init__(self, out: Output, title: str, total: int | None) -> None:
        self._bar: Any = None
        self._task: Any = None
        if sys.stderr.isatty():
            from rich import progress  # noqa: PLC0415  only on a terminal

            self._bar = progress.Progress(
                progress.TextColumn("{task.description}"),
                progress.BarColumn(),
                progress.MofNCompleteColumn(),
                progress.TextColumn("{task.fields[counts]}"),
                progress.TimeRemainingColumn(),
                console=out.console(stderr=True),
                transient=True,
            )
            self._task = self._bar.add_task(title, total=total, counts="")

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def show(self, done: int, counts: Mapping[str, int]) -> None:
        """Show the number of steps done, and the counts by outcome."""
        if self._bar is not None:
            said = ", ".join(f"{times:,} {kind.replace('_', ' ')}" for kind, times in counts.items() if times)
            self._bar.update(self._task, completed=done, counts=said)
