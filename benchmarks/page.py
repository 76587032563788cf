"""A page of results: written by the run that measured, with the command and the machine beside them."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from pathlib import Path
from textwrap import fill
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


TARGET_COLUMNS: Final = ("measured", "target", "result", "met")


@attrs.define
class Page:
    """A page in the making.

    Attributes:
        name: Of the file, and of the part of the benchmark that makes it.
        title: Its heading.
        packages: Distributions whose versions matter to its figures.
        targets: What was wanted of its figures.
        command: What makes it, if not `make bench` for this part.
    """

    name: str
    title: str
    packages: Sequence[str]
    targets: list[Target] = attrs.field(factory=list)
    command: str = ""
    _blocks: list[str] = attrs.field(factory=list)

    def say(self, text: str) -> None:
        """Add a paragraph."""
        self._blocks.append(fill(" ".join(text.split()), 110, break_on_hyphens=False))

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
        self.command = self.command or f"make bench PARTS={self.name}"
        if self.targets:
            self.head("Targets")
            self.table(TARGET_COLUMNS, [target.row() for target in self.targets])
        text = "\n\n".join([f"# {self.title}", *self._blocks, self._made_by()])
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / f"{self.name}.md").write_text(text + "\n", encoding="utf-8")

    def _made_by(self) -> str:
        versions = ", ".join(f"{name} {metadata.version(name)}" for name in self.packages)
        return f"Made by `{self.command}` on {machine()}. {versions}."


def machine() -> str:
    """What the figures depend on: cores, what else they had to do, and Python."""
    implementation, version = platform.python_implementation(), platform.python_version()
    system = f"{platform.system()} {platform.machine()}"
    return f"{system}, {os.cpu_count()} cores (load {os.getloadavg()[1]:.1f}), {implementation} {version}"


def _is_words(cell: str) -> bool:
    return not cell[:1].isdigit()
