"""Fail if generated code is not byte for byte what the contract generates: `python -m tools.drift`.

Also demanded: a generated module for every operationId of the contract, and that
`wrapper/connect_sms/_api/operations.py` binds each of them. Needs no git.
"""

import ast
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

from contract_tests.contract import ROOT, load, operations
from tools.regenerate import PACKAGE, GenerationFailedError, generate

REMEDY = "run: make regenerate"
_HALVES = frozenset({"_get_kwargs", "_parse_response"})


def differing_files(expected: Path, found: Path) -> list[str]:
    """Name every file that is not byte for byte the same in both folders, with what is wrong with it."""
    ours, theirs = _files(found), _files(expected)
    missing = [f"missing: {name}" for name in theirs.keys() - ours.keys()]
    stray = [f"not generated: {name}" for name in ours.keys() - theirs.keys()]
    changed = [f"differs: {name}" for name in ours.keys() & theirs.keys() if ours[name] != theirs[name]]
    return sorted(missing + stray + changed)


def operation_modules(contract: dict[str, Any]) -> dict[str, str]:
    """Map each operationId of the contract to its generated module, as a path below `api/` without suffix."""
    return {
        name: f"{operation.body['tags'][0]}/{_snake_case(name)}"
        for name, operation in operations(contract).items()
    }


def missing_modules(contract: dict[str, Any], package: Path) -> list[str]:
    """Name the operations for which the generator left no module behind."""
    wanted = operation_modules(contract)
    return [name for name, module in wanted.items() if not (package / "api" / f"{module}.py").is_file()]


def unbound_modules(package: Path, binder: Path) -> list[str]:
    """Name the generated operation modules of which the file `binder` does not use both pure halves."""
    used = _used_halves(ast.parse(binder.read_text("utf-8")))
    modules = (path.stem for path in sorted(package.glob("api/*/*.py")) if path.name != "__init__.py")
    return [module for module in modules if not used.get(module, set()) >= _HALVES]


def check(root: Path = ROOT) -> list[str]:
    """Return every way in which `root/generated` is not what the contract generates."""
    contract = load(root / "openapi.yaml")
    with tempfile.TemporaryDirectory() as folder:
        try:
            fresh = generate(root, Path(folder))
        except GenerationFailedError as failure:
            return [f"the generator refuses the contract: {failure}"]
        problems = differing_files(fresh, root / "generated" / PACKAGE)
        problems += [f"no module for operation {name}" for name in missing_modules(contract, fresh)]
        binder = root / "wrapper" / "connect_sms" / "_api" / "operations.py"
        if not binder.is_file():
            return [*problems, f"nothing binds the operations: {binder.relative_to(root)} is absent"]
        return problems + [
            f"not bound in _api/operations.py: {name}" for name in unbound_modules(fresh, binder)
        ]


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def _snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _used_halves(tree: ast.Module) -> dict[str, set[str]]:
    used: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            used.setdefault(node.value.id, set()).add(node.attr)
    return used


def main() -> int:
    """Say what is wrong, and what to run; 0 means that all is well."""
    problems = check()
    print("\n".join(problems) or "generated code is what the contract generates")
    if problems:
        print(REMEDY)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
