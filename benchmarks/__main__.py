"""Run the parts named, or all: ``python -m benchmarks [part ...]``."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Final

from benchmarks.loopback import serving
from benchmarks.page import TARGET_COLUMNS, Page
from benchmarks.workers import environment

if TYPE_CHECKING:
    from collections.abc import Sequence

PARTS: Final = (
    "overhead",
    "concurrency",
    "batch",
    "startup",
    "peers",
    "faults",
    "receipts",
    "journal",
    "segments",
    "sandbox",
)

#: Parts that write their own pages.
_COMMANDS: Final = {"segments": ("benchmarks.segments.agree", "benchmarks.segments.speed")}


def main(wanted: Sequence[str]) -> int:
    """Measure, and write a page for each part; with all parts, also one of all targets."""
    unknown = set(wanted) - set(PARTS)
    if unknown:
        print(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}", file=sys.stderr)
        return 2
    pages: list[Page] = []
    failed = 0
    with serving() as loopback:
        for part in wanted or PARTS:
            print(f"== {part}", flush=True)
            if part in _COMMANDS:
                failed += sum(_fails(module) for module in _COMMANDS[part])
                continue
            page: Page = import_module(f"benchmarks.{part}").measure(loopback)
            page.write()
            pages.append(page)
            for target in page.targets:
                print(" | ".join(target.row()), flush=True)
    if not wanted:
        _summary(pages).write()
    return 1 if failed else 0


def _fails(module: str) -> bool:
    return subprocess.run([sys.executable, "-m", module], env=environment(), check=False).returncode != 0


def _summary(pages: Sequence[Page]) -> Page:
    page = Page("summary", "Targets and results", ("connect-sms",), command="make bench")
    page.say("The targets of all parts, from one run. Each page says what was measured and how.")
    page.table(
        ("part", *TARGET_COLUMNS),
        [[f"[{part.name}]({part.name}.md)", *target.row()] for part in pages for target in part.targets],
    )
    return page


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
