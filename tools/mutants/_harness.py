"""One planted defect at a time, in a copy of the project; the tests must notice each.

What was learnt the hard way about such a harness, and is built in here:

- a harness that cannot fail proves nothing: the copy without a defect has to pass first, and a defect nobody
  could miss has to be caught;
- a defect that was not planted is "caught" by luck or survives for ever: its text has to occur exactly once;
- Python takes a stale `.pyc` for a source of the same size and second: each text written gets a second
  of its own, so that what did not change is compiled once;
- an absolute PYTHONPATH would lead the tests back to the project itself: it is dropped;
- an allowed survivor that is caught after all is a list gone stale: that fails too.
"""

import itertools
import os
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar

from contract_tests.contract import ROOT
from contract_tests.vendor_drift.vendor_file import VENDOR_FILE

_LEFT_BEHIND = shutil.ignore_patterns(
    "node_modules", ".git", ".venv*", "__pycache__", ".*_cache", ".hypothesis", "build", "dist", "*.egg-info"
)
_NODE = Path("contract_tests/node/node_modules")
_SECONDS = 300
#: Times of change that no file of the project has.
_own_times = itertools.count(1_000_000_000)


_Named = TypeVar("_Named", bound="Named")


class Mutant(NamedTuple):
    """A defect: in the file `path`, `old` becomes `new`.

    `survives` gives the reason why nothing can catch it. `stages` names those that are tried, where the
    others could only cost time; all of them when it names none.
    """

    name: str
    path: str
    old: str
    new: str
    survives: str = ""
    stages: tuple[str, ...] = ()


class Stage(NamedTuple):
    """A command that tests the project in the current folder, and fails if anything is wrong with it."""

    name: str
    command: Sequence[str]


class Verdict(NamedTuple):
    """What became of a mutant. `caught_by` is empty when it survived."""

    mutant: Mutant
    caught_by: str
    seconds: float


def pytest_stage(name: str, *arguments: str) -> Stage:
    """A stage that stops at the first test that fails, in the order given."""
    options = ("-x", "-q", "--no-header", "--tb=line", "-p", "no:randomly", "-m", "not nightly")
    return Stage(name, (sys.executable, "-m", "pytest", *options, *arguments))


class Named(Protocol):
    """What has a name to be chosen by."""

    @property
    def name(self) -> str:
        """The name."""
        ...


def chosen(mutants: Sequence[_Named], words: Sequence[str]) -> Sequence[_Named]:
    """Those whose name holds one of the words of a command line; without words, the part that is wanted.

    The part stands in the environment: ``MUTANTS_PART=2/3`` is the second of three; all of them when unset.
    """
    if words:
        return [mutant for mutant in mutants if any(word in mutant.name for word in words)]
    part, parts = map(int, os.environ.get("MUTANTS_PART", "1/1").split("/"))
    return mutants[part - 1 :: parts]


def run(
    mutants: Sequence[Mutant], stages: Sequence[Stage], known_bad: Mutant, workers: int | None = None
) -> int:
    """Try every mutant and print a table. A stage that no mutant names is not run.

    Args:
        mutants: The defects to plant, each by itself.
        stages: What must catch them, cheapest first; the first that fails ends it.
        known_bad: A defect that nothing could miss.
        workers: How many copies to test at a time; one per core when not given.

    Returns:
        0 if every mutant was caught or is listed as a survivor, else 1.
    """
    began = time.monotonic()
    if repeated := sorted({m.name for m in mutants if [n.name for n in mutants].count(m.name) > 1}):
        print(f"two mutants have one name: {repeated}")
        return 1
    named = {name for mutant in (*mutants, known_bad) for name in mutant.stages}
    if unknown := named - {stage.name for stage in stages}:
        print(f"no stage is called {sorted(unknown)}")
        return 1
    if all(mutant.stages for mutant in mutants):
        stages = [stage for stage in stages if stage.name in named]
    workers = workers or os.cpu_count() or 1
    with _copies(workers) as copies, ThreadPoolExecutor(workers) as pool:
        if complaint := "; ".join(filter(None, pool.map(lambda stage: _unchanged(copies, stage), stages))):
            print(f"THE HARNESS IS BROKEN: without any defect, {complaint}")
            return 1
        if not _try(copies, known_bad, stages).caught_by:
            print(f"THE HARNESS IS BROKEN: nothing noticed {known_bad.name!r}")
            return 1
        return _report(pool.map(lambda mutant: _try(copies, mutant, stages), mutants), began)


