"""The types themselves: two checkers must accept every right use and find every wrong one."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.paths import ROOT

SNIPPETS = Path(__file__).parent / "typing"
OURS = [str(ROOT / "wrapper"), str(ROOT / "generated")]

#: No type of theirs stands in what the snippets use, and reading them takes as long as all else.
UNSEEN = (
    *("_pytest", "aiohttp", "anyio", "click", "h11", "httpcore", "httpx_aiohttp", "keyring", "markdown_it"),
    *("pluggy", "psycopg", "pydantic", "pytest", "rich", "starlette", "trio", "typer", "uvicorn"),
)

Findings = dict[tuple[str, int], str]
"""What a checker says, by file and line."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The snippets in a folder of their own, without what keeps the project's own checks quiet."""
    made = tmp_path_factory.mktemp("typing")
    quiet = re.compile(r"^# (mypy|type|ruff): .*$", re.MULTILINE)
    for source in SNIPPETS.glob("*.py"):
        (made / source.name).write_text(quiet.sub("#", source.read_text(encoding="utf-8")), encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def mypy(folder: Path) -> Findings:
    """Errors found by mypy."""
    if importlib.util.find_spec("mypy") is None:
        pytest.skip("mypy is not installed")
    settings = folder / "mypy.ini"
    head = "[mypy]\nstrict = true\nfollow_imports = silent\nfiles = right.py, wrong.py\n"
    skipped = ",".join(f"{name}.*" for name in UNSEEN)
    settings.write_text(f"{head}mypy_path = {':'.join(OURS)}\n[mypy-{skipped}]\nfollow_imports = skip\n")
    found = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", settings.name, "--cache-dir", "cache"],
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
    )
    assert "2 source files" in found.stdout, found.stdout + found.stderr
    said = re.findall(r"^(.+?):(\d+): error: (.*)$", found.stdout, re.MULTILINE)
    return {(Path(where).name, int(line)): message for where, line, message in said}


@pytest.fixture(scope="module")
def pyright(folder: Path) -> Findings:
    """Errors found by pyright."""
    installed = [
        Path(sys.executable).parent / "pyright",
        ROOT / "requirements" / "pyright" / "node_modules" / ".bin" / "pyright",
    ]
    command = next((str(path) for path in installed if path.exists()), shutil.which("pyright"))
    if command is None:
        pytest.skip("pyright is not installed")
    settings = {
        "include": ["right.py", "wrong.py"],
        "extraPaths": OURS,
        "typeCheckingMode": "standard",
        "pythonVersion": "3.11",
    }
    (folder / "pyrightconfig.json").write_text(json.dumps(settings))
    found = subprocess.run(
        [command, "--pythonpath", sys.executable, "--outputjson"],
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
    )
    said = json.loads(found.stdout)
    assert said["summary"]["filesAnalyzed"] == 2
    return {
        (Path(one["file"]).name, one["range"]["start"]["line"] + 1): one["message"]
        for one in said["generalDiagnostics"]
        if one["severity"] == "error"
    }


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_right_uses_are_accepted_and_every_wrong_one_is_found(
    checker: str, folder: Path, request: pytest.FixtureRequest
) -> None:
    marked = {
        (file.name, number): line.strip()
        for file in folder.glob("*.py")
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if "# WRONG: " in line
    }
    found: Findings = request.getfixturevalue(checker)
    assert {place: found[place] for place in found.keys() - marked.keys()} == {}
    assert {place: marked[place] for place in marked.keys() - found.keys()} == {}
    assert len(marked) > 30
