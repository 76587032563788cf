"""What is shipped: the wheel, the editable install, the source archive, and what they say of themselves."""

from __future__ import annotations

import ast
import importlib.metadata
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from configparser import ConfigParser
from email.parser import HeaderParser
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement

import connect_sms
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from email.message import Message
    from pathlib import Path

DECLARED = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RUNTIME = {"attrs", "httpx"}
# attrs numbers by year and keeps what it once offered, so that an upper end would only be a date of expiry.
OPEN_ENDED = {"attrs"}
IMPORTED_AS = {"attrs": "attr attrs", "httpx-aiohttp": "httpx_aiohttp"}


def build(hook: str, target: Path) -> Path:
    """Run one hook of the build backend as an installer does, and return what it made."""
    code = f"import sys, hatchling.build as b; print(b.{hook}(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", code, str(target)], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return target / done.stdout.split()[-1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("build_wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def wheel_names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


@pytest.fixture(scope="module")
def metadata(wheel: Path, wheel_names: list[str]) -> Message:
    name = next(name for name in wheel_names if name.endswith(".dist-info/METADATA"))
    with zipfile.ZipFile(wheel) as archive:
        return HeaderParser().parsestr(archive.read(name).decode())


def requirements(metadata: Message) -> list[Requirement]:
    return [Requirement(line) for line in metadata.get_all("Requires-Dist", [])]


def imported_packages(folder: Path) -> set[str]:
    """Top-level names of every import below `folder`, but for the standard library and our own."""
    names: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names.add(node.module.partition(".")[0])
    return names - sys.stdlib_module_names - {"connect_sms", "connect_sms_api"}


def test_the_wheel_holds_the_two_packages_and_nothing_else(wheel_names: list[str]) -> None:
    tops = {name.partition("/")[0] for name in wheel_names}
    assert tops == {"connect_sms", "connect_sms_api", f"connect_sms-{connect_sms.__version__}.dist-info"}


@pytest.mark.parametrize(
    ("source", "package"), [("wrapper", "connect_sms"), ("generated", "connect_sms_api")], ids=str
)
def test_every_file_of_a_package_is_in_the_wheel(source: str, package: str, wheel_names: list[str]) -> None:
    files = {
        path.relative_to(ROOT / source).as_posix()
        for path in (ROOT / source / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert f"{package}/py.typed" in files
    assert files == {name for name in wheel_names if name.startswith(f"{package}/")}


def test_the_wheel_can_be_imported_from_where_it_was_put(wheel: Path) -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import connect_sms, connect_sms_api; print(connect_sms.__file__)"
    )
    command = [sys.executable, "-I", "-c", code, str(wheel)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout.startswith(str(wheel))


def test_the_wheel_carries_the_licence(metadata: Message, wheel_names: list[str]) -> None:
    assert metadata["License-Expression"] == "Apache-2.0"
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in wheel_names)


def test_the_wheel_says_which_pythons_it_is_for(metadata: Message) -> None:
    assert metadata["Requires-Python"] == ">=3.11"
    assert "Typing :: Typed" in metadata.get_all("Classifier", [])


def test_the_version_in_code_is_the_version_shipped(metadata: Message) -> None:
    assert connect_sms.__version__ == metadata["Version"]


def test_a_plain_install_brings_httpx_and_attrs_and_nothing_else(metadata: Message) -> None:
    assert {need.name for need in requirements(metadata) if not need.marker} == RUNTIME


def test_every_dependency_is_a_range_with_both_ends(metadata: Message) -> None:
    ends = {need.name: {spec.operator for spec in need.specifier} for need in requirements(metadata)}
    assert ends == {name: {">="} if name in OPEN_ENDED else {">=", "<"} for name in ends}
    assert ends.keys() >= RUNTIME


def test_the_lower_ends_are_the_versions_that_test_oldest_installs(metadata: Message) -> None:
    lock = (ROOT / "requirements" / "oldest.txt").read_text(encoding="utf-8")
    pinned = {line.split()[0] for line in lock.splitlines() if "==" in line}
    lowest = {
        f"{need.name}=={spec.version}"
        for need in requirements(metadata)
        for spec in need.specifier
        if spec.operator == ">="
    }
    assert {pin.removesuffix(".0") for pin in pinned} >= {pin.removesuffix(".0") for pin in lowest}


def test_every_dependency_allows_the_version_we_test_with(metadata: Message) -> None:
    tested = {need.name: importlib.metadata.version(need.name) for need in requirements(metadata)}
    assert [str(need) for need in requirements(metadata) if tested[need.name] not in need.specifier] == []


def test_generated_code_needs_nothing_but_httpx_and_attrs() -> None:
    assert imported_packages(ROOT / "generated") <= {"attr", "attrs", "httpx"}


def test_everything_the_wrapper_imports_is_declared(metadata: Message) -> None:
    declared = {
        word for need in requirements(metadata) for word in IMPORTED_AS.get(need.name, need.name).split()
    }
    undeclared = {
        "aiohttp",  # httpx-aiohttp brings it
        "anyio",  # httpx brings it
        "httpcore",  # and this
        "pytest",  # it loads our plugin, never the other way round
    }
    assert imported_packages(ROOT / "wrapper") - declared == undeclared


def test_pytest_finds_the_sandbox_fixtures_without_being_told(wheel: Path, wheel_names: list[str]) -> None:
    name = next(name for name in wheel_names if name.endswith(".dist-info/entry_points.txt"))
    with zipfile.ZipFile(wheel) as archive:
        points = ConfigParser()
        points.read_string(archive.read(name).decode())
    assert dict(points["pytest11"]) == {
        "connect_sms.sandbox.pytest_plugin": "connect_sms.sandbox.pytest_plugin"
    }


def test_an_editable_install_points_at_both_source_roots(tmp_path: Path) -> None:
    with zipfile.ZipFile(build("build_editable", tmp_path)) as archive:
        links = [name for name in archive.namelist() if name.endswith(".pth")]
        lines = {line for name in links for line in archive.read(name).decode().split()}
    assert lines == {str(ROOT / "wrapper"), str(ROOT / "generated")}


def test_the_source_archive_holds_what_is_needed_to_check_and_rebuild_it(tmp_path: Path) -> None:
    with tarfile.open(build("build_sdist", tmp_path)) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {
        "LICENSE",
        "Makefile",
        "examples/send_one.py",
        "generated/connect_sms_api/py.typed",
        "generator-config.yml",
        "openapi.yaml",
        "pyproject.toml",
        "requirements/tools.txt",
        "tests/project/test_packaging.py",
        "wrapper/connect_sms/py.typed",
    }
    assert wanted <= names
    assert [name for name in names if "node_modules" in name or "__pycache__" in name] == []
