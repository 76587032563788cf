"""Every set of mutants there is, two at a time: `python -m tools.mutants`."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


def _run(name: str) -> tuple[str, int, str]:
    command = [sys.executable, "-m", f"tools.mutants.{name}"]
    ended = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return name, ended.returncode, ended.stdout


def main() -> int:
    """Run each module of this folder that holds mutants; 1 when any of them fails."""
    names = sorted(
        path.stem for path in Path(__file__).parent.glob("[!_]*.py") if not path.stem.startswith("test_")
    )
    # The longest comes first, so that the others fill the time beside it.
    names.sort(key=lambda name: name != "wrapper")
    failed = 0
    with ThreadPoolExecutor(2) as two:
        for name, code, said in two.map(_run, names):
            print(f"== {name}\n{said}", flush=True)
            failed |= code != 0
    return failed


if __name__ == "__main__":
    sys.exit(main())
