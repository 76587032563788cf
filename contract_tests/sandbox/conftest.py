"""Figures of a run, in pytest's summary."""

from collections.abc import Callable

import pytest

_FIGURES = "figures"


@pytest.fixture
def report(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Put a line into the summary. It travels with the test's report, which may come from another process."""
    return lambda line: record_property(_FIGURES, line)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport) and report.when == "call":
                for name, line in report.user_properties:
                    if name == _FIGURES:
                        terminalreporter.write_line(str(line))
