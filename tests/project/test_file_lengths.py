"""No file of ours is long: one subject each, in as many lines as a reader takes in at once."""

from __future__ import annotations

from tests.support.paths import ROOT

FOLDERS = ("wrapper", "tests", "tools", "contract_tests", "examples", "benchmarks")
MAX_LINES = 350
#: Whose length is that of their declarations: the two clients and the command line.
LONG = {
    "wrapper/connect_sms/client.py",
    "wrapper/connect_sms/async_client.py",
    "wrapper/connect_sms/cli/app.py",
}


def test_no_python_file_is_over_350_lines_but_the_declarations() -> None:
    lines = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*.py")
        if "node_modules" not in path.parts
    }
    assert len(lines) > 400
    assert {name for name, count in lines.items() if count > MAX_LINES} == LONG
