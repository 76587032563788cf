"""Watches the files of an open SQLite database: what is written to a deleted or replaced one is lost.

Besides the main file there are its log (``-wal``), which holds what was committed last, and the index of that
log (``-shm``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

_SIDES: Final = ("-wal", "-shm")


class Files:
    """The files as they are when it is made.

    Args:
        main: The main file. It is open already.
    """

    def __init__(self, main: Path) -> None:
        self._main = main
        self._number = _number_of(main)
        self._sides: dict[str, int | None] | None = None

    def note_log(self) -> None:
        """Remember the log and its index, which SQLite opens with its first transaction."""
        if self._sides is None:
            self._sides = self._present_sides()

    @property
    def has_main(self) -> bool:
        """True while the main file is the one that was opened."""
        return self._number is not None and _number_of(self._main) == self._number

    def taken_away(self) -> str | None:
        """Which file is no longer the one that was opened; None when all are."""
        if not self.has_main:
            return "its file was taken away"
        if self._sides is None:
            return None
        present = self._present_sides()
        changed = [side for side in _SIDES if present[side] != self._sides[side]]
        return f"its file {self._main.name}{changed[0]} was taken away" if changed else None

    def _present_sides(self) -> dict[str, int | None]:
        return {side: _number_of(Path(f"{self._main}{side}")) for side in _SIDES}


def _number_of(path: Path) -> int | None:
    """The inode number of the file at a path; None when there is none."""
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return None
