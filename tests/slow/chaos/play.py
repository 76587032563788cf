"""Rounds of chaos: senders that are stopped, a sandbox that knows what it accepted, a store that should."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
import urllib.request
from typing import TYPE_CHECKING, Final, Self

import attrs

from tests.support.paths import ROOT
from tests.support.stores import noted_at

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNALS: Final = ("SIGKILL", "SIGINT", "SIGTERM", "SIGHUP")
#: Seconds to wait for a process to be ready, and to end.
PATIENCE: Final = 60.0
#: The longest a sender is left alone, in its own sends.
SENDS: Final = 25
#: The fewest cancellations, and the most rounds of a control in which nothing is missing.
CANCELLED: Final = 50
ENOUGH: Final = 100


@attrs.frozen
class Row:
    """What came of some rounds of one kind.

    Attributes:
        title: What was done.
        rounds: How often.
        accepted: Messages the sandbox accepted.
        missing: Of these, how many the store does not know.
        twice: Messages accepted more than once.
    """

    title: str
    rounds: int
    accepted: int
    missing: int
    twice: int

    @property
    def is_control(self) -> bool:
        """True when some should be missing."""
        return self.title.startswith("control")

    def __str__(self) -> str:
        return (
            f"{self.title:<34} {self.rounds:>4} rounds  {self.accepted:>7} accepted  "
            f"{self.missing:>4} missing from the store  {self.twice:>3} accepted twice"
        )


def environment() -> dict[str, str]:
    path = os.pathsep.join([str(ROOT), str(ROOT / "wrapper"), str(ROOT / "generated")])
    return {**os.environ, "PYTHONPATH": path}


class SandboxProcess:
    """A sandbox in a process of its own, whose acceptance log outlives every sender.

    Attributes:
        base_url: For a client.
        senders: What sends to it.
    """

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "connect_sms.cli", "sandbox", "--port", "0", "--json"],
            env=environment(),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout is not None
        said = json.loads(self._process.stdout.readline())
        self.base_url: str = said["base_url"]
        self._url: str = said["url"]
        # What it says of each request is read away, so that it never waits for us.
        self._reader = subprocess.Popen(["cat"], stdin=self._process.stdout, stdout=subprocess.DEVNULL)
        self._process.stdout.close()
        self.senders = Senders(self.base_url)
        return self

    def __exit__(self, *_: object) -> None:
        self.senders.close()
        for process in (self._process, self._reader):
            process.kill()
            process.wait(PATIENCE)

    def accepted(self) -> dict[str, int]:
        """How often each message was accepted, by its ``clientMessageId``."""
        with urllib.request.urlopen(f"{self._url}/_sandbox/accepted", timeout=PATIENCE) as answer:  # noqa: S310  our own
            found: dict[str, int] = json.load(answer)["byClientMessageId"]
        return found


class Senders:
    """A process that has loaded what a sender needs, and forks one sender at a time.

    Loading it takes longer than all that a sender does before it is stopped.
    """

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.slow.chaos.sender"],
            env=environment(),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._orders, self._said = self._process.stdin, self._process.stdout

    def play(self, place: str, form: str, name: str, *, stop: tuple[str, float] | None = None) -> None:
        """Let a sender begin, and wait for its end.

        Args:
            place: Its store.
            form: What it does.
            name: Begins each of its message ids.
            stop: A signal, and when to send it, in times of what one send takes.
        """
        print(json.dumps([self._base_url, place, form, name]), file=self._orders)
        begun = json.loads(self._said.readline())
        assert "pid" in begun, begun
        if stop is not None:
            how, sends = stop
            time.sleep(sends * begun["usual"])
            os.kill(begun["pid"], getattr(signal, how))
        # Stopped by us, or done; a sender that fails by itself proves nothing.
        assert json.loads(self._said.readline())["exit"] <= 0, "a sender failed: see above"

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait(PATIENCE)
        self._orders.close()
        self._said.close()


def _row(title: str, rounds: int, prefix: str, sandbox: SandboxProcess, known: set[str]) -> Row:
    accepted = {own: times for own, times in sandbox.accepted().items() if own.startswith(prefix)}
    twice = sum(times > 1 for times in accepted.values())
    return Row(title, rounds, len(accepted), len(accepted.keys() - known), twice)


def stopped(sandbox: SandboxProcess, place: str, form: str, how: str, *, rounds: int, seed: int) -> Row:
    """Let a sender begin, and stop it at a random moment; so many times."""
    prefix = f"{_database(place)}-{form}-{how}-"
    chance = random.Random(f"{seed} {prefix}")
    for number in range(rounds):
        sandbox.senders.play(place, form, f"{prefix}{number}", stop=(how, chance.random() * SENDS))
    return _row(f"{how}, {form}, {_database(place)}", rounds, prefix, sandbox, noted_at(place))


def _database(place: str) -> str:
    return place.partition(":")[0] if "://" in place else "SQLite"


def cancelled(sandbox: SandboxProcess, place: str, times: int, seed: int) -> Row:
    """Cancel sends of the async client at random moments."""
    prefix = f"{_database(place)}-cancel-{seed}-"
    sandbox.senders.play(place, "cancel", f"{prefix}x{times}")
    return _row(f"cancelled, async, {_database(place)}", times, prefix, sandbox, noted_at(place))


def without_the_note(sandbox: SandboxProcess, place: str, rounds: int, seed: int) -> Row:
    """The control: messages are recorded after their answer alone. Played until one is missing."""
    prefix = f"{_database(place)}-control-"
    chance = random.Random(f"{seed} {prefix}")
    played = 0
    while True:
        stop = ("SIGKILL", chance.random() * SENDS)
        sandbox.senders.play(place, "control", f"{prefix}{played}", stop=stop)
        played += 1
        row = _row(f"control: recorded after, {_database(place)}", played, prefix, sandbox, noted_at(place))
        if played >= rounds and (row.missing or played >= ENOUGH):
            return row


def stops(place: str, rounds: int, seed: int) -> Iterator[Row]:
    """Every kind of stop on one store; its control last."""
    with SandboxProcess() as sandbox:
        for form in ("single", "batch"):
            for how in SIGNALS:
                yield stopped(sandbox, place, form, how, rounds=rounds, seed=seed)
        yield cancelled(sandbox, place, max(rounds, CANCELLED), seed)
        yield without_the_note(sandbox, place, rounds, seed)
