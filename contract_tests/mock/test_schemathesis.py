"""Schemathesis, which reads our contract, against Prism, which serves it.

Two readings of one file: it says that both tools understand it alike, and little about what is right. That is
the business of the other layers.
"""

import copy
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from contract_tests.contract import ROOT, load
from contract_tests.support.prism import Prism, without_callbacks

FOLDER = ROOT / "contract_tests"
BASELINE = FOLDER / "prism_baseline.json"


def run(document: dict[str, Any], folder: Path, prism: Prism, *options: str) -> tuple[int, str]:
    """Exit code and report of a run; it writes nothing outside the folder."""
    contract = folder / "contract.json"
    contract.write_text(json.dumps(document), "utf-8")
    command = [
        sys.executable,
        "-m",
        "schemathesis.cli",
        "--config-file",
        str(FOLDER / "schemathesis.toml"),
        "run",
    ]
    command += [str(contract), "--url", prism.url, "--no-color", *options]
    environment = {**os.environ, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_nothing_but_the_known_faults_of_prism_is_found(quiet_prism: Prism, tmp_path: Path) -> None:
    code, report = run(without_callbacks(load()), tmp_path, quiet_prism, "--baseline", str(BASELINE))
    assert code == 0, report
    known = re.search(r"Known failures: (\d+)", report)
    entries = json.loads(BASELINE.read_text("utf-8"))["entries"]
    assert all(entry["reason"] for entry in entries)
    assert known is not None, report
    assert int(known.group(1)) == len(entries), f"a known fault is gone: take it off the list\n{report}"
    assert re.search(r"Tested: 4", report), report


def test_an_answer_that_breaks_the_contract_would_be_found(quiet_prism: Prism, tmp_path: Path) -> None:
    """The mock serves our contract; asked by a stricter one, it must fail."""
    stricter = copy.deepcopy(without_callbacks(load()))
    stricter["components"]["schemas"]["SentMessage"]["properties"]["umid"] = {"type": "integer"}
    code, report = run(
        stricter,
        tmp_path,
        quiet_prism,
        "--baseline",
        str(BASELINE),
        "--include-operation-id=sendMessage",
        "--phases=examples",
    )
    assert code == 1, report
    assert "Response violates schema" in report
