"""One planted defect at a time, in a copy of the project; the tests must notice each.

What was learnt the hard way about such a harness, and is built in here:

- a harness that cannot fail proves nothing: a defect nobody could miss has to be caught, and every test that
  caught one has to pass without it;
- a defect that was not planted is "caught" by luck or survives for ever: its text has to occur exactly once;
- Python takes a stale `.pyc` for a source of the same size and second: each text written gets a second
  of its own, so that what did not change is compiled once;
- an absolute PYTHONPATH would lead the tests back to the project itself: it is dropped;
- an allowed survivor that is caught after all is a list gone stale: that fails too.
"""

import itertools
import operator
import os
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence
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
#: A test in pytest's summary, and with which arguments: those may hold anything, and are no part of its name.
_NAMED = re.compile(r"^(?:FAILED|ERROR) (\S+\.py(?:::\w+)*)(.*?)(?: - .*)?$", re.MULTILINE)
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
    """A command that tests the project in the current folder, and fails if anything is wrong with it.

    `tests` are its last arguments, where single tests may be named instead.
    """

    name: str
    command: Sequence[str]
    tests: Sequence[str] = ()


class Failure(NamedTuple):
    """What a stage says of a defect. `test` is the function that failed, if the stage names one."""

    stage: Stage
    said: str
    test: str = ""

    def __str__(self) -> str:
        return f"{self.stage.name}: {self.said}"[:120]


class Verdict(NamedTuple):
    """What became of a mutant. `failure` is missing when it survived."""

    mutant: Mutant
    failure: Failure | None
    seconds: float


def pytest_stage(name: str, *arguments: str) -> Stage:
    """A stage that stops at the first test that fails, in the order given."""
    options = ("-x", "-q", "--no-header", "--tb=line", "-p", "no:randomly", "-m", "not nightly")
    first = next(place for place, argument in enumerate(arguments) if "/" in argument)
    command = (sys.executable, "-m", "pytest", *options, *arguments[:first])
    return Stage(name, command, arguments[first:])


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
    """Try every mutant and print a table.

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
    workers = workers or os.cpu_count() or 1
    with _copies(workers) as copies, ThreadPoolExecutor(workers) as pool:
        known = _try(copies, known_bad, stages)
        if known.failure is None:
            print(f"THE HARNESS IS BROKEN: nothing noticed {known_bad.name!r}")
            return 1
        if complaints := list(_without_defects(copies, pool, [known])):
            print(*complaints, sep="\n")
            return 1
        verdicts = []
        for verdict in pool.map(lambda mutant: _try(copies, mutant, stages), mutants):
            _print_line(verdict)
            verdicts.append(verdict)
        complaints = list(_without_defects(copies, pool, verdicts))
        for complaint in complaints:
            print(complaint)
        return _print_sum(verdicts, began) or int(bool(complaints))


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


def _without_defects(
    copies: "queue.Queue[Path]", pool: ThreadPoolExecutor, verdicts: Iterable[Verdict]
) -> Iterator[str]:
    """Run what caught the defects again, without any, and yield a complaint of each that fails even so.

    Tests that have a command in common run in one, or in as many as there are workers.
    """
    failures = {(f.stage.name, f.test): f for f in (verdict.failure for verdict in verdicts) if f}
    stages = [failure.stage for failure in failures.values() if not failure.test]
    named = sorted((failure.stage.command, failure.test) for failure in failures.values() if failure.test)
    for command, group in itertools.groupby(named, operator.itemgetter(0)):
        tests = sorted({test for _, test in group})
        shares = [tests[place :: copies.maxsize] for place in range(copies.maxsize)]
        stages += [Stage("again", command, share) for share in shares if share]

    def complain(stage: Stage) -> Failure | None:
        with _borrowed(copies) as copy:
            return _failure(copy, [stage])

    for failure in filter(None, pool.map(complain, stages)):
        yield f"THE HARNESS IS BROKEN: without any defect, {failure}"


def _try(copies: "queue.Queue[Path]", mutant: Mutant, stages: Sequence[Stage]) -> Verdict:
    began = time.monotonic()
    with _borrowed(copies) as copy:
        before = apply(copy, mutant)
        try:
            mine = [stage for stage in stages if not mutant.stages or stage.name in mutant.stages]
            failure = _failure(copy, mine)
        finally:
            _write(copy / mutant.path, before)
    return Verdict(mutant, failure, time.monotonic() - began)


def _failure(copy: Path, stages: Iterable[Stage]) -> Failure | None:
    """Say which stage fails in a copy, and by which test; None when all pass."""
    dropped = {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE"}
    environment = {name: value for name, value in os.environ.items() if name not in dropped}
    environment["CONNECT_SMS_VENDOR_FILE"] = str(VENDOR_FILE)
    for stage in stages:
        try:
            done = subprocess.run(
                (*stage.command, *stage.tests),
                cwd=copy,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=_SECONDS,
            )
        except subprocess.TimeoutExpired:
            return Failure(stage, f"no end within {_SECONDS} s")
        if done.returncode != 0:
            if stage.tests and (named := _NAMED.search(done.stdout)):
                test = named.group(1)
                return Failure(stage, test.rpartition("/")[2] + named.group(2), test)
            last = (done.stdout + done.stderr).strip().splitlines()[-1:] or ["no word"]
            return Failure(stage, last[0])
    return None


@contextmanager
def _copies(count: int) -> "Generator[queue.Queue[Path]]":
    with tempfile.TemporaryDirectory() as folder:
        copies: queue.Queue[Path] = queue.Queue(count)
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


def _kind(verdict: Verdict) -> str:
    if verdict.failure:
        return "STALE" if verdict.mutant.survives else "caught"
    return "allowed" if verdict.mutant.survives else "SURVIVED"


def _print_line(verdict: Verdict) -> None:
    kind, mutant = _kind(verdict), verdict.mutant
    words = {"STALE": "listed as a survivor", "allowed": mutant.survives, "SURVIVED": "nothing noticed"}
    said = words.get(kind, verdict.failure)
    print(f"{kind:9}{mutant.name:45}{verdict.seconds:5.1f} s  {said}", flush=True)


def _print_sum(verdicts: Iterable[Verdict], began: float) -> int:
    counts = Counter(map(_kind, verdicts))
    kinds = [kind for kind in ("caught", "allowed", "SURVIVED", "STALE") if counts[kind]]
    seconds = time.monotonic() - began
    print(", ".join(f"{counts[kind]} {kind}" for kind in kinds) + f" in {seconds:.0f} s")
    return 1 if counts["SURVIVED"] or counts["STALE"] else 0
