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
from contextlib import suppress
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
        return self

    def __exit__(self, *_: object) -> None:
        for process in (self._process, self._reader):
            process.kill()
            process.wait(PATIENCE)

    def accepted(self) -> dict[str, int]:
        """How often each message was accepted, by its ``clientMessageId``."""
        with urllib.request.urlopen(f"{self._url}/_sandbox/accepted", timeout=PATIENCE) as answer:  # noqa: S310  our own
            found: dict[str, int] = json.load(answer)["byClientMessageId"]
        return found


class Sender:
    """A process that sends until it is stopped.

    Attributes:
        usual: Seconds that a send takes it.
    """

    def __init__(self, base_url: str, place: str, form: str, name: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.slow.chaos.sender", base_url, place, form, name],
            env=environment(),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        assert self._process.stdout is not None
        said = self._process.stdout.readline()
        assert said, self._process.communicate()[1]
        self.usual = float(said)
        return self

    def __exit__(self, *_given: object) -> None:
        with suppress(subprocess.TimeoutExpired):
            self._process.communicate(timeout=PATIENCE)
        self._process.kill()
        said = self._process.communicate()[1]
        # Stopped by us, or done; a sender that fails by itself proves nothing.
        assert self._process.returncode <= 0, said

    def stop(self, name: str) -> None:
        """Send a signal."""
        self._process.send_signal(getattr(signal, name))


def _row(title: str, rounds: int, prefix: str, sandbox: SandboxProcess, known: set[str]) -> Row:
    accepted = {own: times for own, times in sandbox.accepted().items() if own.startswith(prefix)}
    twice = sum(times > 1 for times in accepted.values())
    return Row(title, rounds, len(accepted), len(accepted.keys() - known), twice)


def stopped(sandbox: SandboxProcess, place: str, form: str, how: str, *, rounds: int, seed: int) -> Row:
    """Let a sender begin, and stop it at a random moment; so many times."""
    prefix = f"{_database(place)}-{form}-{how}-"
    chance = random.Random(f"{seed} {prefix}")
    for number in range(rounds):
        _stop(Sender(sandbox.base_url, place, form, f"{prefix}{number}"), how, chance)
    return _row(f"{how}, {form}, {_database(place)}", rounds, prefix, sandbox, noted_at(place))


def _stop(sender: Sender, how: str, chance: random.Random) -> None:
    with sender:
        time.sleep(chance.random() * SENDS * sender.usual)
        sender.stop(how)


def _database(place: str) -> str:
    return place.partition(":")[0] if "://" in place else "SQLite"


def cancelled(sandbox: SandboxProcess, place: str, times: int, seed: int) -> Row:
    """Cancel sends of the async client at random moments."""
    prefix = f"{_database(place)}-cancel-{seed}-"
    with Sender(sandbox.base_url, place, "cancel", f"{prefix}x{times}"):
        pass
    return _row(f"cancelled, async, {_database(place)}", times, prefix, sandbox, noted_at(place))


def without_the_note(sandbox: SandboxProcess, place: str, rounds: int, seed: int) -> Row:
    """The control: messages are recorded after their answer alone. Played until one is missing."""
    prefix = f"{_database(place)}-control-"
    chance = random.Random(f"{seed} {prefix}")
    played = 0
    while True:
        _stop(Sender(sandbox.base_url, place, "control", f"{prefix}{played}"), "SIGKILL", chance)
        played += 1
        row = _row(f"control: recorded after, {_database(place)}", played, prefix, sandbox, noted_at(place))
        if played >= rounds and (row.missing or played >= ENOUGH):
            return row


def play(places: list[str], rounds: int, seed: int) -> Iterator[Row]:
    """Every kind of stop, on every store; the control of each last."""
    with SandboxProcess() as sandbox:
        for place in places:
            for form in ("single", "batch"):
                for how in SIGNALS:
                    yield stopped(sandbox, place, form, how, rounds=rounds, seed=seed)
            yield cancelled(sandbox, place, max(rounds, CANCELLED), seed)
            yield without_the_note(sandbox, place, rounds, seed)
