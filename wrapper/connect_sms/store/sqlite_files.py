"""Watches the files of an open SQLite database: what is written to a deleted or replaced one is lost.

Besides the main file there are its log (``-wal``), which holds what was committed last, and the index of that
log (``-shm``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

_SIDES: Final = ("-wal", "-shm")


class Files:
    """The files as they were opened.

    Args:
        main: The main file. It is open already.
    """

    def __init__(self, main: Path) -> None:
        self._paths = {end: Path(f"{main}{end}") for end in ("", *_SIDES)}
        self._opened = {"": _number_of(main)}

    def note_log(self) -> None:
        """Remember the log and its index, which SQLite opens with its first transaction."""
        if len(self._opened) == 1:
            self._opened |= {end: _number_of(self._paths[end]) for end in _SIDES}

    @property
    def has_main(self) -> bool:
        """True while the main file is the one that was opened."""
        return self._opened[""] is not None and self._opened[""] == _number_of(self._paths[""])

    def taken_away(self) -> str | None:
        """Why what is written would be lost: a file was deleted or replaced; None while all are there."""
        for end, number in self._opened.items():
            if number != _number_of(self._paths[end]) or (number is None and not end):
                return f"its file{f' {self._paths[end].name}' if end else ''} was taken away"
        return None

    def replaced(self) -> bool:
        """True when there is another file now. While there is none, a reader has the only one."""
        present = ((number, _number_of(self._paths[end])) for end, number in self._opened.items())
        return any(now not in {None, number} for number, now in present)


def missing_side(main: str) -> str | None:
    """The name of the log or its index when there is none; both exist while anybody has the database open."""
    return next((Path(main + end).name for end in _SIDES if _number_of(Path(main + end)) is None), None)


def _number_of(path: Path) -> int | None:
    """The inode number of the file at a path; None when there is none."""
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return None
