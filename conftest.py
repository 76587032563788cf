"""What both suites share: how many values hypothesis tries, what runs first, a short list of authorities."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING

import certifi
import pytest
from hypothesis import HealthCheck, Phase, is_hypothesis_test, settings

from tests.support.processes import hear_signals

if TYPE_CHECKING:
    from collections.abc import Iterator

# How long an example takes says more of the machine than of the code, and no run depends on an earlier one.
_COMMON = settings(
    deadline=None, database=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)

settings.register_profile("quick", _COMMON, max_examples=25)
settings.register_profile("ci", _COMMON, max_examples=100)
settings.register_profile("nightly", _COMMON, max_examples=1000)
# A defect has to be noticed, not to be brought to its smallest form; the same values give the same verdict.
settings.register_profile(
    "mutants", _COMMON, max_examples=100, derandomize=True, phases=(Phase.explicit, Phase.generate)
)


def pytest_configure(config: pytest.Config) -> None:
    """Load the quick profile, unless the command line names another."""
    hear_signals()
    if not config.getoption("--hypothesis-profile", None):
        settings.load_profile("quick")


#: What takes longest is begun first: else one process ends with it while the others have nothing to do.
_LONGEST = (
    "tests/project/test_typing.py",
    "tests/project/test_drift.py",
    "tests/integration/faults/test_matrix.py",
    "tests/integration/test_stray_answers.py",
    "tests/integration/test_fork.py",
    "tests/integration/cli/test_processes.py",
    "tests/integration/test_proxies.py",
    "tests/integration/test_examples.py",
    "tests/integration/test_demo.py",
    "tests/integration/test_pytest_report.py",
)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name bytes by their length: gzip writes the time, and every process has to find the same names."""
    return f"{argname} of {len(val)} bytes" if isinstance(val, bytes) else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the longest first; the rest stays in the order by chance."""
    if config.getoption("--hypothesis-profile", None) == "mutants":
        # The first failure ends the run: most defects show for less than a property needs.
        items.sort(key=lambda item: is_hypothesis_test(getattr(item, "obj", None)))
        return
    rank = {file: place for place, file in enumerate(_LONGEST)}
    items.sort(key=lambda item: rank.get(item.nodeid.partition("::")[0], len(rank)))


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Let the garbage collector leave alone what stays to the end: thousands of tests, and all modules."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _one_authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Every client with real connections reads all of certifi's list, which costs more than most tests."""
    end = "-----END CERTIFICATE-----\n"
    first, *_ = Path(certifi.where()).read_text(encoding="utf-8").partition(end)
    short = tmp_path_factory.mktemp("tls") / "authority.pem"
    short.write_text(first + end, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(certifi, "where", lambda: str(short))
        yield
