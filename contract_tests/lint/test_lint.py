"""The contract is sound by the rules of two linters that know nothing of this project."""

import json
import os
import shutil
import subprocess
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from contract_tests.contract import CONTRACT, ROOT, load

REDOCLY = ROOT / "contract_tests" / "node" / "node_modules" / ".bin" / "redocly"
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}


def redocly(contract: str) -> dict[str, Any]:
    if not REDOCLY.exists() or shutil.which("node") is None:
        pytest.skip("redocly is not installed: run `make contract`, which installs it")
    command = ["node", str(REDOCLY), "lint", "--format=json"]
    command += ["--config", str(ROOT / "contract_tests" / "lint" / "redocly.yaml"), contract]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | QUIET)
    assert done.stdout, done.stderr
    assert "Unused rules" not in done.stderr, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def test_it_is_valid_openapi_3_1() -> None:
    assert load()["openapi"] == "3.1.0"
    assert [str(error) for error in OpenAPIV31SpecValidator(load()).iter_errors()] == []


def test_redocly_finds_no_error_no_warning_and_nothing_is_ignored() -> None:
    report = redocly(str(CONTRACT))
    assert [(p["ruleId"], p["message"], p["location"]) for p in report["problems"]] == []
    assert report["totals"] == {"errors": 0, "warnings": 0, "ignored": 0}


def test_redocly_would_find_something() -> None:
    """A linter that is not started, or that reads no rules, finds nothing either."""
    unsound = ROOT / "contract_tests" / "lint" / "unsound.yaml"
    assert {"no-invalid-media-type-examples", "security-defined"} <= {
        problem["ruleId"] for problem in redocly(str(unsound))["problems"]
    }
