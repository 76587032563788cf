"""The workflow that fetches the vendor's file: it fails without it, and keeps nothing of it."""

import re
from typing import Any

import yaml

from contract_tests.contract import ROOT

TEXT = (ROOT / ".github" / "workflows" / "vendor-file.yml").read_text("utf-8")
WORKFLOW: dict[Any, Any] = yaml.safe_load(TEXT)
STEPS: list[dict[str, Any]] = WORKFLOW["jobs"]["compare"]["steps"]


def test_it_runs_by_itself_and_may_write_nothing() -> None:
    # YAML 1.1 reads the word "on" as true.
    assert set(WORKFLOW[True]) == {"schedule", "workflow_dispatch"}
    assert WORKFLOW["permissions"] == {"contents": "read"}


def test_what_it_runs_is_pinned() -> None:
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert used
    assert [action for action in used if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action)] == []
    assert re.fullmatch(r"\S+@v\d+\.\d+\.\d+", WORKFLOW["env"]["OASDIFF"])
    assert re.fullmatch(r"[0-9a-f]{40}", WORKFLOW["env"]["ACCEPTED"])


def test_the_file_is_demanded_and_lies_outside_the_project() -> None:
    compared = [step for step in STEPS if "CONNECT_SMS_VENDOR_FILE" in step.get("env", {})]
    assert len(compared) == 2
    for step in compared:
        assert "make vendor-drift REQUIRE=1" in step["run"]
        assert step["env"]["CONNECT_SMS_VENDOR_FILE"].startswith("${{ runner.temp }}/")


def test_it_keeps_nothing() -> None:
    commands = "\n".join(step.get("run", "") for step in STEPS)
    assert re.search(r"git (add|commit|push)|upload|cache|cat ", commands) is None
    assert [step for step in STEPS if re.search("cache|artifact", step.get("uses", ""))] == []
    assert "git status --porcelain" in commands
