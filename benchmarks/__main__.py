"""Run the parts named, or all: ``python -m benchmarks [part ...]``."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Final

from benchmarks.loopback import serving

PARTS: Final = ("overhead", "crowd", "batch", "startup", "peers", "faults")


def main(wanted: list[str]) -> int:
    """Measure, and write a page for each part."""
    unknown = set(wanted) - set(PARTS)
    if unknown:
        print(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}", file=sys.stderr)
        return 2
    with serving() as loopback:
        for part in wanted or PARTS:
            page = import_module(f"benchmarks.{part}").measure(loopback)
            page.write()
            for target in page.targets:
                print(f"{part}: {' | '.join(target.row())}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
