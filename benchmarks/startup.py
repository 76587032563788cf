"""What an import costs, and the first message a new process sends."""

from __future__ import annotations

import resource
import subprocess
import sys
from statistics import median
from typing import TYPE_CHECKING, Final

from benchmarks.figures import Ratio, in_turn
from benchmarks.page import Page, Target
from benchmarks.senders import BARE, IMPORTS, OURS, SDKS
from benchmarks.workers import environment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from benchmarks.loopback import Loopback

_ROUNDS: Final = 15
_MOST: Final = 1 / 3
_NOTHING: Final = "nothing"
_FIRST: Final = "from benchmarks.senders import BLOCKING; BLOCKING[{name!r}]({origin!r}, None)()"

#: The package by its name.
_ALONE: Final = {name: f"import {name.replace('-', '_')}" for name in IMPORTS}


def measure(loopback: Loopback) -> Page:
    """The page of this part."""
    page = Page(
        "startup", "Imports, and the first message of a process", ("connect-sms", "httpx", *list(SDKS)[1:])
    )
    page.say(
        f"""CPU time, user and system, of a whole `python -c ...`, less that of one that does nothing of the
        kind; median of {_ROUNDS} rounds, in each of which everybody starts once, bytecode already
        compiled. The ratio is the median of ours to theirs within a round: below 1, ours is faster."""
    )
    _imports(page)
    _first_messages(page, loopback.origin())
    return page


def _imports(page: Page) -> None:
    found = _rounds({_NOTHING: "pass", **{line: line for line in (*_ALONE.values(), *IMPORTS.values())}})
    page.head("Imports")
    page.say(
        """The package by its name, and what is imported to send with it. `import twilio` gives a version
        number and nothing else; `import connect_sms` knows every public name and loads what stands behind
        it when it is used."""
    )
    rows: list[list[str]] = []
    for name, line in IMPORTS.items():
        ratio = "" if name == OURS else str(Ratio.of(found[IMPORTS[OURS]], found[line]))
        alone = milli(median(found[_ALONE[name]]))
        rows.append([name, alone, f"`{line}`", milli(median(found[line])), ratio])
    page.table(["", "`import`, ms", "to send with it", "ms", "ours / this"], rows)
    ours = median(found[_ALONE[OURS]])
    for line, note in (
        (_ALONE["twilio"], ": a version number, no client"),
        (IMPORTS["twilio"], ""),
    ):
        theirs = median(found[line])
        page.targets.append(
            Target(
                f"`import connect_sms` / `{line}`",
                "at most a third",
                f"{milli(ours)} ms / {milli(theirs)} ms{note}",
                ours <= theirs * _MOST,
            )
        )


def _first_messages(page: Page, origin: str) -> None:
    names = [*BARE, *SDKS]
    lines = {name: _FIRST.format(name=name, origin=origin) for name in names}
    found = _rounds({_NOTHING: "import benchmarks.senders", **lines})
    page.head("The first message")
    page.say(
        """Start, import, make a client, send one message to the server on this machine, end. Over plain
        HTTP: SDKs on requests are thus spared the loading of certificates, which they put off until the
        first https connection; httpx, and so connect-sms and telnyx, loads them at once."""
    )
    rows = [
        [name, milli(median(found[name])), "" if name == OURS else str(Ratio.of(found[OURS], found[name]))]
        for name in names
    ]
    page.table(["", "CPU, ms", "ours / this"], rows)


def _rounds(lines: Mapping[str, str]) -> dict[str, list[float]]:
    """CPU seconds of each line in each round, less those of nothing; the first round warms up."""
    found: dict[str, list[float]] = {name: [] for name in lines}
    for number in range(_ROUNDS + 1):
        for name in in_turn(number, list(lines)):
            found[name].append(_cpu_of(lines[name]))
    usual = median(found.pop(_NOTHING)[1:])
    return {name: [seconds - usual for seconds in row[1:]] for name, row in found.items()}


def _cpu_of(line: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", line], env=environment(), capture_output=True, timeout=60, check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(done.stderr.decode())
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def milli(seconds: float) -> str:
    """Seconds as milliseconds."""
    return f"{max(seconds, 0.0) * 1e3:.1f}"
