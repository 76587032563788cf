"""`make demo` shows what it promises, to somebody who has everything and to somebody who lacks Node."""

import os
import re
import subprocess
import sys

import pytest

from contract_tests.contract import ROOT
from contract_tests.support.prism import missing


def play(**environment: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "contract_tests.demo"]
    paths = os.pathsep.join(str(ROOT / folder) for folder in ("wrapper", "generated"))
    environment = {**os.environ, "PYTHONPATH": paths, **environment}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_everything_is_shown_and_no_number_in_full() -> None:
    if complaint := missing():
        pytest.skip(complaint)
    done = play()
    assert (done.returncode, done.stderr) == (0, "")
    for shown in (
        "accepted       998\n",
        "rejected       2\n",
        "delivered_to_operator (not final",
        "AuthenticationFailed",
        "OutcomeUnknown",
        "InvalidDestination",
        "A receipt comes in",
        "Done: mock and receiver are stopped.",
    ):
        assert shown in done.stdout
    # The one number that may be seen is the one an error shows as the way to write it.
    assert set(re.findall(r"\+?\d{9,}", done.stdout)) <= {"+447700900123"}
    assert max(map(len, done.stdout.splitlines())) <= 110


def test_without_node_it_says_so() -> None:
    done = play(PATH="/nonexistent")
    assert done.returncode == 1
    assert "Node.js was not found" in done.stderr
    assert "Traceback" not in done.stderr
