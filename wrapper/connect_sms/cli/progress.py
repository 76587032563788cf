"""A bar on standard error while long work lasts; on a terminal, and nowhere else."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType
    from typing import Self

    from .voice import Voice


class Progress:
    """How far a long work has come.

    Args:
        voice: Of the command.
        title: What is being done.
        total: Of how many; None while that is not known.
    """

    def __init__(self, voice: Voice, title: str, total: int | None) -> None:
        self._bar: Any = None
        self._task: Any = None
        if sys.stderr.isatty():
            from rich import progress  # noqa: PLC0415  on a terminal only

            self._bar = progress.Progress(
                progress.TextColumn("{task.description}"),
                progress.BarColumn(),
                progress.MofNCompleteColumn(),
                progress.TextColumn("{task.fields[counts]}"),
                progress.TimeRemainingColumn(),
                console=voice.console(stderr=True),
                transient=True,
            )
            self._task = self._bar.add_task(title, total=total, counts="")

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def show(self, done: int, counts: Mapping[str, int]) -> None:
        """So many are done, and so many of each kind."""
        if self._bar is not None:
            said = ", ".join(f"{times:,} {kind.replace('_', ' ')}" for kind, times in counts.items() if times)
            self._bar.update(self._task, completed=done, counts=said)
