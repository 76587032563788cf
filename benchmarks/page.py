"""A page of results: written by the run that measured, with the command and the machine beside the figures."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

RESULTS: Final = Path(__file__).parent / "results"


@attrs.frozen
class Target:
    """What a figure was meant to be, and what it is."""

    what: str
    wanted: str
    found: str
    met: bool

    def row(self) -> tuple[str, str, str, str]:
        """As a row of a table."""
        return self.what, self.wanted, self.found, "yes" if self.met else "**no**"


TARGET_COLUMNS: Final = ("measured", "wanted", "found", "met")


@attrs.define
class Page:
    """A page in the making.

    Attributes:
        name: Of the file, and of the part of the benchmark that makes it.
        title: Its heading.
        packages: Distributions whose versions matter to its figures.
        targets: What was wanted of its figures.
    """

    name: str
    title: str
    packages: Sequence[str]
    targets: list[Target] = attrs.field(factory=list)
    _blocks: list[str] = attrs.field(factory=list)

    def say(self, *lines: str) -> None:
        """Add a paragraph."""
        self._blocks.append("\n".join(lines))

    def head(self, text: str) -> None:
        """Add a heading."""
        self._blocks.append(f"## {text}")

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Add a table; all columns but the first are set to the right when they hold figures."""
        found = [list(row) for row in rows]
        rule = ["---" if any(_is_words(row[at]) for row in found) else "--:" for at in range(len(columns))]
        lines = [columns, rule, *found]
        self._blocks.append("\n".join(f"| {' | '.join(line)} |" for line in lines))

    def write(self) -> None:
        """Write the page."""
        if self.targets:
            self.head("Targets")
            self.table(TARGET_COLUMNS, [target.row() for target in self.targets])
        text = "\n\n".join([f"# {self.title}", *self._blocks, self._made_by()])
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / f"{self.name}.md").write_text(text + "\n", encoding="utf-8")

    def _made_by(self) -> str:
        versions = ", ".join(f"{name} {metadata.version(name)}" for name in self.packages)
        return f"Made by `make bench PARTS={self.name}` on {machine()}. {versions}."


def machine() -> str:
    """What the figures depend on: cores and Python."""
    implementation, version = platform.python_implementation(), platform.python_version()
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {implementation} {version}"


def _is_words(cell: str) -> bool:
    return not cell[:1].isdigit()
