"""What both suites share: how many values hypothesis tries, and with what memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, settings

if TYPE_CHECKING:
    import pytest

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
    if not config.getoption("--hypothesis-profile", None):
        settings.load_profile("quick")
