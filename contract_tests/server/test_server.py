"""A server keeps the contract: ours, or the one that ``make contract-sandbox URL=...`` names."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contract_tests.contract import load, operations
from contract_tests.server.checks import ALWAYS, WITH_MEMORY, remembers
from contract_tests.server.conftest import NAMED
from contract_tests.server.target import Target
from contract_tests.support.fuzzing import fuzz
from contract_tests.support.prism import without_callbacks

#: What a server may do otherwise and be right: take more than callers may send, know rules that no schema has
#: (which numbers exist), and say what it likes to methods that are in no contract. A mock takes any key.
NOT_DEMANDED = (
    "negative_data_rejection,positive_data_acceptance,missing_required_header,unsupported_method,"
    "allow_header_conformance,ignored_auth,use_after_free,ensure_resource_availability"
)
#: ASCII: Prism puts what it complains of into a header, and ends with an error where that does not fit in.
CONFIG = """
seed = 8008
continue-on-failure = true
[cache]
enabled = false
[generation]
mode = "positive"
codec = "ascii"
database = "none"
max-examples = 10
[parameters]
"path.subAccountId" = "{sub_account}"
[auth.openapi.apiKey]
bearer = "{key}"
"""


def without_receipts(node: Any) -> Any:
    """A copy that asks for no receipts: a server would post them to hosts that a fuzzer makes up."""
    if isinstance(node, dict):
        return {name: without_receipts(part) for name, part in node.items() if name != "dlrCallbackUrl"}
    return [without_receipts(part) for part in node] if isinstance(node, list) else node


@pytest.fixture(scope="session")
def has_memory(target: Target) -> bool:
    return remembers(target)


@pytest.mark.parametrize("check", ALWAYS, ids=lambda check: check.__name__)
def test_a_server_keeps_the_contract(target: Target, check: Callable[[Target], None]) -> None:
    check(target)


@pytest.mark.parametrize("check", WITH_MEMORY, ids=lambda check: check.__name__)
def test_a_server_remembers(target: Target, check: Callable[[Target], None], *, has_memory: bool) -> None:
    if not has_memory:
        pytest.skip("a mock: it answers every send with the same id")
    check(target)


@pytest.mark.skipif(NAMED is not None and not NAMED.is_near, reason="what a fuzzer sends may cost money")
@pytest.mark.nightly
def test_whatever_it_is_asked_its_answers_are_those_of_the_contract(target: Target, tmp_path: Path) -> None:
    config = tmp_path / "schemathesis.toml"
    config.write_text(CONFIG.format(key=target.key, sub_account=target.sub_account), "utf-8")
    options = ("--phases=examples,fuzzing", f"--exclude-checks={NOT_DEMANDED}")
    contract = without_receipts(without_callbacks(load()))
    run = fuzz(contract, target.url, tmp_path, config, *options)
    assert run.code == 0, run.text
    assert run.counts["operations"]["tested"] == len(operations(load()))
