"""Generated code is what the contract generates, and all of it is bound.

Two commands, both run from anywhere and neither needing git:

    python -m contract_tests.drift regenerate     write generated/connect_sms_api anew
    python -m contract_tests.drift check          generate into a temporary folder and compare byte for byte

`check` also demands a generated module for every operationId of the contract, and that
`wrapper/connect_sms/_operations.py` binds each of them.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from contract_tests.contract import ROOT, load, operations

PACKAGE = "connect_sms_api"
REMEDY = "run: make regenerate"
_HALVES = frozenset({"_get_kwargs", "_parse_response"})


class GenerationFailedError(Exception):
    """The generator refused the contract, or warned about it; the text is what it said."""


def generate(root: Path, into: Path) -> Path:
    """Generate the client of `root/openapi.yaml` into the folder `into` and return the package's folder.

    Raises:
        GenerationFailedError: The generator ended with an error or a warning.
    """
    package = into / PACKAGE
    command = [sys.executable, "-m", "openapi_python_client", "generate"]
    command += ["--path", str(root / "openapi.yaml"), "--output-path", str(package)]
    command += ["--config", str(root / "generator-config.yml")]
    # Without --fail-on-warning an operation that the generator cannot read is left out, with exit code 0.
    command += ["--meta", "none", "--overwrite", "--fail-on-warning"]
    # The post hooks call ruff by name: the one of this environment has to be found first.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        command, cwd=into, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise GenerationFailedError(done.stdout + done.stderr)
    return package


def regenerate(root: Path = ROOT) -> Path:
    """Replace `root/generated/connect_sms_api`, only after a generation that succeeded as a whole."""
    target = root / "generated" / PACKAGE
    with tempfile.TemporaryDirectory() as folder:
        package = generate(root, Path(folder))
        shutil.rmtree(target, ignore_errors=True)
        target.parent.mkdir(exist_ok=True)
        shutil.copytree(package, target)
    return target


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
        binder = root / "wrapper" / "connect_sms" / "_operations.py"
        if not binder.is_file():
            return [*problems, f"nothing binds the operations: {binder.relative_to(root)} is absent"]
        return problems + [f"not bound in _operations.py: {name}" for name in unbound_modules(fresh, binder)]


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


def main(arguments: list[str]) -> int:
    """Run one of the two commands; 0 means that all is well."""
    match arguments:
        case ["regenerate"]:
            try:
                print(f"wrote {regenerate().relative_to(ROOT)}")
            except GenerationFailedError as failure:
                print(failure, file=sys.stderr)
                return 1
            return 0
        case ["check"]:
            problems = check()
            print("\n".join(problems) or "generated code is what the contract generates")
            if problems:
                print(REMEDY)
            return 1 if problems else 0
        case _:
            print(__doc__, file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
