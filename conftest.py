"""What both suites share: how many values hypothesis tries, and a short list of authorities."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import certifi
import pytest
from hypothesis import HealthCheck, Phase, is_hypothesis_test, settings

from tests.support.processes import hear_interrupts

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
    hear_interrupts()
    if not config.getoption("--hypothesis-profile", None):
        settings.load_profile("quick")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where the first failure ends the run, put the properties last: most defects show for less."""
    if config.getoption("--hypothesis-profile", None) == "mutants":
        items.sort(key=lambda item: is_hypothesis_test(getattr(item, "obj", None)))


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