def apply(root: Path, mutant: Mutant) -> str:
    """Plant a defect in the tree `root` and return the file's text from before.

    Raises:
        ValueError: The text to replace does not occur exactly once.
    """
    path = root / mutant.path
    text = path.read_text("utf-8")
    if (count := text.count(mutant.old)) != 1:
        raise ValueError(f"mutant {mutant.name!r}: its text occurs {count} times in {mutant.path}, not once")
    _write(path, text.replace(mutant.old, mutant.new))
    return text


def _write(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")
    changed = next(_own_times)
    os.utime(path, (changed, changed))


def _unchanged(copies: "queue.Queue[Path]", stage: Stage) -> str:
    with _borrowed(copies) as copy:
        return _complaint(copy, [stage])


def _try(copies: "queue.Queue[Path]", mutant: Mutant, stages: Sequence[Stage]) -> Verdict:
    began = time.monotonic()
    with _borrowed(copies) as copy:
        before = apply(copy, mutant)
        try:
            mine = [stage for stage in stages if not mutant.stages or stage.name in mutant.stages]
            caught_by = _complaint(copy, mine)
        finally:
            _write(copy / mutant.path, before)
    return Verdict(mutant, caught_by, time.monotonic() - began)


def _complaint(copy: Path, stages: Iterable[Stage]) -> str:
    """Say which stage fails in a copy, and by which test; nothing when all pass."""
    dropped = {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE"}
    environment = {name: value for name, value in os.environ.items() if name not in dropped}
    environment["CONNECT_SMS_VENDOR_FILE"] = str(VENDOR_FILE)
    for stage in stages:
        try:
            done = subprocess.run(
                stage.command,
                cwd=copy,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=_SECONDS,
            )
        except subprocess.TimeoutExpired:
            return f"{stage.name}: no end within {_SECONDS} s"
        if done.returncode != 0:
            test = re.search(r"^(?:FAILED|ERROR) \S*?([^/\s]+::.+?)(?: - .*)?$", done.stdout, re.MULTILINE)
            last = (done.stdout + done.stderr).strip().splitlines()[-1:] or ["no word"]
            return f"{stage.name}: {test.group(1) if test else last[0]}"[:120]
    return ""


@contextmanager
def _copies(count: int) -> "Generator[queue.Queue[Path]]":
    with tempfile.TemporaryDirectory() as folder:
        copies: queue.Queue[Path] = queue.Queue()
        for number in range(count):
            copy = Path(folder) / str(number)
            shutil.copytree(ROOT, copy, ignore=_LEFT_BEHIND)
            if (ROOT / _NODE).exists():
                (copy / _NODE).symlink_to(ROOT / _NODE)
            copies.put(copy)
        yield copies


@contextmanager
def _borrowed(copies: "queue.Queue[Path]") -> Generator[Path]:
    copy = copies.get()
    try:
        yield copy
    finally:
        copies.put(copy)


def _report(verdicts: Iterable[Verdict], began: float) -> int:
    counts = {"caught": 0, "allowed": 0, "SURVIVED": 0, "STALE": 0}
    for mutant, caught_by, took in verdicts:
        if caught_by:
            kind, words = ("STALE", "listed as a survivor") if mutant.survives else ("caught", caught_by)
        elif mutant.survives:
            kind, words = "allowed", mutant.survives
        else:
            kind, words = "SURVIVED", "nothing noticed"
        counts[kind] += 1
        print(f"{kind:9}{mutant.name:45}{took:5.1f} s  {words}", flush=True)
    seconds = time.monotonic() - began
    print(", ".join(f"{count} {kind}" for kind, count in counts.items() if count) + f" in {seconds:.0f} s")
    return 1 if counts["SURVIVED"] or counts["STALE"] else 0
