"""Every set of mutants there is: `python -m contract_tests.mutants`."""

import importlib
import sys
from pathlib import Path


def main() -> int:
    """Run each module of this folder that holds mutants; 1 when any of them fails."""
    names = sorted(
        path.stem for path in Path(__file__).parent.glob("[!_]*.py") if not path.stem.startswith("test_")
    )
    failed = 0
    for name in names:
        print(f"== {name}", flush=True)
        failed |= importlib.import_module(f"contract_tests.mutants.{name}").main()
    return failed


if __name__ == "__main__":
    sys.exit(main())
