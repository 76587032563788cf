"""Write generated/connect_sms_api anew from openapi.yaml: `python -m tools.regenerate`."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from contract_tests.contract import ROOT

PACKAGE = "connect_sms_api"


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


def main() -> int:
    """Write it; 1 when the generator refuses the contract."""
    try:
        print(f"wrote {regenerate().relative_to(ROOT)}")
    except GenerationFailedError as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
