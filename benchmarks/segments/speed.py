"""Time per text of `connect_sms.segments` and of its Python peers, side by side in one process.

Run ``python -m benchmarks.segments.speed`` after ``pip install -r benchmarks/segments/peers.txt``. It writes
``benchmarks/results/segments-speed.md``.

CPU time of the process. In each round every package counts the same text, one after the other. A figure is
the median over the rounds and a ratio the median of the ratios within a round, so that a slow moment of the
machine meets all of them.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import sys
import warnings
from collections import Counter
from importlib import metadata
from pathlib import Path
from time import process_time_ns
from typing import TYPE_CHECKING, Final

from connect_sms.text.checking import check_text
from connect_sms.text.counting import segments

from . import peers
from .texts import generate

if TYPE_CHECKING:
    from collections.abc import Callable

HERE: Final = Path(__file__).parent
REPORT: Final = HERE.parent / "results" / "segments-speed.md"
OURS: Final = "connect_sms.segments"
CHECKED: Final = "connect_sms.check_text"

TEXTS: Final = {
    "short ASCII": "Your code is 482910",
    "GSM-7": ("Your p\u00e4rcel is \u00e0t the d\u00f6or. \u00a35 d\u00fce. " * 5)[:160],
    "with extension": ("[Shop] \u20ac9.99 till Friday " * 6)[:142],
    "long ASCII": "Sale ends Friday. Come early, bring friends, and save more. " * 25,
    "long with extension": "[Shop] \u20ac9.99 till Friday " * 53,
    "Thai": ("\u0e23\u0e2b\u0e31\u0e2a\u0e02\u0e2d\u0e07\u0e04\u0e38\u0e13\u0e04\u0e37\u0e2d 48" * 5)[:70],
    "one emoji": "Party at 8 \U0001f389 bring a friend",
    "long emoji": "\U0001f600" * 300,
}


def _cpu_ns(count: Callable[[str], object], text: str, calls: int) -> float:
    start = process_time_ns()
    for _ in range(calls):
        count(text)
    return (process_time_ns() - start) / calls


def _calls(count: Callable[[str], object], text: str) -> int:
    """So many that a measurement takes about 20 ms: far more than the clock's grain."""
    calls = 1
    while True:
        start = process_time_ns()
        for _ in range(calls):
            count(text)
        taken = process_time_ns() - start
        if taken > 5_000_000:
            return max(1, calls * 20_000_000 // taken)
        calls *= 4


def _measure(
    packages: dict[str, Callable[[str], object]], text: str, rounds: int
) -> dict[str, tuple[float, float] | None]:
    """Median nanoseconds and median ratio to ours; None for a package that raises on the text."""
    usable = {name: count for name, count in packages.items() if _works(count, text)}
    calls = {name: _calls(count, text) for name, count in usable.items()}
    taken: dict[str, list[float]] = {name: [] for name in usable}
    for _ in range(rounds):
        for name, count in usable.items():
            taken[name].append(_cpu_ns(count, text, calls[name]))
    return {
        name: (
            statistics.median(taken[name]),
            statistics.median(theirs / ours for theirs, ours in zip(taken[name], taken[OURS], strict=True)),
        )
        if name in usable
        else None
        for name in packages
    }


def _works(count: Callable[[str], object], text: str) -> bool:
    try:
        count(text)
    except (ValueError, UnicodeError):
        return False
    return True


def _right(
    packages: dict[str, Callable[[str], int]], number: int, seed: int
) -> dict[str, tuple[int, int, int]]:
    """Same parts, other parts, raised: against `segments`, which `agree` compares with Twilio's."""
    seen: dict[str, Counter[str]] = {name: Counter() for name in packages}
    for _, text in generate(number, seed):
        parts = segments(text).parts
        for name, count in packages.items():
            try:
                seen[name]["same" if count(text) == parts else "other"] += 1
            except Exception:  # noqa: BLE001  whatever a peer raises is what is counted
                seen[name]["raised"] += 1
    return {name: (found["same"], found["other"], found["raised"]) for name, found in seen.items()}


def _time(nanoseconds: float) -> str:
    return f"{nanoseconds:,.0f} ns" if nanoseconds < 10_000 else f"{nanoseconds / 1000:,.0f} \u00b5s"


def _report(asked: argparse.Namespace, packages: dict[str, Callable[[str], int]]) -> tuple[str, float]:
    everyone: dict[str, Callable[[str], object]] = {OURS: segments, CHECKED: check_text, **packages}
    found = {title: _measure(everyone, text, asked.rounds) for title, text in TEXTS.items()}
    head = "| text | " + " | ".join(f"`{name}`" for name in everyone) + " |"
    rule = "| --- |" + " ---: |" * len(everyone)
    lines = [
        "# Segments: time per text beside Python peers",
        "",
        f"Written by `python -m benchmarks.segments.speed --rounds {asked.rounds} --texts {asked.texts}` on",
        f"CPython {platform.python_version()}. CPU time, median of {asked.rounds} rounds in one process;",
        f"in brackets the ratio to `{OURS}`, median of the rounds. A dash: it raises an error on that text.",
        "",
        head,
        rule,
    ]
    for title, row in found.items():
        cells = [
            "\u2013" if got is None else _time(got[0]) + ("" if name == OURS else f" ({got[1]:.1f}x)")
            for name, got in row.items()
        ]
        counted = segments(TEXTS[title])
        lines.append(f"| {title}: {counted.units:,} units, {counted.encoding} | " + " | ".join(cells) + " |")
    ratios = [got[1] for row in found.values() for name, got in row.items() if name in packages and got]
    slowest = min(ratios)
    lines += [
        "",
        f"The closest any peer comes: **{slowest:.1f} times** our time. Median of all figures of the peers:",
        f"{statistics.median(ratios):.0f} times.",
        "",
        "## Do they count the same?",
        "",
        f"{asked.texts:,} generated texts (see `texts.py`), parts compared with `{OURS}`.",
        "",
        "| package | version | what it does | same parts | other parts | raised |",
        "| --- | --- | --- | ---: | ---: | ---: |",
        *(
            f"| `{name}` | {metadata.version(name)} | {peers.NOTES[name]} | "
            + " | ".join(f"{times:,}" for times in counts)
            + " |"
            for name, counts in _right(packages, asked.texts, 8).items()
        ),
    ]
    return "\n".join(lines) + "\n", slowest


def main() -> None:
    """Measures, writes the report, and fails when a peer is faster on some text."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=15)
    options.add_argument("--texts", type=int, default=5_000)
    options.add_argument("--report", type=Path, default=REPORT)
    asked = options.parse_args()
    try:
        packages = peers.load()
    except ImportError as missing:
        sys.exit(f"{missing}. Run: {sys.executable} -m pip install -r {HERE / 'peers.txt'}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # old packages on a new Python
        report, slowest = _report(asked, packages)
    asked.report.parent.mkdir(parents=True, exist_ok=True)
    asked.report.write_text(report)
    print(report)
    if slowest <= 1:
        sys.exit("a peer is faster on some text")


if __name__ == "__main__":
    main()
