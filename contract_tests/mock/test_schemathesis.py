"""Schemathesis, which reads our contract, against Prism, which serves it.

Two readings of one file: it says that both tools understand it alike, and little about what is right. That is
the business of the other layers.
"""

import copy
import json
from pathlib import Path

import pytest

from contract_tests.contract import ROOT, load, operations
from contract_tests.support.fuzzing import fuzz
from contract_tests.support.prism import Prism, without_callbacks

CONFIG = ROOT / "contract_tests" / "schemathesis.toml"
BASELINE = ROOT / "contract_tests" / "prism_baseline.json"


@pytest.mark.nightly
def test_nothing_but_the_known_faults_of_prism_is_found(quiet_prism: Prism, tmp_path: Path) -> None:
    run = fuzz(without_callbacks(load()), quiet_prism.url, tmp_path, CONFIG, "--baseline", str(BASELINE))
    assert run.code == 0, run.text
    entries = json.loads(BASELINE.read_text("utf-8"))["entries"]
    assert all(entry["reason"] for entry in entries)
    assert run.counted("Known failures") == len(entries), f"a known fault is gone: take it off\n{run.text}"
    assert run.counts["operations"]["tested"] == len(operations(load()))


def test_an_answer_that_breaks_the_contract_would_be_found(quiet_prism: Prism, tmp_path: Path) -> None:
    """The mock serves our contract; asked by a stricter one, it must fail."""
    stricter = copy.deepcopy(without_callbacks(load()))
    stricter["components"]["schemas"]["SentMessage"]["properties"]["umid"] = {"type": "integer"}
    options = ("--baseline", str(BASELINE), "--include-operation-id=sendMessage", "--phases=examples")
    run = fuzz(stricter, quiet_prism.url, tmp_path, CONFIG, *options)
    assert run.code == 1, run.text
    assert "Response violates schema" in run.text
