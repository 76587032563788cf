"""The generated code is what the contract generates, and the check of that can fail."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from contract_tests.contract import ROOT, load
from tools import drift
from tools.regenerate import PACKAGE as NAME
from tools.regenerate import GenerationFailedError, generate, regenerate

BINDER = Path("wrapper/connect_sms/_api/operations.py")
PACKAGE = ROOT / "generated" / NAME


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy with all that the check reads, and no git."""
    root = tmp_path_factory.mktemp("project")
    for name in ("openapi.yaml", "generator-config.yml"):
        shutil.copy(ROOT / name, root / name)
    (root / BINDER).parent.mkdir(parents=True)
    shutil.copy(ROOT / BINDER, root / BINDER)
    return root


@pytest.fixture
def generated(project: Path) -> Path:
    """The generated folder of the copy, as it should be."""
    folder = project / "generated" / NAME
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(PACKAGE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def test_the_project_has_not_drifted() -> None:
    assert drift.check() == [], drift.REMEDY


def test_generating_twice_gives_the_same_bytes_and_nothing_else(project: Path, tmp_path: Path) -> None:
    regenerate(project)
    second = generate(project, tmp_path)
    assert drift.differing_files(second, project / "generated" / NAME) == []
    assert [path.name for path in tmp_path.iterdir()] == [NAME]
    assert {path.name for path in second.rglob(".*")} == set()
    assert (second / "py.typed").is_file()


@pytest.mark.parametrize(
    ("hand", "complaint"),
    [
        (lambda folder: (folder / "types.py").write_text("# by hand"), "differs: types.py"),
        (lambda folder: (folder / "extra.py").touch(), "not generated: extra.py"),
        (lambda folder: (folder / "models/price.py").unlink(), "missing: models/price.py"),
    ],
    ids=["edited", "added", "removed"],
)
def test_a_hand_in_generated_code_is_noticed(
    project: Path, generated: Path, hand: Callable[[Path], object], complaint: str
) -> None:
    hand(generated)
    assert drift.check(project) == [complaint]


def test_a_command_that_fails_says_what_to_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(drift, "check", lambda: ["differs: types.py"])
    assert drift.main() == 1
    assert capsys.readouterr().out == "differs: types.py\nrun: make regenerate\n"


def test_an_operation_that_the_generator_drops_is_noticed(tmp_path: Path) -> None:
    absent = {"paths": {"/x": {"get": {"operationId": "getThing", "tags": ["status"]}}}}
    assert drift.missing_modules(absent, PACKAGE) == ["getThing"]
    assert drift.missing_modules(load(), PACKAGE) == []


def test_a_contract_that_the_generator_warns_about_is_refused(project: Path, tmp_path: Path) -> None:
    contract = yaml.safe_load((project / "openapi.yaml").read_text())
    contract["components"]["requestBodies"]["OneMessage"]["content"] = {
        "text/odd": {"schema": {"type": "string"}}
    }
    (tmp_path / "openapi.yaml").write_text(yaml.safe_dump(contract))
    shutil.copy(project / "generator-config.yml", tmp_path)
    with pytest.raises(GenerationFailedError):
        regenerate(tmp_path)
    assert not (tmp_path / "generated").exists()


def test_an_operation_that_nothing_binds_is_noticed(tmp_path: Path) -> None:
    binder = tmp_path / "operations.py"
    source = (ROOT / BINDER).read_text()
    binder.write_text(source)
    assert drift.unbound_modules(PACKAGE, binder) == []
    # Imported still, and named in a comment, but no longer bound.
    binder.write_text(source.replace("get_message._parse_response,", "get_message.other,  # _parse_response"))
    assert drift.unbound_modules(PACKAGE, binder) == ["get_message"]
