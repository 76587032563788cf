"""The generated code is what the contract generates, and the check of that can fail."""

import shutil
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


@pytest.fixture(scope="module")
def again(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the contract generates."""
    return generate(project, tmp_path_factory.mktemp("again"))


def test_the_project_has_not_drifted() -> None:
    assert drift.check() == [], drift.REMEDY


def test_generating_again_gives_the_same_bytes_and_nothing_else(again: Path) -> None:
    assert drift.differing_files(again, PACKAGE) == []
    assert [path.name for path in again.parent.iterdir()] == [NAME]
    assert {path.name for path in again.rglob(".*")} == set()
    assert (again / "py.typed").is_file()


def test_a_hand_in_generated_code_is_noticed_and_undone(
    project: Path, again: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drift, "generate", lambda *_: again)
    monkeypatch.setattr("tools.regenerate.generate", lambda *_: again)
    folder = project / "generated" / NAME
    shutil.copytree(PACKAGE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "types.py").write_text("# by hand")
    (folder / "extra.py").touch()
    (folder / "models/price.py").unlink()
    complaints = ["differs: types.py", "missing: models/price.py", "not generated: extra.py"]
    assert drift.check(project) == complaints
    assert regenerate(project) == folder
    assert drift.differing_files(PACKAGE, folder) == []


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
