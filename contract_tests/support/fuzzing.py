"""A run of schemathesis, in a process of its own, and what it reports."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from contract_tests.contract import ROOT


class Run(NamedTuple):
    """How a run ended: exit code, text, and the counts of its own report."""

    code: int
    text: str
    counts: Mapping[str, Any]

    def counted(self, what: str) -> int:
        """A number of the text, by the words before it; 0 when it is not there."""
        found = re.search(rf"{what}:? +(\d+)", self.text)
        return int(found.group(1)) if found else 0


def fuzz(document: Mapping[str, Any], url: str, folder: Path, config: Path, *options: str) -> Run:
    """Ask whoever listens at `url` by a contract. Nothing is written outside the folder."""
    contract = folder / "contract.json"
    contract.write_text(json.dumps(document), "utf-8")
    report = folder / "report.json"
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run", str(contract)]
    command += ["--url", url, "--no-color", "--checks=all"]
    command += ["--report=json", f"--report-json-path={report}", *options]
    environment = {**os.environ, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    counts = json.loads(report.read_text("utf-8")) if report.exists() else {}
    return Run(done.returncode, done.stdout + done.stderr, counts)
