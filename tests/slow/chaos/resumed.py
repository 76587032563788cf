"""Batches of the command line that are killed again and again and resumed: nobody twice, nobody lost."""

from __future__ import annotations

import csv
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.slow.chaos.play import PATIENCE, SIGNALS, Row, SandboxProcess, environment
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

RECIPIENTS: Final = 150
#: Recipients in one request: few, so that a kill falls between two of them as often as within.
SIZE: Final = 5
#: How often a batch is stopped before it may end.
STOPS: Final = 2
#: Bytes of a results file by which the first request was answered; what is loaded before that takes long.
BEGUN: Final = 1_500
#: The longest a batch is left alone after that, in seconds.
LONGEST: Final = 0.3


class Batch:
    """A batch that is stopped at random moments, and its results file."""

    def __init__(self, folder: Path, base_url: str, prefix: str) -> None:
        self.ids: Final = [f"{prefix}-{number}" for number in range(RECIPIENTS)]
        self._results = folder / "results.csv"
        self._input = folder / "contacts.csv"
        rows = (f"+4477009001{number % 100:02d},{own_id}\n" for number, own_id in enumerate(self.ids))
        self._input.write_text("destination,client_message_id\n" + "".join(rows))
        self._environment = {
            **environment(),
            "CONNECT_SMS_BASE_URL": base_url,
            "CONNECT_SMS_API_KEY": "sandbox-key",
            "CONNECT_SMS_SUB_ACCOUNT_ID": "sandbox",
            "PYTHONFAULTHANDLER": "1",
        }

    def run(self, stop: tuple[str, float] | None = None) -> None:
        """Begin it, or go on with it; stop it by a signal some seconds after its first request."""
        before = self._size()
        how = "--resume" if before else "--output"
        command = [sys.executable, "-m", "connect_sms.cli", "batch", str(self._input), "--text", "hi"]
        command += ["--request-size", str(SIZE), how, str(self._results)]
        process = subprocess.Popen(
            command,
            env=self._environment,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        if stop is not None:
            name, after = stop
            while self._size() < before + BEGUN and process.poll() is None:
                time.sleep(0.002)
            time.sleep(after)
            process.send_signal(getattr(signal, name))
        try:
            said = process.communicate(timeout=PATIENCE)[1]
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGABRT)  # it says where it stands
            said = process.communicate()[1]
        # Done, also with someone unknown, or stopped by us, perhaps before the command hears signals;
        # what fails by itself proves nothing.
        number = 0 if stop is None else getattr(signal, stop[0]).value
        assert process.returncode in {0, 6, 128 + number, -number} - {128}, (process.returncode, said)

    def results(self) -> dict[str, str]:
        """The last result of each recipient."""
        with self._results.open(newline="") as file:
            return {row["client_message_id"]: row["result"] for row in csv.DictReader(file)}

    def forget(self) -> None:
        """Remove the results, as somebody does who begins again."""
        self._results.unlink()

    def _size(self) -> int:
        return self._results.stat().st_size if self._results.exists() else 0


def resumed(sandbox: SandboxProcess, how: str, *, rounds: int, seed: int, control: bool = False) -> Row:
    """Stop batches by a signal, twice each, and go on with them until they end.

    A recipient is missing when the file ends with neither "unknown" nor a message that was accepted.

    Args:
        sandbox: The sandbox.
        how: The signal.
        rounds: How many batches.
        seed: Decides when they are stopped.
        control: Begin again without the results, as was done before they could be resumed.
    """
    title = f"{'control: begun again' if control else 'batch resumed'} after {how}"
    prefix = f"{title.replace(' ', '-')}-{seed}"
    chance = random.Random(prefix)
    missing = 0
    for number in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            batch = Batch(Path(folder), sandbox.base_url, f"{prefix}-{number}")
            for _ in range(STOPS):
                batch.run((how, chance.random() * LONGEST))
                if control:
                    batch.forget()
            batch.run()
            results = batch.results()
            accepted = sandbox.accepted()
            missing += sum(
                results[own_id] != "unknown" and not (results[own_id] == "accepted" and own_id in accepted)
                for own_id in batch.ids
            )
    times = [count for own_id, count in sandbox.accepted().items() if own_id.startswith(prefix)]
    return Row(title, rounds, len(times), missing, sum(count > 1 for count in times))


def resumed_batches(stops: int, seed: int) -> Iterator[Row]:
    """Batches that are stopped so many times by each signal."""
    with SandboxProcess() as sandbox:
        for how in SIGNALS:
            yield resumed(sandbox, how, rounds=-(-stops // STOPS), seed=seed)
