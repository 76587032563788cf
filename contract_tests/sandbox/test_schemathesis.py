"""Schemathesis tests the sandbox, which is written from documentation, with the contract.

Every check is on and no failure is accepted: where the two disagree, one of them is wrong. Rules that a
schema cannot express, or that are stricter in the contract than in the service, are in amended_contract.py.
"""

import copy
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from contract_tests.contract import ROOT, load, operations
from contract_tests.sandbox.amended_contract import amended
from contract_tests.sandbox.serving import serving
from contract_tests.support.fuzzing import Run, fuzz

CONFIG = ROOT / "contract_tests" / "sandbox" / "schemathesis.toml"
PHASES = ("examples", "coverage", "fuzzing", "stateful")
#: All there are. Three find nothing to look at: the contract has no header of its own, deletes nothing, and
#: one key is known here (that nobody sees another's messages is in tests/unit/sandbox/test_access.py).
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "positive_data_acceptance",
    "missing_required_header",
    "unsupported_method",
    "allow_header_conformance",
    "use_after_free",
    "ensure_resource_availability",
    "ignored_auth",
    "object_level_authorization",
)


#: For mutants: an end at the first failure.
QUICK = (
    "--phases=examples,coverage,stateful",
    "--max-failures=1",
    "--no-shrink",
    "-n10",
    "--exclude-path-regex=batch$",
)
#: For every day: without the phases that make most of the cases.
LIGHT = ("--phases=examples,fuzzing", "-n5")


def figures(run: Run) -> str:
    cases = run.counts["test_cases"]
    return (
        f"schemathesis on the sandbox: {run.counts['operations']['tested']} operations, "
        f"{cases['generated']} cases, {run.counted('Scenarios')} stateful sequences, "
        f"{cases['with_failures']} failures, {len(CHECKS)} checks: {', '.join(CHECKS)}"
    )


def test_every_check_there_is_is_named_here() -> None:
    from schemathesis import checks
    from schemathesis.specs.openapi import checks as _  # noqa: F401  they register themselves

    assert set(checks.CHECKS.get_all_names()) - {"max_response_time"} == set(CHECKS)


@pytest.mark.parametrize("depth", ["light", pytest.param("full", marks=pytest.mark.nightly)])
def test_the_sandbox_keeps_the_contract(
    tmp_path: Path, report: Callable[[str], None], pytestconfig: pytest.Config, depth: str
) -> None:
    contract = amended(load())
    mutants = pytestconfig.getoption("--hypothesis-profile") == "mutants"
    with serving() as served:
        options = QUICK if mutants else LIGHT if depth == "light" else ()
        run = fuzz(contract, served.sandbox.base_url, tmp_path, CONFIG, *options)
        seen = Counter((record.operation, record.status) for record in served.sandbox.requests)
        states = Counter(message.state for message in served.sandbox.messages)
    report(figures(run))
    assert run.code == 0, run.text
    if mutants or depth == "light":
        return
    assert {name: phase["status"] for name, phase in run.counts["phases"].items()} == dict.fromkeys(
        PHASES, "success"
    )
    assert run.counts["operations"]["tested"] == len(operations(load()))
    assert run.counts["test_cases"]["errored"] == 0
    # A sandbox that refuses every request would satisfy most of the contract, too.
    for reached in (
        ("send", 200), ("batch", 200), ("status", 200), ("status", 404), ("status", 429),
        ("export", 202), ("export-status", 200), ("send", 400), ("send", 401), ("send", 403),
    ):  # fmt: skip
        assert seen[reached] >= 5, (reached, seen)
    assert run.counted("API Links") == 2, run.text
    assert set(states) >= {"queued", "delivered", "failed"}, states
    # The receipts of these messages satisfy the contract, too.
    schema = {"$ref": "#/components/schemas/DeliveryReceipt", "components": load()["components"]}
    is_receipt = Draft202012Validator(schema)
    assert len(served.receipts) > 50
    assert [receipt for receipt in served.receipts if not is_receipt.is_valid(receipt.body)] == []


@pytest.mark.parametrize(
    ("operation", "schema", "name", "stricter"),
    [
        ("sendMessage", "SentMessage", "umid", {"type": "integer"}),
        ("getMessage", "ErrorAnswer", "code", {"enum": [1]}),
    ],
)
def test_an_answer_that_breaks_the_contract_would_be_found(
    tmp_path: Path, operation: str, schema: str, name: str, stricter: dict[str, object]
) -> None:
    broken = copy.deepcopy(amended(load()))
    broken["components"]["schemas"][schema]["properties"][name] = stricter
    with serving() as served:
        options = (f"--include-operation-id={operation}", "--phases=examples", "--max-failures=1")
        run = fuzz(broken, served.sandbox.base_url, tmp_path, CONFIG, *options)
    assert run.code == 1, run.text
    assert "Response violates schema" in run.text
