"""How generated values are tried: without a time limit, and with nothing remembered from run to run."""

import pytest
from hypothesis import HealthCheck, Phase, settings

# A machine that is busy with something else is no failure of a test.
_COMMON = settings(
    deadline=None, database=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)

settings.register_profile("contract", _COMMON)
# For mutants: a defect has to be noticed, not to be brought to its smallest form.
settings.register_profile("mutants", _COMMON, max_examples=50, phases=(Phase.explicit, Phase.generate))


def pytest_configure(config: pytest.Config) -> None:
    """Load the profile, unless the command line names another."""
    if not config.getoption("--hypothesis-profile"):
        settings.load_profile("contract")
